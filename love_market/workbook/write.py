"""Workbooks for the village: printable, and nothing in them ever runs as a formula."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

Written = str | int | float | bool | date | datetime | None

_MOST_DIGITS = 15
_MAX_CHARACTERS = 32_000
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BAD_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


@dataclass(frozen=True)
class SheetToWrite:
    """A sheet to be written: ``rows`` under ``headings``, ``title`` over them, ``footer`` lines under them.

    Numbers are written as numbers, dates as dates (an aware time in its own zone), True as 是, False as 否.
    ``categories`` are a row over the headings, equal neighbours as one; under an empty one the heading stands over both
    rows, and the others are narrow and wrapped. ``frozen`` columns stay in sight. ``landscape`` None chooses by width.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Written]]
    title: str = ""
    footer: Sequence[str] = ()
    landscape: bool | None = None
    categories: Sequence[str] = ()
    frozen: int = 0


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


def plain_value(value: Written) -> str | int | float | date | datetime | None:
    """Return what a spreadsheet can hold without loss: long numbers as text, no control signs, naive times."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and len(str(abs(value))) > _MOST_DIGITS:
        return str(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0)
    if isinstance(value, str):
        return _UNWRITABLE.sub("", value)[:_MAX_CHARACTERS]
    return value


def sheet_name(wanted: str, number: int, taken: Sequence[str]) -> str:
    """A name that every spreadsheet program accepts, not yet taken."""
    name = _BAD_NAME.sub(" ", wanted).strip()[:31] or f"表{number}"
    return name if name.lower() not in {known.lower() for known in taken} else f"{name[:26]}({number})"
