"""What the register of redemptions shows, written beside the entry that holds the value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from love_market.counter.models import Redemption, RedemptionGood, RedemptionVoucher, TillRedemption
from love_market.counter.queries import GivenGood, PaidVoucher, Receipt
from love_market.counter.rules import BasketLine, Payment, total_points
from love_market.db import Prepared, Rows
from love_market.ledger.rules import Posted
from love_market.people.rules import Guard
from love_market.stock.offers import Offer
from love_market.tills import service as tills
from love_market.vouchers import service as vouchers
from love_market.vouchers.rules import PROXY, Acting, Held, Proxy, proxy_facts

_ADD_REDEMPTION, _ADD_GOODS, _ADD_VOUCHERS = (
    Prepared(insert(Redemption)),
    Rows(RedemptionGood, ("market_id", "redemption_id")),
    Rows(RedemptionVoucher, ("market_id", "redemption_id")),
)
_ADD_AT_TILL = Prepared(insert(TillRedemption))


@dataclass(frozen=True, slots=True)
class AtTill:
    """The till at which a redemption is made, and its how-manieth it is there."""

    till_id: UUID
    number: int


def input_of(voucher_ids: Sequence[UUID], basket: Sequence[BasketLine], proxy: Proxy | None = None) -> object:
    """Return what tells a redemption from another one with the same key."""
    told = {
        "vouchers": [voucher_id.hex for voucher_id in voucher_ids],
        "basket": sorted([line.good_id.hex, line.quantity, line.points_each] for line in basket),
    }
    return told if proxy is None else told | {"proxy": proxy.told}


def receipt_of(
    key: UUID,
    posted: Posted,
    *,
    at: datetime,
    clerk_name: str,
    basket: Sequence[BasketLine],
    shelf: Mapping[UUID, Offer],
    paid: Sequence[tuple[Held, Payment]],
    proxy: Proxy | None = None,
) -> Receipt:
    """Return the receipt as ``queries.receipt`` reads it later."""
    bought = ((shelf[line.good_id], line) for line in basket)
    return Receipt(
        id=key,
        entry_number=posted.number,
        redeemed_at=at,
        clerk_name=clerk_name,
        total_points=total_points(basket),
        goods=tuple(
            GivenGood(good.id, good.name, good.spec, good.unit_name, good.picture, line.quantity, line.points_each)
            for good, line in bought
        ),
        vouchers=tuple(
            PaidVoucher(
                one.id, one.serial_no, one.household_id, one.masked_name, pay.points, pay.left_points, pay.left_points
            )
            for one, pay in sorted(paid, key=lambda payment: payment[0].serial_no)
        ),
        undone_at=None,
        undone_reason="",
        undo_entry_number=None,
        entry_hash=posted.hash,
        proxy=proxy,
    )


def write_down(
    session: Session, market_id: UUID, clerk_id: UUID, receipt: Receipt, takes: Sequence[tuple[UUID, UUID, int]]
) -> None:
    """Write what the receipt and the register show; the value itself is in the entry."""
    price = {good.good_id: good.points_each for good in receipt.goods}
    of_this = {"market_id": market_id, "redemption_id": receipt.id}
    _ADD_REDEMPTION.later(
        session,
        {
            "market_id": market_id,
            "id": receipt.id,
            "entry_number": receipt.entry_number,
            "clerk_id": clerk_id,
            "redeemed_at": receipt.redeemed_at,
            "total_points": receipt.total_points,
            "undone_at": None,
            "undone_reason": "",
            "undo_entry_number": None,
        },
    )
    given = [
        {"position": n, "good_id": good, "lot_id": lot, "quantity": quantity, "points_each": price[good]}
        for n, (good, lot, quantity) in enumerate(takes, 1)
    ]
    _ADD_GOODS.later(session, given, **of_this)
    paid = [
        {
            "voucher_id": voucher.voucher_id,
            "amount_points": voucher.amount_points,
            "balance_after_points": voucher.balance_after_points,
        }
        for voucher in receipt.vouchers
    ]
    _ADD_VOUCHERS.later(session, paid, **of_this)


def write_down_at(session: Session, guard: Guard, key: UUID, till: AtTill, at: datetime) -> None:
    """Write at which till a redemption was made, and count it there."""
    values = {"market_id": guard.market_id, "redemption_id": key, "till_id": till.till_id, "number": till.number}
    _ADD_AT_TILL.later(session, values | {"offline": False, "booked_at": at})
    tills.count(session, guard, till.till_id, till.number)


def write_down_proxy(
    session: Session,
    guard: Guard,
    proxy: Proxy,
    acting: Acting,
    households: Iterable[UUID],
    *,
    at: datetime,
    by: str,
    redemption_id: UUID,
) -> None:
    """Write for whom somebody acted; what the day's limit would have refused, and a till let be, is marked."""
    whom = list(dict.fromkeys(households))
    vouchers.note_proxy(
        session,
        guard,
        proxy,
        [vouchers.For(one) for one in whom] or [vouchers.For(None)],
        at=at,
        recorded_by=by,
        redemption_id=redemption_id,
        over_limit=PROXY.first(proxy_facts(acting, whom)) is not None,
    )
