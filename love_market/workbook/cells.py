"""What a workbook is once it is read: sheets of rows of cells, each cell knowing where it stands."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Value = str | int | float | bool | date | datetime | time | timedelta | None
Span = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column; 1-based, ends included."""

_IDEOGRAPHIC = (("\u2e80", "\u2fdf"), ("\u3005", "\u3007"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"))


def column_letter(column: int) -> str:
    """The letters of a 1-based column: 1 → A, 27 → AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The 1-based column of its letters: A → 1, AA → 27."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def normalise(text: str) -> str:
    """Full-width made half-width (NFKC), invisible signs dropped, runs of blanks made one, trimmed."""
    half_width = unicodedata.normalize("NFKC", text)
    visible = "".join(sign for sign in half_width if unicodedata.category(sign) != "Cf")
    return " ".join(visible.split())


def is_ideograph(sign: str) -> bool:
    """Whether one character is a Han character, those outside the basic plane and private ones included."""
    if sign >= "\U00020000" or "\ue000" <= sign <= "\uf8ff":
        return True
    return any(first <= sign <= last for first, last in _IDEOGRAPHIC)


def without_padding(text: str) -> str:
    """``normalise`` and then remove the blanks that pad Han characters: ``张　 三`` → ``张三``."""
    signs = normalise(text)
    kept: list[str] = []
    for place, sign in enumerate(signs):
        padded = sign == " " and (is_ideograph(signs[place - 1]) or is_ideograph(signs[place + 1]))
        if not padded:
            kept.append(sign)
    return "".join(kept)


def _plain(value: Value) -> str:
    """The value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its place (1-based), its raw value, and the formula it holds, if any (never evaluated)."""

    row: int
    column: int
    value: Value = None
    formula: str | None = None

    @property
    def address(self) -> str:
        """The cell's name on the sheet, such as ``D5``."""
        return f"{column_letter(self.column)}{self.row}"

    @property
    def written(self) -> str:
        """The text as it was written, only trimmed: for remarks and names of rules."""
        return _plain(self.value).strip()

    @property
    def text(self) -> str:
        """The text made comparable by ``normalise``: for headers, numbers, keys."""
        return normalise(_plain(self.value))

    @property
    def is_number(self) -> bool:
        """Whether the sheet itself stores a number here (a number stored as text is none)."""
        return isinstance(self.value, (int, float)) and not isinstance(self.value, bool)

    @property
    def is_formula(self) -> bool:
        """Whether the cell holds a formula, with or without a remembered result."""
        return self.formula is not None

    @property
    def is_blank(self) -> bool:
        """Whether nothing visible stands here; a formula without a result is not blank."""
        return self.formula is None and self.text == ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet; ``filled`` maps 1-based columns to the cells that hold something."""

    number: int
    filled: Mapping[int, Cell] = field(default_factory=dict)

    def cell(self, column: int) -> Cell:
        """The cell in a 1-based column; a blank one where nothing is written."""
        return self.filled.get(column) or Cell(self.number, column)

    def __iter__(self) -> Iterator[Cell]:
        """The cells that hold something, left to right."""
        return (self.filled[column] for column in sorted(self.filled))

    @property
    def is_blank(self) -> bool:
        """Whether nothing visible stands in the row."""
        return all(cell.is_blank for cell in self.filled.values())


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the rows that hold something in order, and its merged ranges by row."""

    name: str
    rows: tuple[Row, ...]
    merged: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    hidden: bool = False

    def row(self, number: int) -> Row:
        """The row with this 1-based number; an empty one where nothing is written."""
        return self._by_number.get(number) or Row(number)

    @property
    def _by_number(self) -> Mapping[int, Row]:
        cached: dict[int, Row] | None = self.__dict__.get("_rows_by_number")
        if cached is None:
            cached = {row.number: row for row in self.rows}
            object.__setattr__(self, "_rows_by_number", cached)
        return cached

    def span(self, row: int, column: int) -> Span | None:
        """The merged range over a cell, if any."""
        for found in self.merged.get(row, ()):
            if found[1] <= column <= found[3]:
                return found
        return None

    def spread(self, row: int, column: int) -> Cell:
        """The cell seen at a place: inside a merged range, the range's first cell."""
        found = self.span(row, column)
        return self.row(found[0]).cell(found[1]) if found else self.row(row).cell(column)

    @property
    def is_blank(self) -> bool:
        """Whether nothing visible stands on the sheet."""
        return all(row.is_blank for row in self.rows)

    @property
    def last_column(self) -> int:
        """The 1-based number of the last column that holds something; 0 for an empty sheet."""
        return max((max(row.filled, default=0) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong on ``sheet`` in ``row`` and ``column`` (1-based; None for the row as a whole), in words."""

    sheet: str
    row: int
    column: int | None
    words: str


@dataclass(frozen=True)
class Workbook:
    """A workbook that was read; ``kind`` is ``xlsx``, ``xls``, ``ods`` or ``csv``."""

    filename: str
    kind: str
    sheets: tuple[Sheet, ...]
