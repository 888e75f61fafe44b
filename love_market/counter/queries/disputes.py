"""Reading disputes: what is lacking of what had happened, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter.models import Dispute, Redemption, RedemptionVoucher, TillRedemption
from love_market.counter.rules import NoSuchDispute
from love_market.db import Prepared
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger.rules import POINTS
from love_market.people.rules import Guard
from love_market.vouchers import queries as vouchers
from love_market.vouchers.models import Voucher
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.rules import State

_OPEN_SINCE = Prepared(
    select(func.count(), func.min(Dispute.opened_at)).where(
        Dispute.market_id == bindparam("market_id"), Dispute.state == literal_column("'open'")
    )
)
_PAYING = frozenset({State.ISSUED, State.HANDED_OVER})
_TAKING = _PAYING | {State.FROZEN, State.SPENT}


@dataclass(frozen=True, slots=True)
class DisputeRecord:
    """A dispute: what is ``lacking``, by unit (points, or a good's id), above zero where the books could not cover it.

    ``state`` is open, or how it was settled: accepted, charged, corrected, undone.
    """

    redemption_id: UUID
    entry_number: int
    redeemed_at: datetime
    total_points: int
    clerk_id: UUID
    till_id: UUID | None
    till_number: int | None
    reason: str
    opened_at: datetime
    state: str
    note: str
    settled_at: datetime | None
    settle_entry_number: int | None
    lacking: Mapping[UUID, int]


def dispute(session: Session, guard: Guard, redemption_id: UUID) -> DisputeRecord:
    """Return the dispute of a redemption; raise ``NoSuchDispute``."""
    found = _where(session, guard, [redemption_id])
    if not found:
        raise NoSuchDispute(words("这一笔没有争议。"))
    return found[0]


def open_disputes(session: Session, guard: Guard, *, limit: int = 200) -> Sequence[DisputeRecord]:
    """Return the disputes that wait for the committee, the oldest first."""
    ids = session.scalars(
        select(Dispute.redemption_id)
        .where(Dispute.market_id == guard.market_id, Dispute.state == "open")
        .order_by(Dispute.opened_at)
        .limit(limit)
    ).all()
    return _where(session, guard, ids)


def settled_disputes(session: Session, guard: Guard, *, limit: int = 100) -> Sequence[DisputeRecord]:
    """Return the disputes that were settled, or ended by an undo, the latest first."""
    ids = session.scalars(
        select(Dispute.redemption_id)
        .where(Dispute.market_id == guard.market_id, Dispute.state != "open")
        .order_by(Dispute.settled_at.desc())
        .limit(limit)
    ).all()
    found = {one.redemption_id: one for one in _where(session, guard, ids)}
    return [found[redemption_id] for redemption_id in ids]


def open_since(session: Session, guard: Guard) -> tuple[int, datetime | None]:
    """Return how many disputes wait for the committee, and since when."""
    ((count, since),) = _OPEN_SINCE.rows(session, market_id=guard.market_id)
    return count, since


def is_open(session: Session, guard: Guard, redemption_id: UUID) -> bool:
    """Return whether something of a redemption is disputed and not settled."""
    row = session.get(Dispute, (guard.market_id, redemption_id))
    return row is not None and row.state == "open"


def correcting_vouchers(session: Session, guard: Guard, one: DisputeRecord, *, at: datetime) -> Sequence[VoucherFace]:
    """Return the vouchers that may pay what a dispute lacks: those of the households whose vouchers were brought.

    Where too much was taken: those that can be given it back, spent ones too.
    """
    lacking, today = one.lacking.get(POINTS, 0), village_date(at)
    if not lacking:
        return []
    households = session.scalars(
        select(Voucher.household_id)
        .join(
            RedemptionVoucher,
            and_(RedemptionVoucher.market_id == Voucher.market_id, RedemptionVoucher.voucher_id == Voucher.id),
        )
        .where(Voucher.market_id == guard.market_id, RedemptionVoucher.redemption_id == one.redemption_id)
        .distinct()
    ).all()
    states = _PAYING if lacking > 0 else _TAKING
    return [
        voucher
        for household_id in households
        for voucher in vouchers.vouchers_of_household(session, guard, household_id)
        if voucher.state in states and voucher.expires_on >= today and (voucher.balance_points or lacking < 0)
    ]


def _where(session: Session, guard: Guard, ids: Sequence[UUID]) -> list[DisputeRecord]:
    rows = session.execute(
        select(Dispute, Redemption, TillRedemption.till_id, TillRedemption.number)
        .join(
            Redemption,
            and_(Redemption.market_id == Dispute.market_id, Redemption.id == Dispute.redemption_id),
        )
        .outerjoin(
            TillRedemption,
            and_(TillRedemption.market_id == Dispute.market_id, TillRedemption.redemption_id == Dispute.redemption_id),
        )
        .where(Dispute.market_id == guard.market_id, Dispute.redemption_id.in_(ids))
        .order_by(Dispute.opened_at, Dispute.redemption_id)
    ).all()
    lacking = books.held_by_owner(session, guard.market_id, "disputed", [row.redemption_id for row, *_ in rows])
    return [
        DisputeRecord(
            redemption_id=row.redemption_id,
            entry_number=redemption.entry_number,
            redeemed_at=redemption.redeemed_at,
            total_points=redemption.total_points,
            clerk_id=redemption.clerk_id,
            till_id=till_id,
            till_number=till_number,
            reason=row.reason,
            opened_at=row.opened_at,
            state=row.state,
            note=row.note,
            settled_at=row.settled_at,
            settle_entry_number=row.settle_entry_number,
            lacking={unit: -balance for unit, balance in lacking.get(row.redemption_id, {}).items() if balance},
        )
        for row, redemption, till_id, till_number in rows
    ]
