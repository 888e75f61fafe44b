"""Spreadsheets in and out; knows no domain.

In: ``read_workbook(data, filename)`` → ``find_table_in(workbook, vocabulary, required)`` →
``as_whole_number(cell)`` and its kin. Out: ``write_workbook(sheets)``. Back to whoever sent it, with what is wrong in
it: ``mark.mark_workbook(data, filename, marks)``.
"""

from love_market.workbook.cells import (
    Cell,
    Mark,
    Row,
    Sheet,
    Value,
    Workbook,
    column_letter,
    column_number,
    normalise,
    without_padding,
)
from love_market.workbook.headings import Column, Required, Vocabulary, heading_key
from love_market.workbook.read import read_workbook
from love_market.workbook.rules import (
    MAX_FILE_BYTES,
    CellRefused,
    NotAWorkbook,
    NoUsableHeader,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    WorkbookBomb,
    WorkbookBroken,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookRefused,
    WorkbookTooLarge,
)
from love_market.workbook.sheets import SheetToWrite, Written
from love_market.workbook.table import PassedOver, Table, TableRow, find_table, find_table_in
from love_market.workbook.values import (
    as_group,
    as_household_number,
    as_name,
    as_phone,
    as_text,
    as_whole_number,
    holds_identity_number,
    household_number_width,
    is_identity_column,
    looks_like_identity_number,
    without_identity_numbers,
)
from love_market.workbook.write import write_workbook

__all__ = [
    "MAX_FILE_BYTES",
    "Cell",
    "CellRefused",
    "Column",
    "Mark",
    "NoUsableHeader",
    "NotAWorkbook",
    "PassedOver",
    "Required",
    "Row",
    "Sheet",
    "SheetToWrite",
    "Table",
    "TableRow",
    "TooManyCells",
    "TooManyColumns",
    "TooManyRows",
    "Value",
    "Vocabulary",
    "Workbook",
    "WorkbookBomb",
    "WorkbookBroken",
    "WorkbookEmpty",
    "WorkbookEncrypted",
    "WorkbookRefused",
    "WorkbookTooLarge",
    "Written",
    "as_group",
    "as_household_number",
    "as_name",
    "as_phone",
    "as_text",
    "as_whole_number",
    "column_letter",
    "column_number",
    "find_table",
    "find_table_in",
    "heading_key",
    "holds_identity_number",
    "household_number_width",
    "is_identity_column",
    "looks_like_identity_number",
    "normalise",
    "read_workbook",
    "without_identity_numbers",
    "without_padding",
    "write_workbook",
]
