"""What a basket may be, and how vouchers pay for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from love_market.errors import Invalid, NotFound, Refused, words
from love_market.vouchers.rules import TooFewPoints

MOST_LINES = 60
MOST_OF_ONE = 999


class BasketEmpty(Invalid):
    """There is nothing to redeem, or nothing to pay with."""


class BasketUnclear(Invalid):
    """A line's quantity is no whole number above zero, or a good or voucher stands there twice."""


class PriceChanged(Refused):
    """A good's price changed since the counter's page showed it."""


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


def check_basket(voucher_ids: Sequence[UUID], basket: Sequence[BasketLine]) -> None:
    """Raise ``BasketEmpty`` or ``BasketUnclear`` unless this can be redeemed as it stands."""
    if not basket:
        raise BasketEmpty(words("还没有选货。请先点要换的东西。"))
    if not voucher_ids:
        raise BasketEmpty(words("还没有扫券。请先扫一张积分券。"))
    goods = {line.good_id for line in basket}
    if len(goods) != len(basket) or len(set(voucher_ids)) != len(voucher_ids) or len(basket) > MOST_LINES:
        raise BasketUnclear(words("同一样货或同一张券出现了两次，请清空重来。"))
    if any(type(line.quantity) is not int or not 0 < line.quantity <= MOST_OF_ONE for line in basket):
        raise BasketUnclear(words("数量要是 1 到 {most} 的整数。"), most=MOST_OF_ONE)


def total_points(basket: Sequence[BasketLine]) -> int:
    """Return what a basket costs, in points."""
    return sum(line.quantity * line.points_each for line in basket)


def split_payment(total: int, balances: Sequence[tuple[UUID, int]]) -> list[tuple[UUID, int]]:
    """Return how much each voucher pays: the first is emptied before the next is touched.

    ``balances`` are ``(voucher_id, points)`` in the order scanned; vouchers that pay nothing are left out. Raises
    ``TooFewPoints``.
    """
    payments, owed = [], total
    for voucher_id, balance in balances:
        if paid := min(balance, owed):
            payments.append((voucher_id, paid))
            owed -= paid
    if owed:
        raise TooFewPoints(
            words("券上一共 {have} 分，要用 {total} 分，还差 {short} 分。请减几样，或再扫一张券。"),
            have=total - owed,
            total=total,
            short=owed,
        )
    return payments


class NoSuchDispute(NotFound):
    """Nothing of this redemption is disputed."""


class DisputeSettled(Refused):
    """A dispute is settled once."""


class NothingCovers(Refused):
    """What is to cover a dispute has too little, or was not named."""


class RecordForged(Invalid):
    """What should be a till's own record was not signed by it."""


class RecordsUnreadable(Invalid):
    """What was uploaded is no file that a till of this market saved."""
