"""Pads, and slips as somebody wrote them and somebody types them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from love_market.counter.slips import queries, service
from love_market.counter.slips.queries import PadRecord, SlipRecord
from love_market.counter.slips.rules import State, Typing, typing_of
from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard
from tests.counter.made import Shop
from tests.vouchers.made import balance

DAY = date(2026, 10, 8)
USUAL = (("陈醋", 1), ("挂面", 2))
"""23 points."""


def pad(shop: Shop, at: datetime, count: int = 10, *, key: UUID | None = None) -> PadRecord:
    """Make a pad as the clerk."""
    with transaction() as session:
        made = service.make_pad(session, shop.village.clerk, key=key or new_id(), count=count, at=at)
    return read_pad(shop, made)


def read_pad(shop: Shop, pad_id: UUID) -> PadRecord:
    """Return a pad as it stands."""
    with reading() as session:
        return queries.pad(session, shop.village.clerk, pad_id)


def read_slip(shop: Shop, number: int) -> SlipRecord:
    """Return a slip as it stands."""
    with reading() as session:
        return queries.slip(session, shop.village.clerk, number)


def typing(
    shop: Shop,
    *lines: tuple[str, int],
    voucher: int = 0,
    day: date = DAY,
    total: int | None = None,
    price: int | None = None,
) -> Typing:
    """Return what a slip says: goods at the shelf's price, or all at another; the total that they come to."""
    basket = [shop.line(name, quantity, price) for name, quantity in lines or USUAL]
    come_to = sum(line.quantity * line.points_each for line in basket)
    return typing_of(day, shop.vouchers[voucher].id, basket, come_to if total is None else total)


def first(shop: Shop, of: PadRecord, number: int, said: Typing, at: datetime, by: Guard | None = None) -> State:
    """Type a slip the first time, as the clerk unless somebody else is named."""
    with transaction() as session:
        return service.type_first(session, by or shop.village.clerk, of.id, number, said, at=at)


def second(shop: Shop, of: PadRecord, number: int, said: Typing, at: datetime, by: Guard | None = None) -> State:
    """Type a slip the second time."""
    with transaction() as session:
        return service.type_second(session, by or shop.village.clerk, of.id, number, said, at=at)


def twice(shop: Shop, of: PadRecord, numbers: Sequence[int], said: Typing, at: datetime) -> list[State]:
    """Type slips twice alike."""
    for number in numbers:
        first(shop, of, number, said, at)
    return [second(shop, of, number, said, at) for number in numbers]


def left(shop: Shop, index: int = 0) -> int:
    """Return what the books hold on a voucher."""
    with reading() as session:
        return balance(session, shop.village.market_id, shop.vouchers[index].id)
