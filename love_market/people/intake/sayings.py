"""What a preview says, kept as a sentence and its values so that pages can translate it; and what it never says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from love_market.errors import Invalid
from love_market.workbook import Cell, looks_like_identity_number, normalise, without_identity_numbers

COVER = "[身份证号已略]"
_SPACED = re.compile(
    r"(?<![0-9])[1-9](?:[ \-]?[0-9]){16}[ \-]?[0-9Xx](?![0-9])|(?<![0-9])[1-9](?:[ \-]?[0-9]){14}(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence for the reader: ``message`` is the translators' key, ``values`` fill its braces.

    ``row`` and ``column`` (1-based) are the cell to correct, where the sentence is about one.
    """

    message: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    row: int | None = None
    column: int | None = None

    @property
    def text(self) -> str:
        """The sentence in Chinese, as the shell prints it."""
        return self.message.format(**self.values) if self.values else self.message

    def at(self, row: int | None, column: int | None) -> "Saying":
        """Return the same sentence about a cell."""
        return replace(self, row=row, column=column)

    def about(self, cell: Cell) -> "Saying":
        """Return the same sentence about a cell."""
        return self.at(cell.row, cell.column)


def say(message: str, **values: object) -> Saying:
    """Return a sentence; an identity number in a value is covered before anybody sees it."""
    return Saying(
        message, {name: value if isinstance(value, int) else clean(str(value)) for name, value in values.items()}
    )


def say_refused(read: Callable[[Cell], object], cell: Cell, refused: Invalid) -> Saying:
    """Return why ``read`` refused a cell.

    A refusal quotes the beginning of a text and may cut an identity number there, so it is read once more, covered.
    """
    try:
        read(replace(cell, value=clean(cell.written), formula=None))
    except Invalid as again:
        refused = again if clean(cell.written) != cell.written else refused
    return say(refused.message, **refused.values).about(cell)


def clean(text: str) -> str:
    """Return a text without identity numbers, written in full width or with blanks between the digits included."""

    def cover(match: re.Match[str]) -> str:
        return COVER if looks_like_identity_number(match[0]) else match[0]

    plain = normalise(text)
    covered = _SPACED.sub(cover, without_identity_numbers(plain))
    return text if covered == plain else covered
