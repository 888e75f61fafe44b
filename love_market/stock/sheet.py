"""The blind sheet of a stocktake to print (盘点表). Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from love_market.clock import village_date, village_time
from love_market.paper import typeset


@dataclass(frozen=True, slots=True)
class CountText:
    """Which stocktake it is: when it was opened and by whom, who supervises it (maybe nobody yet)."""

    village_name: str
    market_name: str
    opened_at: datetime
    opened_by_name: str
    supervisor_name: str
    head_hash: str


@dataclass(frozen=True, slots=True)
class CountLine:
    """A lot to count: nothing that the book says is left of it. ``lot`` tells it from others of the same good."""

    title: str
    unit_name: str
    lot: str


def lay_out_count_sheet(text: CountText, lines: Sequence[CountLine], at: datetime) -> bytes:
    """Return the PDF of the sheet, the lots in the order given, with room for counts, remarks and two signatures."""
    opened = village_time(text.opened_at)
    data = {
        "village": text.village_name,
        "market": text.market_name,
        "opened": f"{opened.year}年{opened.month}月{opened.day}日 {opened:%H:%M}",
        "opened_by": text.opened_by_name,
        "supervisor": text.supervisor_name,
        "head_hash": text.head_hash,
        "printed_on": village_date(at).isoformat(),
        "lines": [{"title": line.title, "unit": line.unit_name, "lot": line.lot} for line in lines],
    }
    return typeset("stock/count_sheet", data, at)
