"""A workbook that was handed in, opened to be written to: its own file where that is safe, else made anew.

By openpyxl, which is large: imported only when a workbook is given back.
"""

import io
import warnings
from collections.abc import Mapping

import openpyxl
from openpyxl.cell.cell import Cell as Written
from openpyxl.worksheet.worksheet import Worksheet

from love_market.workbook import archive, ooxml, printable, rules
from love_market.workbook.cells import Cell, Sheet, Workbook, column_letter
from love_market.workbook.scan import parse_xml
from love_market.workbook.write import sheet_name

MAX_WEIGHT = 200_000
_SHARED_FORMULA_WEIGHT = 20
# What openpyxl makes cells for, filled or not: a range of a million cells is one short line in the file.
_SPREAD = {"mergeCell", "hyperlink", "comment", "table"}
_WIDEST = 40


def reopen(data: bytes, read: Workbook) -> tuple[openpyxl.Workbook, dict[str, Worksheet]]:
    """Return the workbook of ``data``, ready to be written to, and its sheets by the names they have in ``read``.

    An .xlsx stays what it was: styles, widths, formulas, other sheets, pictures; macros do not come along. Any other
    kind, and an .xlsx that would grow out of all measure, is a new workbook of the same sheets and values.
    """
    own = _own(data, read) if read.kind == "xlsx" else None
    return _rebuilt(read) if own is None else (own, {sheet.title: sheet for sheet in own.worksheets})


def _own(data: bytes, read: Workbook) -> openpyxl.Workbook | None:
    """The file itself, from its checked parts; None where it is too heavy or openpyxl does not understand it."""
    try:
        parts = archive.open_parts(data, read.filename)
        if _weight(parts, read.filename) > MAX_WEIGHT:
            return None
        package = archive.pack(parts | archive.open_pictures(data, read.filename))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says what it leaves out, such as drop-down lists of a newer kind
            book = openpyxl.load_workbook(io.BytesIO(package))
    except Exception:  # noqa: BLE001 whatever it trips over in a stranger's file, there is the other way
        return None
    same = {sheet.name for sheet in read.sheets} <= {sheet.title for sheet in book.worksheets}
    return book if same else None


def _weight(parts: Mapping[str, bytes], filename: str) -> int:
    """About how many cells openpyxl would make; raises ``WorkbookBomb`` for a document type in any part."""
    weight = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal weight
        if name in {"c", "row", "si"}:
            weight += 1
        elif name == "f" and attributes.get("t") == "shared":
            weight += _SHARED_FORMULA_WEIGHT
        elif name in _SPREAD and "ref" in attributes:
            span = ooxml.span_of(attributes["ref"])
            weight += MAX_WEIGHT + 1 if span is None else (span[2] - span[0] + 1) * (span[3] - span[1] + 1)

    for name, content in parts.items():
        if name.lower().endswith((".xml", ".rels")):
            parse_xml(content, filename, start=start)
    return weight


def _rebuilt(read: Workbook) -> tuple[openpyxl.Workbook, dict[str, Worksheet]]:
    book, by_name = printable.empty_book(), dict[str, Worksheet]()
    for number, sheet in enumerate(read.sheets, 1):
        made = by_name[sheet.name] = book.create_sheet(sheet_name(sheet.name, number, book.sheetnames))
        made.sheet_state = "hidden" if sheet.hidden else "visible"
        spans = {span for found in sheet.merged.values() for span in found}
        area = sum((span[2] - span[0] + 1) * (span[3] - span[1] + 1) for span in spans)
        for top, left, bottom, right in spans if area <= rules.MAX_ROWS else ():
            made.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for row in sheet.rows:
            for cell in row:
                target = made.cell(cell.row, cell.column)
                if isinstance(target, Written):
                    _put(target, cell)
        for column, width in _widths(sheet).items():
            made.column_dimensions[column_letter(column)].width = width
    return book, by_name


def _put(target: Written, cell: Cell) -> None:
    """Write a value as it was read; a text stays a text, and so does a formula whose result is not known."""
    value = cell.formula if cell.is_formula and cell.value in (None, "") else cell.value
    if isinstance(value, str):
        printable.put(target, value)
    else:
        target.value = value


def _widths(sheet: Sheet) -> dict[int, int]:
    """How wide each column is to be, in half-width signs; a merged title counts for none."""
    widths: dict[int, int] = {}
    for row in sheet.rows:
        for cell in row:
            if sheet.span(cell.row, cell.column) is None:
                shown = printable.shown_width(cell.written) + 2
                widths[cell.column] = min(max(widths.get(cell.column, 8), shown), _WIDEST)
    return widths
