"""The goods list as a workbook: for the wall, and for a village's own reckoning."""

from collections.abc import Sequence
from datetime import datetime

from love_market.clock import village_date
from love_market.stock.queries import ShelfGood
from love_market.workbook.write import SheetToWrite, Written, write_workbook

HEADINGS = ("商品", "规格", "单位", "条形码", "积分价", "能兑数量", "过期数量", "最近保质期", "低库存线", "状态")


def goods_list(market_name: str, goods: Sequence[ShelfGood], at: datetime) -> bytes:
    """Return the goods with what is left of them as one .xlsx; what was typed stays text, whatever it begins with."""
    rows: list[Sequence[Written]] = [
        (
            one.name,
            one.spec,
            one.unit_name,
            one.barcode,
            one.points_price,
            one.quantity,
            one.expired_quantity,
            one.nearest_expiry,
            one.low_stock_quantity,
            _state(one),
        )
        for one in goods
    ]
    made = f"{village_date(at):%Y-%m-%d} 共 {len(goods)} 样"
    return write_workbook([SheetToWrite("商品清单", HEADINGS, rows, title=f"{market_name}商品清单", footer=[made])])


def _state(one: ShelfGood) -> str:
    if one.withdrawn:
        return "已下架"
    if one.quantity == 0:
        return "没货"
    return "快没了" if one.low else "在架"
