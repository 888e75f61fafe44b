"""Whether a basket can be redeemed, and how its vouchers pay. Pure.

``static/counter/decide.js`` does the same in the same order from the same rows, on a till without a network; the
vectors in ``tests/counter/vectors`` hold both to it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from love_market.counter.rules.basket import BasketLine, BelowMinimum, PriceChanged, check_basket, total_points
from love_market.counter.rules.offline import TILL, VOUCHER, Offline, till_facts, voucher_facts
from love_market.errors import words
from love_market.refusals import Fact, Refusal, Table
from love_market.stock.offers import Offer, take
from love_market.stock.rules import Take
from love_market.vouchers.rules import PROXY, Acting, Held, TooFewPoints, proxy_facts

_GONE = words("货架上没有这样货了，请把它从篮子里拿掉。")
GOOD = Table(
    {
        "name": "the good's name",
        "points_price": "what one costs; nothing where the shelf has no such good",
        "points_each": "what one cost when it was put in the basket",
        "withdrawn": "whether it went off the shelf",
    },
    Refusal(PriceChanged, _GONE, ("points_price", "is", None)),
    Refusal(PriceChanged, _GONE, ("withdrawn", "is", True)),
    Refusal(
        PriceChanged,
        words("{name}现在是 {points_price} 分，页面上还是 {points_each} 分。请刷新后再兑换。"),
        ("points_each", "is not", Fact("points_price")),
    ),
)
"""Why a line of a basket cannot be redeemed as it was shown."""
TOTAL = Table(
    {
        "total_points": "what the basket costs",
        "minimum_points": "what the market redeems at least",
    },
    Refusal(
        BelowMinimum,
        words("每次至少兑换 {minimum_points} 分，这一篮是 {total_points} 分。"),
        ("total_points", "<", Fact("minimum_points")),
    ),
)
PAYMENT = Table(
    {
        "total_points": "what the basket costs",
        "held_points": "what is left on all its vouchers",
        "short_points": "how much that is too little; 0 where it is enough",
    },
    Refusal(
        TooFewPoints,
        words("券上一共 {held_points} 分，要用 {total_points} 分，还差 {short_points} 分。请减几样，或再扫一张券。"),
        ("short_points", ">", 0),
    ),
)


class Payment(NamedTuple):
    """So many points from a voucher, and what is left on it then."""

    voucher_id: UUID
    points: int
    left_points: int


class Decision(NamedTuple):
    """A basket that can be redeemed: what it costs, which vouchers pay for it, which lots it is taken from."""

    total_points: int
    payments: list[Payment]
    takes: list[Take]


def decide(
    basket: Sequence[BasketLine],
    goods: Mapping[UUID, Offer],
    voucher_ids: Sequence[UUID],
    vouchers: Mapping[UUID, Held],
    today: date,
    *,
    minimum_points: int,
    offline: Offline | None = None,
    acting: Acting | None = None,
) -> Decision:
    """Return what happens when a basket is redeemed now, or raise the first refusal.

    ``goods`` and ``vouchers`` are those that there are: what the basket or ``voucher_ids`` name beside them is refused.
    ``offline`` is what a till knows of itself that has no network; ``acting`` who brought the vouchers for somebody
    else. Raises what ``check_basket``, ``split_payment`` and ``stock.offers.take`` raise, ``PriceChanged``,
    ``BelowMinimum``, and the refusals of ``VOUCHER``, ``TILL`` and ``PROXY``.
    """
    if offline is not None:
        TILL.check(till_facts(offline))
    check_basket(voucher_ids, basket)
    for line in basket:
        _check_line(line, goods.get(line.good_id))
    total = total_points(basket)
    TOTAL.check({"total_points": total, "minimum_points": minimum_points})
    for voucher_id in voucher_ids:
        VOUCHER.check(voucher_facts(vouchers.get(voucher_id), today, offline))
    if acting is not None:
        PROXY.check(proxy_facts(acting, [vouchers[one].household_id for one in voucher_ids]))
    payments = split_payment(total, [(one, vouchers[one].balance_points) for one in voucher_ids])
    takes = [one for line in basket for one in take(goods[line.good_id], line.quantity, today)]
    return Decision(total, payments, takes)


def split_payment(total: int, balances: Sequence[tuple[UUID, int]]) -> list[Payment]:
    """Return how much each voucher pays: the first is emptied before the next is touched.

    ``balances`` are ``(voucher_id, points)`` in the order scanned; vouchers that pay nothing are left out. Raises
    ``TooFewPoints``.
    """
    held = sum(balance for _, balance in balances)
    PAYMENT.check({"total_points": total, "held_points": held, "short_points": max(total - held, 0)})
    payments, owed = [], total
    for voucher_id, balance in balances:
        if paid := min(balance, owed):
            payments.append(Payment(voucher_id, paid, balance - paid))
            owed -= paid
    return payments


def _check_line(line: BasketLine, good: Offer | None) -> None:
    GOOD.check(
        {
            "name": good and good.name,
            "points_price": good and good.points_price,
            "points_each": line.points_each,
            "withdrawn": good is not None and good.withdrawn_at is not None,
        }
    )
