"""Sheets as a workbook that prints well, by openpyxl: imported when one is written, for it is large."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from love_market.workbook.cells import column_letter
from love_market.workbook.delimited import GUARDED
from love_market.workbook.sheets import SheetToWrite, Written, plain_value

_PORTRAIT_WIDTH = 95
_LANDSCAPE_WIDTH = 200
_NARROW = 6
_LINE = Side(style="thin", color="8A8378")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD_FILL = PatternFill("solid", fgColor="F1E9DA")
_FONT = "宋体"


def empty_book() -> openpyxl.Workbook:
    """Return a workbook without sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    return book


def fill(target: Worksheet, sheet: SheetToWrite) -> None:
    """Write a sheet and set its page up; raise ``ValueError`` for a row longer than its headings."""
    width = len(sheet.headings)
    head_row = (2 if sheet.title else 1) + bool(sheet.categories)
    if any(len(row) > width for row in sheet.rows):
        raise ValueError(f"sheet {sheet.name!r}: a row is longer than the {width} headings")
    if sheet.title:
        _put_line(target, 1, sheet.title, width, Font(name=_FONT, size=16, bold=True), "center")
        target.row_dimensions[1].height = 32
    _put_head(target, sheet.headings, head_row)
    if sheet.categories:
        _put_head(target, sheet.categories, head_row - 1)
        _join(target, sheet, head_row)
    body, number_at = Font(name=_FONT, size=11), Alignment(horizontal="right", vertical="center")
    text_at = Alignment(horizontal="left", vertical="center", wrap_text=True)
    for number, values in enumerate(sheet.rows, head_row + 1):
        for column in range(1, width + 1):
            value = values[column - 1] if column <= len(values) else None
            cell = _put(target, number, column, value)
            cell.font, cell.border = body, _BOX
            cell.alignment = number_at if cell.data_type == "n" and value is not None else text_at
    for offset, line in enumerate(sheet.footer, head_row + len(sheet.rows) + 1):
        _put_line(target, offset, line, width, body, "left")
    _set_up_page(target, sheet, head_row)


def _put_head(target: Worksheet, headings: Sequence[str], row: int) -> None:
    for column, heading in enumerate(headings, 1):
        cell = _put(target, row, column, heading)
        cell.font, cell.fill, cell.border = Font(name=_FONT, size=11, bold=True), _HEAD_FILL, _BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _join(target: Worksheet, sheet: SheetToWrite, head_row: int) -> None:
    """Join neighbours under one category, and a heading without one with the cell above it."""
    last = 0
    for category, columns in groupby(range(1, len(sheet.headings) + 1), lambda column: sheet.categories[column - 1]):
        first, last = last + 1, last + len(list(columns))
        if category and last > first:
            target.merge_cells(start_row=head_row - 1, end_row=head_row - 1, start_column=first, end_column=last)
        for column in range(first, last + 1) if not category else ():
            _put(target, head_row - 1, column, sheet.headings[column - 1])
            target.merge_cells(start_row=head_row - 1, end_row=head_row, start_column=column, end_column=column)
    lines = max(-(-shown_width(heading) // _NARROW) for heading in sheet.headings)
    target.row_dimensions[head_row].height = 16 * min(lines, 6) + 4


def _put(target: Worksheet, row: int, column: int, value: Written) -> Cell:
    """Fill the cell at a place; raise ``TypeError`` under a merge."""
    cell = target.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"{row}, {column} is covered by a merge")
    put(cell, value)
    return cell


def put(cell: Cell, value: Written) -> None:
    """Fill a cell so that a text stays a text, whatever it begins with."""
    plain = plain_value(value)
    if plain == "":
        return  # an empty text is no blank cell, and some programs find a file with one damaged
    cell.value = plain
    if isinstance(plain, str):
        cell.data_type = "s"
        cell.quotePrefix = plain.startswith(tuple(GUARDED))
    elif isinstance(plain, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(plain, date):
        cell.number_format = "yyyy-mm-dd"


def _put_line(target: Worksheet, row: int, text: str, width: int, font: Font, horizontal: str) -> None:
    """A line over the sheet's whole width."""
    cell = _put(target, row, 1, text)
    cell.font = font
    cell.alignment = Alignment(horizontal=horizontal, vertical="center", wrap_text=horizontal == "left")
    if width > 1:
        target.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)


def shown_width(value: Written) -> int:
    """How many half-width signs a value takes on the sheet."""
    lines = str("" if value is None else value).splitlines() or [""]
    return max(sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line) for line in lines)


def _set_up_page(target: Worksheet, sheet: SheetToWrite, head_row: int) -> None:
    total = 0
    for column, heading in enumerate(sheet.headings, 1):
        values = [row[column - 1] for row in sheet.rows if column <= len(row)]
        of_heading = min(shown_width(heading), _NARROW) if sheet.categories else shown_width(heading)
        widest = max([of_heading, *(shown_width(value) for value in values)])
        shown = min(max(widest + 2, 6), 40)
        target.column_dimensions[column_letter(column)].width = shown
        total += shown
    target.freeze_panes = f"{column_letter(sheet.frozen + 1)}{head_row + 1}"
    target.print_title_rows = f"{1 if sheet.title else head_row - bool(sheet.categories)}:{head_row}"
    page = target.page_setup
    page.paperSize = "9"
    page.orientation = (
        "landscape" if (sheet.landscape if sheet.landscape is not None else total > _PORTRAIT_WIDTH) else "portrait"
    )
    # Shrunk to one page, forty columns could not be read; what names a row then stands on each page.
    page.fitToWidth, page.fitToHeight = -(-total // _LANDSCAPE_WIDTH) if sheet.frozen else 1, 0
    if sheet.frozen:
        target.print_title_cols = f"A:{column_letter(sheet.frozen)}"
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.print_options.horizontalCentered = True
    margins = target.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4
    target.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("第 &P 页，共 &N 页"))
