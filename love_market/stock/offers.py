"""What is on offer to be handed out, and choosing the lots it is taken from. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from love_market.errors import words
from love_market.refusals import Fact, Refusal, Table
from love_market.stock.rules import (
    GoodWithdrawn,
    LotExpired,
    NoSuchGood,
    Take,
    TooFewGoods,
    check_quantity,
    is_expired,
)


class Offer(NamedTuple):
    """A good with what is left of its lots ``(lot_id, expires_on, quantity)``, in the order they are handed out.

    ``minimum_points`` is what its market redeems at least.
    """

    id: UUID
    name: str
    spec: str
    unit_name: str
    picture: str
    points_price: int
    withdrawn_at: datetime | None
    priced_at: datetime | None
    minimum_points: int
    lots: tuple[tuple[UUID, date | None, int], ...]


ON_OFFER = Table(
    {
        "name": "the good's name",
        "listed": "whether the market has such a good",
        "withdrawn": "whether it is off the shelf",
    },
    Refusal(NoSuchGood, words("没有这样商品。"), ("listed", "is", False)),
    Refusal(GoodWithdrawn, words("{name}已经下架，不能再兑换。请换别的。"), ("withdrawn", "is", True)),
)
LEFT = Table(
    {
        "name": "the good's name",
        "unit_name": "what one of it is called: 瓶, 袋 …",
        "wanted": "how many are wanted",
        "left": "how many are left in all lots that are not past their expiry date",
        "left_with_expired": "the same with those that are",
    },
    Refusal(
        TooFewGoods,
        words("{name}只剩 {left} {unit_name}，要 {wanted} {unit_name}。请减少数量，或换别的。"),
        ("left_with_expired", "<", Fact("wanted")),
    ),
    Refusal(
        LotExpired,
        words("{name}没过期的只剩 {left} {unit_name}，要 {wanted} {unit_name}。过期的不能发，请减少数量。"),
        ("left", "<", Fact("wanted")),
    ),
)


def take_from(offers: Mapping[UUID, Offer], wants: Iterable[tuple[UUID, int]], today: date) -> list[Take]:
    """Choose the lots that ``(good_id, quantity)`` are taken from: first expiring first, never one that expired.

    Wants of one good are added up; takes come in the order of the wants. Raises ``NoSuchGood``, ``GoodWithdrawn``,
    ``QuantityWrong``, ``TooFewGoods``, and ``LotExpired`` where only expired lots are in the way.
    """
    wanted: dict[UUID, int] = {}
    for good_id, quantity in wants:
        wanted[good_id] = wanted.get(good_id, 0) + check_quantity(quantity)
    takes: list[Take] = []
    for good_id, quantity in wanted.items():
        good = offers.get(good_id)
        ON_OFFER.check(
            {
                "name": good.name if good else "",
                "listed": good is not None,
                "withdrawn": good is not None and good.withdrawn_at is not None,
            }
        )
        if good is not None:
            takes += take(good, quantity, today)
    return takes


def take(good: Offer, wanted: int, today: date) -> list[Take]:
    """Choose the lots of one good on offer; raise ``TooFewGoods``, ``LotExpired``."""
    lots, left, left_with_expired = [], 0, 0
    for lot_id, expires_on, some in good.lots:
        left_with_expired += some
        if some and not is_expired(expires_on, today):
            lots.append((lot_id, some))
            left += some
    LEFT.check(
        {
            "name": good.name,
            "unit_name": good.unit_name,
            "wanted": wanted,
            "left": left,
            "left_with_expired": left_with_expired,
        }
    )
    takes = []
    for lot_id, some in lots:
        if not wanted:
            break
        takes.append(Take(good.id, lot_id, min(wanted, some)))
        wanted -= takes[-1].quantity
    return takes
