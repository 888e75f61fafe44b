"""The first pass over an .xlsx package: which part is which sheet, and what stands on it."""

import posixpath
import re
from collections.abc import Mapping

from love_market.workbook import rules
from love_market.workbook.cells import Span, column_number
from love_market.workbook.scan import MAX_FORMULA_CHARACTERS, Budget, SheetScan, parse_xml

WORKBOOK_PART = "xl/workbook.xml"
_RELATIONS_PART = "xl/_rels/workbook.xml.rels"
_STRINGS_PART = "xl/sharedstrings.xml"
_STYLES_PART = "xl/styles.xml"
_PLAIN_PARTS = {"[content_types].xml", "_rels/.rels", _STYLES_PART}
_COUNTS = re.compile(rb"""\s(?:uniqueCount|count)\s*=\s*(?:"[^"]*"|'[^']*')""")
_INDEX = re.compile(r"[0-9]{1,8}")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def _place(reference: str) -> tuple[int, int]:
    """``B3`` → (3, 2); (0, 0) for what is no reference."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return 0, 0
    return int(match[2]), column_number(match[1])


def span_of(reference: str) -> Span | None:
    """``B3:C9`` or ``B3`` as a span; None for what is no range of cells."""
    first, _, last = reference.partition(":")
    first_row, first_column = _place(first)
    last_row, last_column = _place(last or first)
    if 0 < first_row <= last_row and 0 < first_column <= last_column:
        return first_row, first_column, last_row, last_column
    return None


class _SheetReader:
    """Expat callbacks over one ``worksheet`` part."""

    def __init__(self, scan: SheetScan, string_lengths: list[int]) -> None:
        self.scan = scan
        self.string_lengths = string_lengths
        self.row = self.column = 0
        self.kind = self.inside = ""
        self.is_counted = self.is_in_cell = False
        self.gathered: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.is_counted, self.is_in_cell = False, True
            self.kind = attributes.get("t", "n")
            row, column = _place(attributes["r"]) if "r" in attributes else (self.row, self.column + 1)
            self.row, self.column = row, column
        elif self.is_in_cell and name in ("v", "f", "is"):
            if not self.is_counted:
                self.is_counted = True
                self.scan.fill(self.row, self.column)
            self.inside, self.gathered = name, []
        elif name == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = 0
        elif name == "mergeCell":
            span = span_of(attributes.get("ref", ""))
            if span is not None:
                self.scan.merge(span)

    def text(self, piece: str) -> None:
        if self.inside:
            self.gathered.append(piece)

    def end(self, name: str) -> None:
        if name == "c":
            self.is_in_cell = False
        if name != self.inside:
            return
        gathered, self.inside = "".join(self.gathered), ""
        place = (self.row, self.column)
        if name == "f":
            self.scan.formulas[place] = "=" + gathered[:MAX_FORMULA_CHARACTERS]
        elif name == "v" and self.kind == "s":
            index = int(gathered) if _INDEX.fullmatch(gathered) else -1
            if not 0 <= index < len(self.string_lengths):
                raise rules.broken(self.scan.budget.filename)
            self.scan.budget.take(characters=self.string_lengths[index])
        elif name == "v" and self.kind == "e":
            self.scan.faults[place] = gathered[:20]


def _string_lengths(parts: Mapping[str, bytes], filename: str) -> list[int]:
    """How long each shared string is: a cell that names one costs its length in memory."""
    lengths: list[int] = []

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def text(piece: str) -> None:
        if lengths:
            lengths[-1] += len(piece)

    if _STRINGS_PART in parts:
        parse_xml(parts[_STRINGS_PART], filename, start=start, text=text)
    return lengths


def _sheet_parts(parts: Mapping[str, bytes], filename: str) -> list[tuple[str, str, bool]]:
    """Name, part and whether hidden, of each sheet in the order of the workbook."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str, bool]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[attributes.get("Id", "")] = path.lower()

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            ident = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            found.append((attributes.get("name", ""), targets.get(ident, ""), is_hidden))

    parse_xml(parts.get(_RELATIONS_PART, b""), filename, start=relation)
    parse_xml(parts[WORKBOOK_PART], filename, start=sheet)
    return found


def scan_package(parts: Mapping[str, bytes], filename: str) -> tuple[list[SheetScan], dict[str, bytes]]:
    """One scan a sheet, in order, and the parts looked through: no other may be given to the reader.

    Raises ``WorkbookBroken``, ``WorkbookBomb``, ``TooManyRows``, ``TooManyColumns`` or ``TooManyCells``.
    """
    by_name = {name.lower(): content for name, content in parts.items()}
    if WORKBOOK_PART not in by_name:
        raise rules.broken(filename)
    sheets = _sheet_parts(by_name, filename)
    if len(sheets) > rules.MAX_SHEETS:
        raise rules.too_many_cells(filename)
    budget = Budget(filename)
    lengths = _string_lengths(by_name, filename)
    scans = []
    for name, part, is_hidden in sheets:
        if part not in by_name:
            raise rules.broken(filename)
        scans.append(SheetScan(name, budget, hidden=is_hidden))
        reader = _SheetReader(scans[-1], lengths)
        parse_xml(by_name[part], filename, start=reader.start, end=reader.end, text=reader.text)
    for part in _PLAIN_PARTS & by_name.keys():
        parse_xml(by_name[part], filename)
    checked = {part for _, part, _ in sheets} | _PLAIN_PARTS | {WORKBOOK_PART, _RELATIONS_PART, _STRINGS_PART}
    return scans, {
        name: _without_counts(content) if name.lower() in (_STRINGS_PART, _STYLES_PART) else content
        for name, content in parts.items()
        if name.lower() in checked
    }


def _without_counts(content: bytes) -> bytes:
    """A part without the counts its elements claim: the reader makes room for as many, and ends the program."""
    before, first, texts = content.partition(b"<si")
    return _COUNTS.sub(b"", before) + first + texts
