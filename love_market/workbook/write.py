"""Workbooks for the village: printable, and nothing in them ever runs as a formula."""

import io
import re
from collections.abc import Sequence

from love_market.workbook.sheets import SheetToWrite

_BAD_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


def write_workbook(sheets: Sequence[SheetToWrite]) -> bytes:
    """The sheets as one .xlsx for A4: fitted to the page's width, headings frozen and repeated on each page.

    Raises ``ValueError`` for no sheets or a row longer than its headings.
    """
    if not sheets:
        raise ValueError("a workbook needs at least one sheet")
    from love_market.workbook import printable  # noqa: PLC0415 a process that writes none need not carry it

    book = printable.empty_book()
    for number, sheet in enumerate(sheets, 1):
        printable.fill(book.create_sheet(sheet_name(sheet.name, number, book.sheetnames)), sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sheet_name(wanted: str, number: int, taken: Sequence[str]) -> str:
    """A name that every spreadsheet program accepts, not yet taken."""
    name = _BAD_NAME.sub(" ", wanted).strip()[:31] or f"表{number}"
    return name if name.lower() not in {known.lower() for known in taken} else f"{name[:26]}({number})"
