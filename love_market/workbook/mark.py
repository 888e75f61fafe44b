"""A workbook given back to whoever sent it, with what is wrong marked in it: ready to correct and send again."""

import io
from collections.abc import Iterable, Mapping, Sequence

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from love_market.workbook import printable, rules
from love_market.workbook.cells import Mark, Sheet, column_letter
from love_market.workbook.read import MARKS_HEADING, is_marks_heading, read_workbook
from love_market.workbook.reopen import reopen
from love_market.workbook.values import without_identity_numbers

AUTHOR = "爱心超市"
FILL = "FFFFC2B8"
"""The colour of a marked cell, ARGB: a cell of this colour is ours, and is plain again when the workbook comes back."""

_COLUMN_WIDTH = 56
_COMMENT_SIZE = (120, 320)


def mark_workbook(
    data: bytes, filename: str, marks: Sequence[Mark], headings: Mapping[str, int] | None = None
) -> bytes:
    """Return the workbook as .xlsx with each mark's cell coloured, its words in a comment and at the end of the row.

    The column at the end is headed in the row that ``headings`` gives for the sheet, else above its first mark.
    Earlier marks of ours are taken off. Raises what ``read_workbook`` raises.
    """
    read = read_workbook(data, filename)
    book, sheets = reopen(data, read)
    for sheet in book.worksheets:
        _clear(sheet)
    marked: list[Worksheet] = []
    for found in read.sheets:
        names = {found.name, without_identity_numbers(found.name)}
        of_sheet = [mark for mark in marks if mark.sheet in names]
        if of_sheet:
            heading = next((row for name, row in (headings or {}).items() if name in names), None)
            _mark(sheets[found.name], of_sheet, found, heading)
            marked.append(sheets[found.name])
    if marked:
        shown = marked[0]
        book.active = shown
        for sheet in book.worksheets:  # two sheets chosen at once would both be typed into
            sheet.sheet_view.tabSelected = sheet is shown
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _clear(sheet: Worksheet) -> None:
    """Take off what an earlier round marked."""
    heading: Cell | MergedCell | None = None
    for row in sheet.iter_rows():
        for cell in row:
            if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == FILL:
                cell.fill = PatternFill()
            if isinstance(cell, Cell) and cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
            if heading is None and is_marks_heading(cell.value):
                heading = cell
    if heading is not None:
        for row in sheet.iter_rows(min_row=heading.row, min_col=heading.column, max_col=heading.column):
            for cell in row:
                if isinstance(cell, Cell):
                    cell.value = None


def _mark(sheet: Worksheet, marks: Iterable[Mark], read: Sheet, heading_row: int | None) -> None:
    by_cell: dict[tuple[int, int | None], list[str]] = {}
    by_row: dict[int, list[str]] = {}
    for mark in marks:
        by_cell.setdefault((mark.row, mark.column), []).append(mark.words)
        by_row.setdefault(mark.row, []).append(mark.words)
    for (row, column), said in by_cell.items():
        if column is not None:
            _colour(_visible(sheet, row, column), said)
    above = heading_row or max(1, min(by_row) - 1)
    column = _free_column(sheet, read.last_column + 1, {above, *by_row})
    if column > rules.MAX_COLUMNS:  # the file would not be read again; colour and comment have to do
        return
    sheet.column_dimensions[column_letter(column)].width = _COLUMN_WIDTH
    _say(sheet, above, column, MARKS_HEADING, bold=True)
    for row, said in by_row.items():
        _say(sheet, row, column, "\n".join(dict.fromkeys(said)), bold=False)


def _free_column(sheet: Worksheet, column: int, rows: set[int]) -> int:
    """The first column from ``column`` on that no merge over these rows covers."""
    spans = [span for span in sheet.merged_cells.ranges if not rows.isdisjoint(range(span.min_row, span.max_row + 1))]
    while any(span.min_col <= column <= span.max_col for span in spans):
        column += 1
    return column


def _visible(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at a place; under a merge, the cell that is seen there."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        span = next(span for span in sheet.merged_cells.ranges if cell.coordinate in span)
        cell = sheet.cell(span.min_row, span.min_col)
    if not isinstance(cell, Cell):
        raise TypeError(f"{sheet.title}: no cell is seen at {row}, {column}")
    return cell


def _colour(cell: Cell, said: Sequence[str]) -> None:
    cell.fill = PatternFill("solid", fgColor=FILL)
    if cell.comment is None:  # the village's own stays
        cell.comment = Comment("\n".join(dict.fromkeys(said)), AUTHOR, *_COMMENT_SIZE)


def _say(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool) -> None:
    cell = _visible(sheet, row, column)
    printable.put(cell, text)
    cell.font, cell.fill = Font(color="FFB3261E", bold=bold), PatternFill("solid", fgColor=FILL)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
