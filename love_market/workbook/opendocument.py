"""The first pass over an .ods package: its tables, and the repetitions that make a small file a large sheet."""

import re
from collections.abc import Mapping

from love_market.workbook import rules
from love_market.workbook.scan import MAX_FORMULA_CHARACTERS, Budget, SheetScan, parse_xml

CONTENT_PART = "content.xml"
_MANIFEST_PART = "META-INF/manifest.xml"
_COUNT = re.compile(r"[0-9]{1,9}")
_PARTS = {CONTENT_PART, _MANIFEST_PART, "mimetype", "settings.xml"}


def _local(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes without their prefixes."""
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


def _count(attributes: dict[str, str], name: str) -> int:
    """A repetition or a span: a whole number of at least 1."""
    text = attributes.get(name, "1")
    return max(1, int(text)) if _COUNT.fullmatch(text) else 1


class _ContentReader:
    """Expat callbacks over ``content.xml``."""

    def __init__(self, filename: str) -> None:
        self.budget = Budget(filename)
        self.scans: list[SheetScan] = []
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.row = self.column = self.row_repeat = self.column_repeat = 0
        self.filled_in_row: list[tuple[int, int]] = []
        self.is_filled = self.is_in_cell = False
        self.characters = 0

    def start(self, name: str, raw: dict[str, str]) -> None:
        if name == "style":
            self.style = _local(raw).get("name", "")
        elif name == "table-properties":
            if _local(raw).get("display") == "false":
                self.hidden_styles.add(self.style)
        elif name == "table":
            self.start_table(_local(raw))
        elif name == "table-row":
            self.row_repeat = _count(_local(raw), "number-rows-repeated")
            self.column, self.filled_in_row = 0, []
        elif name in ("table-cell", "covered-table-cell") and self.scans:
            self.start_cell(_local(raw))

    def start_table(self, attributes: dict[str, str]) -> None:
        if len(self.scans) >= rules.MAX_SHEETS:
            raise rules.too_many_cells(self.budget.filename)
        is_hidden = attributes.get("style-name", "") in self.hidden_styles
        self.scans.append(SheetScan(attributes.get("name", ""), self.budget, hidden=is_hidden))
        self.row = 0

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.column_repeat = _count(attributes, "number-columns-repeated")
        self.is_in_cell, self.is_filled, self.characters = True, "value-type" in attributes, 0
        place = (self.row + 1, self.column + 1)
        if "formula" in attributes:
            self.is_filled = True
            formula = attributes["formula"]
            self.scans[-1].formulas[place] = "=" + formula.partition("=")[2][:MAX_FORMULA_CHARACTERS]
        rows, columns = (
            _count(attributes, "number-rows-spanned"),
            _count(attributes, "number-columns-spanned"),
        )
        if rows > 1 or columns > 1:
            self.scans[-1].merge((*place, place[0] + rows - 1, place[1] + columns - 1))

    def text(self, piece: str) -> None:
        if self.is_in_cell and piece.strip():
            self.is_filled = True
            self.characters += len(piece)

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell") and self.scans:
            if self.is_filled:
                self.filled_in_row.append((self.column + self.column_repeat, self.column_repeat))
                self.budget.take(characters=self.characters * self.column_repeat * self.row_repeat)
            self.column += self.column_repeat
            self.is_in_cell = False
        elif name == "table-row" and self.scans:
            for last_column, cells in self.filled_in_row:
                self.scans[-1].fill(self.row + self.row_repeat, last_column, cells * self.row_repeat)
            self.row += self.row_repeat


def scan_package(parts: Mapping[str, bytes], filename: str) -> tuple[list[SheetScan], dict[str, bytes]]:
    """One scan a table, in order, and the parts looked through: no other may be given to the reader.

    Raises ``WorkbookEncrypted``, ``WorkbookBroken``, ``WorkbookBomb``, ``TooManyRows``, ``TooManyColumns`` or
    ``TooManyCells``.
    """
    if b"encryption-data" in parts.get(_MANIFEST_PART, b""):
        raise rules.encrypted(filename)
    if CONTENT_PART not in parts:
        raise rules.broken(filename)
    reader = _ContentReader(filename)
    parse_xml(parts[CONTENT_PART], filename, start=reader.start, end=reader.end, text=reader.text)
    checked = {name: content for name, content in parts.items() if name in _PARTS}
    for name, content in checked.items():
        if name.endswith(".xml") and name != CONTENT_PART:
            parse_xml(content, filename)
    return reader.scans, checked
