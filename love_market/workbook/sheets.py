"""What is written into a workbook: sheets of plain values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

Written = str | int | float | bool | date | datetime | None

_MOST_DIGITS = 15
_MAX_CHARACTERS = 32_000
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


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
