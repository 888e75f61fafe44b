"""Reading a stocktake's sheet (盘点表) that was counted on: a lot a row, known by its code. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar
from uuid import UUID

from love_market.errors import Invalid, words
from love_market.people.intake import Saying, clean
from love_market.people.intake.sayings import say_refused
from love_market.stock.rules import LARGEST_QUANTITY
from love_market.workbook import (
    Cell,
    CellRefused,
    TableRow,
    Vocabulary,
    Workbook,
    as_text,
    as_whole_number,
    find_table_in,
)

VOCABULARY: Vocabulary = {
    "lot": ("批次编号",),
    "quantity": ("实点数量", "实点", "实点数", "点数", "实盘数量", "盘点数量"),
    "title": ("商品", "商品名称", "名称"),
    "reason": ("差数原因", "原因", "备注"),
}
REQUIRED = ("lot", "quantity")
STOCKTAKE_LABEL = "盘点号"
_LONGEST_REASON = 120
_CODE_CHARACTERS = 10
_Value = TypeVar("_Value")
_STOCKTAKE = re.compile(rf"{STOCKTAKE_LABEL} *(P[0-9A-F]{{{_CODE_CHARACTERS}}})", re.IGNORECASE)


class OtherStocktake(Invalid):
    """The sheet was made for another stocktake."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a lot were counted, and what may explain a difference."""

    lot_id: UUID
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedCount:
    """A row: the lot's code, how many were counted (None: not yet), and what cannot be read."""

    row_number: int
    code: str
    title: str
    quantity: int | None
    reason: str
    wrong: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class ParsedCounts:
    """What a sheet says; ``stocktake`` is the code of the stocktake it was made for, empty where it does not say."""

    filename: str
    sheet: str
    header_row: int
    columns: Mapping[str, int]
    stocktake: str
    rows: tuple[ParsedCount, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can keep it between the preview and the confirm."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return what ``to_json`` kept."""
        rows = (ParsedCount(**row | {"wrong": tuple(Saying(**one) for one in row["wrong"])}) for row in kept["rows"])
        return cls(**kept | {"rows": tuple(rows)})


def code_of(ident: UUID) -> str:
    """Return what a lot or a stocktake is known by on a sheet: a letter first, so that no program makes it a number."""
    return f"P{ident.hex[-_CODE_CHARACTERS:].upper()}"


def parse_counts(workbook: Workbook) -> ParsedCounts:
    """Read the first sheet that is a stocktake's; raise ``NoUsableHeader``."""
    table = find_table_in(workbook, VOCABULARY, REQUIRED)
    told = _STOCKTAKE.search(" ".join(table.titles))
    return ParsedCounts(
        filename=clean(workbook.filename),
        sheet=clean(table.sheet),
        header_row=table.header_rows[-1],
        columns={field: column.number for field, column in table.columns.items()},
        stocktake=told[1].upper() if told else "",
        rows=tuple(_row(row) for row in table.rows),
    )


def _row(row: TableRow) -> ParsedCount:
    wrong: list[Saying] = []

    def read(reading: Callable[[Cell], _Value], cell: Cell) -> _Value | None:
        try:
            return reading(cell)
        except CellRefused as refused:
            wrong.append(say_refused(reading, cell, refused))
            return None

    quantity = read(_quantity, row["quantity"])
    reason = clean(read(as_text, row["reason"]) or "")[:_LONGEST_REASON]
    code = re.sub(r"\s", "", row["lot"].text).upper()
    return ParsedCount(row.number, clean(code)[:20], clean(row["title"].written)[:100], quantity, reason, tuple(wrong))


def _quantity(cell: Cell) -> int | None:
    number = as_whole_number(cell)
    if number is not None and not 0 <= number <= LARGEST_QUANTITY:
        sentence = words("{address} 里的 {number} 要在 {least} 到 {most} 之间。")
        raise CellRefused("out_of_range", sentence, address=cell.address, number=number, least=0, most=LARGEST_QUANTITY)
    return number
