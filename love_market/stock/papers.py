"""The goods list and a stocktake's sheet as workbooks to fill in and take in again, and the blind sheet to print."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.stock import queries
from love_market.stock.intake import code_of
from love_market.stock.intake.counts import STOCKTAKE_LABEL
from love_market.stock.queries import SheetRow, ShelfGood, StocktakeRecord
from love_market.stock.sheet import CountLine, CountText, lay_out_count_sheet
from love_market.workbook import SheetToWrite, Written, write_workbook

HEADINGS = (
    "商品",
    "规格",
    "单位",
    "条形码",
    "积分价",
    "低库存线",
    "记保质期",
    "能兑数量",
    "过期数量",
    "最近保质期",
    "状态",
)
COUNT_HEADINGS = ("批次编号", "商品", "单位", "批号", "保质期到", "入库", "实点数量", "差数原因")
_EMPTY_LINES = 20


def goods_list(market_name: str, goods: Sequence[ShelfGood], at: datetime) -> bytes:
    """Return the goods with what is left of them as one .xlsx; what was typed stays text, whatever it begins with.

    Up to 记保质期 it is what a list may say of goods when it is taken in; a shop without goods gets empty lines.
    """
    rows: list[Sequence[Written]] = [
        (
            one.name,
            one.spec,
            one.unit_name,
            one.barcode,
            one.points_price,
            one.low_stock_quantity,
            one.tracks_expiry,
            one.quantity,
            one.expired_quantity,
            one.nearest_expiry,
            _state(one),
        )
        for one in goods
    ]
    made = f"说明：{village_date(at):%Y-%m-%d} 共 {len(goods)} 样。改好可以再导入，能兑数量以后的几列只看不收。"
    lines = rows or [()] * _EMPTY_LINES
    sheet = SheetToWrite(
        "商品清单", HEADINGS, lines, title=f"{market_name}商品清单", footer=[made], landscape=True, frozen=1
    )
    return write_workbook([sheet])


def count_sheet(market_name: str, stocktake: StocktakeRecord, rows: Sequence[SheetRow]) -> bytes:
    """Return a stocktake's blind sheet as an .xlsx: nothing of the book's, and what was counted so far."""
    lines: list[Sequence[Written]] = [
        (
            code_of(one.lot_id),
            one.title,
            one.unit_name,
            one.lot_no,
            one.expires_on,
            village_date(one.received_at),
            one.counted,
            one.reason,
        )
        for one in rows
    ]
    title = f"{market_name}盘点表（{STOCKTAKE_LABEL} {code_of(stocktake.id)}）"
    footer = (
        "说明：照架上有几件就填几件，没有填 0，没点的空着。批次编号不要改。",
        "点货（签字）：                监督（签字）：                日期：",
    )
    sheet = SheetToWrite("盘点表", COUNT_HEADINGS, lines, title=title, footer=footer, landscape=True)
    return write_workbook([sheet])


def count_paper(session: Session, guard: Guard, stocktake_id: UUID, *, at: datetime) -> bytes:
    """Return the PDF of a stocktake's blind sheet; raise ``NoSuchStocktake``."""
    village = places.village(session, guard.village_code)
    record = queries.stocktake(session, guard, stocktake_id)
    text = CountText(
        village_name=village.short_name,
        market_name=village.market_name,
        opened_at=record.opened_at,
        opened_by_name=record.opened_by_name,
        supervisor_name=record.supervisor_name,
        head_hash=books.head(session, guard.market_id).hash,
    )
    lines = [CountLine(row.title, row.unit_name, _lot(row)) for row in queries.sheet(session, guard, stocktake_id)]
    return lay_out_count_sheet(text, lines, at)


def _lot(row: SheetRow) -> str:
    """Return what tells a lot from others of the same good: its number, its last day, else the day it came."""
    until = f"{row.expires_on.year}年{row.expires_on.month}月{row.expires_on.day}日到期" if row.expires_on else ""
    came = village_date(row.received_at)
    return f"{row.lot_no} {until}".strip() or f"{came.year}年{came.month}月{came.day}日入库"


def _state(one: ShelfGood) -> str:
    if one.withdrawn:
        return "已下架"
    if one.quantity == 0:
        return "没货"
    return "快没了" if one.low else "在架"
