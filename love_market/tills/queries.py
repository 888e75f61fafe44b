"""Reading tills and leases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from love_market.db import Prepared
from love_market.db.prepared import Row
from love_market.errors import words
from love_market.people.rules import Guard
from love_market.tills.models import LeaseRow, Till
from love_market.tills.rules import Lease, NoSuchTill, check_spending

_LEASE = Prepared(
    select(
        LeaseRow.till_id,
        LeaseRow.term,
        LeaseRow.ends_at,
        LeaseRow.wanted_at,
        LeaseRow.shared_until,
        Till.name,
        Till.last_seen_at,
    )
    .outerjoin(Till, and_(Till.market_id == LeaseRow.market_id, Till.id == LeaseRow.till_id))
    .where(LeaseRow.market_id == bindparam("market_id"))
)


@dataclass(frozen=True, slots=True)
class TillRecord:
    """A till as the committee sees it (see ``models.Till``)."""

    id: UUID
    name: str
    village_code: str
    public_key: bytes
    enrolled_at: datetime
    cut_off_at: datetime | None
    last_request: int
    last_redemption: int
    last_seen_at: datetime | None
    knows_at: datetime | None
    unsent: int

    def knows_of(self, changed_at: datetime) -> bool:
        """Return whether what changed at that time had reached the till when it last told what it knows."""
        return self.knows_at is not None and self.knows_at >= changed_at


def till(session: Session, guard: Guard, till_id: UUID) -> TillRecord:
    """Return one till of the market, one that was cut off too; raise ``NoSuchTill``."""
    row = session.get(Till, (guard.market_id, till_id))
    if row is None:
        raise no_such_till()
    return record_of(row)


def tills(session: Session, guard: Guard) -> Sequence[TillRecord]:
    """Return the market's tills: those in use first, then by name."""
    rows = session.scalars(select(Till).where(Till.market_id == guard.market_id)).all()
    return [record_of(row) for row in sorted(rows, key=lambda row: (row.cut_off_at is not None, row.name, row.id))]


def lease(session: Session, guard: Guard) -> Lease:
    """Return the market's lease; a market that never had one has a free one."""
    rows = _LEASE.rows(session, market_id=guard.market_id)
    return Lease(*rows[0][:5]) if rows else Lease()


def lease_question(guard: Guard) -> tuple[Prepared, dict[str, UUID]]:
    """Return what to ask under the book's lock to know who may redeem; ``check_answer`` reads the answer."""
    return _LEASE, {"market_id": guard.market_id}


def check_answer(answer: Sequence[Row], till_id: UUID | None, at: datetime) -> None:
    """Raise ``LeaseHeld`` or ``LeaseUnsettled`` unless whoever asks may redeem online now."""
    for till_id_of, term, ends_at, wanted_at, shared_until, name, seen_at in answer:
        held = Lease(till_id_of, term, ends_at, wanted_at, shared_until)
        check_spending(held, till_id, at, holder_name=name or "", holder_seen_at=seen_at)


def no_such_till() -> NoSuchTill:
    """Return the error for a till that the market does not have."""
    return NoSuchTill(words("没有登记过这台兑换机。"))


def record_of(row: Till) -> TillRecord:
    """Return a till's row as it is read."""
    return TillRecord(
        id=row.id,
        name=row.name,
        village_code=row.village_code,
        public_key=bytes(row.public_key),
        enrolled_at=row.enrolled_at,
        cut_off_at=row.cut_off_at,
        last_request=row.last_request,
        last_redemption=row.last_redemption,
        last_seen_at=row.last_seen_at,
        knows_at=row.knows_at,
        unsent=row.unsent,
    )
