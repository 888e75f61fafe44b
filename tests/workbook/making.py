"""Workbooks made the way villages' programs make them, for the tests of this room."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from love_market.workbook import Cell, Value
from love_market.workbook.mark import FILL
from love_market.workbook.read import is_marks_heading

Rows = Sequence[Sequence[object]]
Merges = Sequence[str]
ROSTER: list[list[object]] = [["户编号", "户主"], ["001", "孔振明"]]
SHEET = "xl/worksheets/sheet1.xml"


def cell(value: Value, formula: str | None = None) -> Cell:
    """Return cell D5 of some sheet."""
    return Cell(5, 4, value, formula)


def make_xlsx(rows: Rows, merges: Merges = (), sheet: str = "花名册") -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for merge in merges:
        page.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def make_shared(rows: Rows) -> bytes:
    """Return an .xlsx whose texts stand in the part of shared strings, as WPS and Excel write it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("花名册")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


def bounds(merge: str) -> tuple[int, int, int, int]:
    """Return first row, first column, last row and last column of a range such as ``A1:D1``."""
    (left, top), (right, bottom) = (coordinate_from_string(corner) for corner in merge.split(":"))
    return top, column_index_from_string(left), bottom, column_index_from_string(right)


def marked_cells(sheet: Worksheet) -> set[str]:
    """Return the cells that ``mark_workbook`` coloured, what it wrote beside the rows left out."""
    heading = next(cell.column for row in sheet.iter_rows() for cell in row if is_marks_heading(cell.value))
    return {
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == FILL and cell.column != heading
    }


def make_xls(rows: Rows, merges: Merges = (), sheet: str = "花名册") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet, cell_overwrite_ok=True)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith("="):
                page.write(number, column, xlwt.Formula(value[1:]))
            elif value is not None:
                page.write(number, column, value)
    for merge in merges:
        top, left, bottom, right = bounds(merge)
        page.merge(top - 1, bottom - 1, left - 1, right - 1)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def make_ods(rows: Rows, merges: Merges = (), sheet: str = "花名册") -> bytes:
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for merge in merges:
        top, left, bottom, right = bounds(merge)
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    document = OpenDocumentSpreadsheet()
    table = Table(name=sheet)
    for number, row in enumerate(rows, 1):
        line = TableRow()
        for column, value in enumerate(row, 1):
            line.addElement(_ods_cell(value, spans.get((number, column)), covered=(number, column) in covered))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    target = io.BytesIO()
    document.write(target)
    return target.getvalue()


def _ods_cell(value: object, span: tuple[int, int] | None, *, covered: bool) -> object:
    if span is None and covered:
        return CoveredTableCell()
    spanned = {"numberrowsspanned": span[0], "numbercolumnsspanned": span[1]} if span else {}
    if value is None:
        return TableCell(**spanned)
    if isinstance(value, str) and value.startswith("="):
        return TableCell(formula=f"of:{value}", **spanned)
    if isinstance(value, (int, float)):
        return TableCell(valuetype="float", value=value, **spanned)
    cell = TableCell(valuetype="string", **spanned)
    cell.addElement(P(text=str(value)))
    return cell


def make_csv(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode(encoding)


def make_zip(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as container:
        for name, content in entries.items():
            container.writestr(name, content)
    return target.getvalue()


def rewrite(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return the same package with each part passed through ``change(name, content)``."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        return make_zip({name: change(name, container.read(name)) for name in container.namelist()})
