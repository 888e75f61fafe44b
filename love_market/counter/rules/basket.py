"""What a basket may be, and what it costs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from love_market.errors import Invalid, NotFound, Refused, words
from love_market.refusals import Fact, Facts, Refusal, Table

MOST_LINES = 60
MOST_OF_ONE = 999


class BasketEmpty(Invalid):
    """There is nothing to redeem, or nothing to pay with."""


class BasketUnclear(Invalid):
    """There are too many lines, a good or voucher stands there twice, or a quantity is out of bounds."""


class PriceChanged(Refused):
    """A good's price changed since the counter's page showed it, or it went off the shelf."""


class BelowMinimum(Refused):
    """The basket is below the market's minimum redemption."""


class NoSuchRedemption(NotFound):
    """The market has no such redemption."""


class UndoTooLate(Refused):
    """A redemption can be undone on the day it was made, and once."""


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many of a good, at the price in points each that the clerk and the villager saw."""

    good_id: UUID
    quantity: int
    points_each: int


_TWICE = words("同一样货或同一张券出现了两次，请清空重来。")
_QUANTITY = words("数量要是 1 到 {most_of_one} 的整数。")
BASKET = Table(
    {
        "lines": "how many lines the basket has",
        "goods": "how many different goods they name",
        "most_lines": "how many lines a basket may have",
        "vouchers": "how many vouchers are to pay",
        "different_vouchers": "how many different ones",
        "smallest": "the smallest quantity; 0 unless all are whole numbers",
        "largest": "the largest quantity; 0 unless all are whole numbers",
        "most_of_one": "the largest quantity that there may be of one good",
    },
    Refusal(BasketEmpty, words("还没有选货。请先点要换的东西。"), ("lines", "is", 0)),
    Refusal(BasketEmpty, words("还没有扫券。请先扫一张积分券。"), ("vouchers", "is", 0)),
    Refusal(
        BasketUnclear,
        words("一篮最多 {most_lines} 样货，这一篮有 {lines} 样。请分两次兑换。"),
        ("lines", ">", Fact("most_lines")),
    ),
    Refusal(BasketUnclear, _TWICE, ("goods", "<", Fact("lines"))),
    Refusal(BasketUnclear, _TWICE, ("different_vouchers", "<", Fact("vouchers"))),
    Refusal(BasketUnclear, _QUANTITY, ("smallest", "<", 1)),
    Refusal(BasketUnclear, _QUANTITY, ("largest", ">", Fact("most_of_one"))),
)
"""Why a basket cannot be redeemed, whatever the books hold."""


def check_basket(voucher_ids: Sequence[UUID], basket: Sequence[BasketLine]) -> None:
    """Raise ``BasketEmpty`` or ``BasketUnclear`` unless this can be redeemed as it stands."""
    BASKET.check(_facts(voucher_ids, basket))


def total_points(basket: Sequence[BasketLine]) -> int:
    """Return what a basket costs, in points."""
    return sum(line.quantity * line.points_each for line in basket)


def _facts(voucher_ids: Sequence[UUID], basket: Sequence[BasketLine]) -> Facts:
    quantities = [line.quantity for line in basket]
    whole = {type(quantity) for quantity in quantities} <= {int}
    return {
        "lines": len(basket),
        "goods": len({line.good_id for line in basket}),
        "most_lines": MOST_LINES,
        "vouchers": len(voucher_ids),
        "different_vouchers": len(set(voucher_ids)),
        "smallest": min(quantities, default=0) if whole else 0,
        "largest": max(quantities, default=0) if whole else 0,
        "most_of_one": MOST_OF_ONE,
    }
