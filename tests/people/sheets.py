"""Rosters as villages keep them, made for the tests. All people are made up, and so are their numbers."""

import io
from collections.abc import Sequence

import openpyxl

from love_market.people.intake import ParsedRoster, parse_roster
from love_market.workbook import read_workbook

Value = str | int | float | None
IDENTITIES = ("140221195109166441", "140221196911094161", "14022119480423103X")


class Formula(str):
    """A formula, which nobody has calculated yet; every other text is a text whatever it begins with."""

    __slots__ = ()


def xlsx(rows: Sequence[Sequence[Value]], *, merges: Sequence[str] = ()) -> bytes:
    return xlsx_of({"花名册": rows}, merges=merges)


def xlsx_of(sheets: dict[str, Sequence[Sequence[Value]]], *, merges: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        made = book.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = made.cell(at, column, value)
                if isinstance(value, str) and not isinstance(value, Formula):
                    cell.data_type = "s"
    for merge in merges:
        book.worksheets[0].merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def csv(rows: Sequence[Sequence[Value]], encoding: str = "gbk") -> bytes:
    return "\r\n".join(",".join("" if value is None else str(value) for value in row) for row in rows).encode(encoding)


def parsed(data: bytes, filename: str = "花名册.xlsx") -> ParsedRoster:
    return parse_roster(read_workbook(data, filename))
