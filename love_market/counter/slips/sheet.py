"""The blackout pad to print: how to use it, what goods cost, the slips. Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from love_market.clock import village_date
from love_market.counter.slips.rules import LINES_A_SLIP, show_number
from love_market.paper import typeset
from love_market.vouchers.rules import RELATIONS

SLIPS_A_PAGE = 2


@dataclass(frozen=True, slots=True)
class PadHeading:
    """Whose pad it is; ``head_hash`` in hex is the book's head when it is printed."""

    village_name: str
    market_name: str
    head_hash: str


@dataclass(frozen=True, slots=True)
class PricedGood:
    """A good as the pad lists it, with what one takes in points."""

    title: str
    unit_name: str
    points_each: int


def lay_out_pad(heading: PadHeading, first: int, last: int, goods: Sequence[PricedGood], at: datetime) -> bytes:
    """Return the PDF of the pad with the numbers ``first`` to ``last``: instructions, prices, then two slips a page."""
    numbers = [show_number(number) for number in range(first, last + 1)]
    data = {
        "village": heading.village_name,
        "market": heading.market_name,
        "head_hash": heading.head_hash,
        "printed_on": village_date(at).isoformat(),
        "year": village_date(at).year,
        "numbers": numbers,
        "lines": LINES_A_SLIP,
        "relations": list(RELATIONS.values()),
        "goods": [
            {"title": good.title, "unit_name": good.unit_name, "points_each": good.points_each} for good in goods
        ],
    }
    return typeset("counter/slips", data, at)
