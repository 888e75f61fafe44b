"""Reading all that the committee needs to settle one dispute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.counter.queries.disputes import DisputeRecord, correcting_vouchers, dispute
from love_market.counter.queries.receipts import Receipt, receipt
from love_market.ledger.rules import POINTS
from love_market.people.rules import Guard
from love_market.stock import queries as stock
from love_market.tills import queries as tills
from love_market.vouchers.queries import VoucherFace


@dataclass(frozen=True, slots=True)
class LackingGood:
    """So many of a good that left the shelf and were not on it by the book, and how many are there by now."""

    name: str
    unit_name: str
    quantity: int
    on_shelf: int


@dataclass(frozen=True, slots=True)
class DisputeCase:
    """A dispute with its slip, the till, what is lacking in words, and what could cover it.

    ``points`` are lacking, or where below 0 were taken too much; ``vouchers`` may pay them, or take them back.
    """

    dispute: DisputeRecord
    receipt: Receipt
    till_name: str
    points: int
    goods: Sequence[LackingGood]
    vouchers: Sequence[VoucherFace]

    @property
    def keeper(self) -> str:
        """Who is charged: the till, or where there was none, who kept the counter."""
        return self.till_name or self.receipt.clerk_name

    @property
    def is_open(self) -> bool:
        """Whether it waits for the committee."""
        return self.dispute.state == "open"

    @property
    def can_correct(self) -> bool:
        """Whether other vouchers and the shelf have enough by now."""
        has_goods = all(good.on_shelf >= good.quantity for good in self.goods)
        on_vouchers = sum(voucher.balance_points for voucher in self.vouchers)
        has_points = bool(self.vouchers) if self.points < 0 else on_vouchers >= self.points
        return self.is_open and has_goods and has_points

    @property
    def can_charge(self) -> bool:
        """Whether anything is lacking that somebody could owe."""
        return self.is_open and (self.points > 0 or bool(self.goods))


def dispute_case(session: Session, guard: Guard, redemption_id: UUID, *, at: datetime) -> DisputeCase:
    """Return one dispute as the committee looks at it; raise ``NoSuchDispute``."""
    one = dispute(session, guard, redemption_id)
    return DisputeCase(
        dispute=one,
        receipt=receipt(session, guard, redemption_id),
        till_name=tills.till(session, guard, one.till_id).name if one.till_id else "",
        points=one.lacking.get(POINTS, 0),
        goods=_goods(session, guard, one, at),
        vouchers=correcting_vouchers(session, guard, one, at=at),
    )


def _goods(session: Session, guard: Guard, one: DisputeRecord, at: datetime) -> Sequence[LackingGood]:
    lacking = {unit: quantity for unit, quantity in one.lacking.items() if unit != POINTS}
    if not lacking:
        return []
    on_shelf = {good.id: good.quantity for good in stock.shelf(session, guard, at=at)}
    found = (stock.good(session, guard, good_id) for good_id in lacking)
    return [LackingGood(good.title, good.unit_name, lacking[good.id], on_shelf.get(good.id, 0)) for good in found]
