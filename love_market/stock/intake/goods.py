"""Reading a workbook of goods (商品清单): a good a row, found by its name and spec, or by its barcode. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar
from uuid import UUID

from love_market.errors import Invalid, words
from love_market.people.intake import Saying, clean
from love_market.people.intake.sayings import say, say_refused
from love_market.stock.rules import LARGEST_PRICE_POINTS, LARGEST_QUANTITY, read_barcode, tidy
from love_market.workbook import Cell, Table, TableRow, Vocabulary, Workbook, as_text, as_whole_number, find_table_in

LONGEST = {"name": 60, "spec": 40, "unit_name": 10}
VOCABULARY: Vocabulary = {
    "name": ("商品", "商品名称", "名称", "品名", "货品名称", "物品名称", "物品", "兑换物品"),
    "spec": ("规格", "规格型号", "包装规格", "型号"),
    "unit_name": ("单位", "计量单位"),
    "barcode": ("条形码", "条码", "商品条码", "商品条形码", "69码"),
    "points_price": ("积分价", "兑换积分", "所需积分", "积分", "积分值", "兑换分值", "分值"),
    "low_stock_quantity": ("低库存线", "最低库存", "库存下限"),
    "tracks_expiry": ("记保质期", "要记保质期", "保质期管理"),
}
REQUIRED = ("name", ("points_price", "unit_name", "barcode", "low_stock_quantity"))
_NONE = {"无", "没有", "-", "/"}
_YES = {"是", "要", "记", "有", "√", "✓", "y", "yes", "1", "true"}
_NO = {"否", "不", "不要", "不记", "无", "×", "n", "no", "0", "false"}
_SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class GoodFigures:
    """What a workbook may say of a good."""

    name: str
    spec: str
    unit_name: str
    barcode: str | None
    points_price: int
    low_stock_quantity: int
    tracks_expiry: bool

    @property
    def title(self) -> str:
        """The good as a list names it: 陈醋 800毫升."""
        return f"{self.name} {self.spec}".strip()


@dataclass(frozen=True, slots=True)
class KnownGood:
    """A good of the market: its id (None for one that is to be made), and whether the books count in its unit."""

    id: UUID | None
    figures: GoodFigures
    was_received: bool = False


@dataclass(frozen=True, slots=True)
class ParsedGood:
    """A row. None where it says nothing, so that what is known stays; an empty ``barcode`` takes the code away."""

    row_number: int
    name: str
    spec: str | None
    unit_name: str | None
    barcode: str | None
    points_price: int | None
    low_stock_quantity: int | None
    tracks_expiry: bool | None
    wrong: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class ParsedGoods:
    """What a workbook of goods says; ``columns`` is where its fields stand."""

    filename: str
    sheet: str
    header_row: int
    columns: Mapping[str, int]
    rows: tuple[ParsedGood, ...]
    notes: tuple[Saying, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can keep it between the preview and the confirm."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return what ``to_json`` kept."""
        rows = tuple(
            ParsedGood(**row | {"wrong": tuple(Saying(**one) for one in row["wrong"])}) for row in kept["rows"]
        )
        return cls(**kept | {"rows": rows, "notes": tuple(Saying(**one) for one in kept["notes"])})


def parse_goods(workbook: Workbook) -> ParsedGoods:
    """Read the first sheet that is a list of goods; raise ``NoUsableHeader``.

    A cell that cannot be what its column needs does not stop the reading: its row says so.
    """
    table = find_table_in(workbook, VOCABULARY, REQUIRED)
    unused = [clean(column.heading) for column in table.others if column.heading]
    notes = (say(words("用不到的列没有收：{columns}。"), columns="、".join(unused[:12])),) if unused else ()
    return ParsedGoods(
        filename=clean(workbook.filename),
        sheet=clean(table.sheet),
        header_row=table.header_rows[-1],
        columns={field: column.number for field, column in table.columns.items()},
        rows=tuple(_row(table, row) for row in table.rows),
        notes=notes,
    )


def _row(table: Table, row: TableRow) -> ParsedGood:
    wrong: list[Saying] = []

    def read(field: str, reading: Callable[[Cell], _Value | None]) -> _Value | None:
        cell = row[field]
        try:
            return reading(cell) if table.has(field) else None
        except Invalid as refused:
            wrong.append(say_refused(reading, cell, refused))
            return None

    name = read("name", lambda cell: _short(cell, "name")) or ""
    if not name and not wrong:
        wrong.append(say(words("没有写商品名称。")).about(row["name"]))
    spec = read("spec", lambda cell: _short(cell, "spec"))
    return ParsedGood(
        row_number=row.number,
        name=name,
        spec=(spec or "") if table.has("spec") else None,
        unit_name=read("unit_name", lambda cell: _short(cell, "unit_name")) or None,
        barcode=read("barcode", _barcode),
        points_price=read("points_price", lambda cell: _within(cell, 1, LARGEST_PRICE_POINTS)),
        low_stock_quantity=read("low_stock_quantity", lambda cell: _within(cell, 0, LARGEST_QUANTITY)),
        tracks_expiry=read("tracks_expiry", _yes_or_no),
        wrong=tuple(wrong),
    )


def _short(cell: Cell, field: str) -> str:
    text = tidy(clean(as_text(cell)))
    if len(text) > LONGEST[field]:
        raise Invalid(words("“{text}…”太长，最多 {limit} 个字。"), text=text[:12], limit=LONGEST[field])
    return text


def _within(cell: Cell, least: int, most: int) -> int | None:
    number = as_whole_number(cell)
    if number is not None and not least <= number <= most:
        sentence = words("{address} 里的 {number} 要在 {least} 到 {most} 之间。")
        raise Invalid(sentence, address=cell.address, number=number, least=least, most=most)
    return number


def _barcode(cell: Cell) -> str | None:
    text = as_text(cell).lstrip("'")
    if text in _NONE:
        return ""
    if _SCIENTIFIC.fullmatch(text):
        sentence = words("{address} 里的条形码被表格改成了“{text}”，后面几位没有了。请把这一列设成文本，重新填。")
        raise Invalid(sentence, address=cell.address, text=text)
    return read_barcode(text)


def _yes_or_no(cell: Cell) -> bool | None:
    text = cell.text.lower()
    if not text or text in _YES | _NO:
        return text in _YES if text else None
    raise Invalid(words("{address} 里的“{text}”看不懂，请填“是”或“否”。"), address=cell.address, text=cell.text[:20])
