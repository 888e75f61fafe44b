"""Reading disputes: what is lacking of what had happened, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from love_market.counter.models import Dispute, Redemption, TillRedemption
from love_market.counter.rules import NoSuchDispute
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.people.rules import Guard


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
