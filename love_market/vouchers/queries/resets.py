"""Reading the clearings of a market: the one announced, those before, and what one reaches."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date, village_instant
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.vouchers.models import PointsReset, Voucher, VoucherBatch
from love_market.vouchers.queries.live import is_live
from love_market.vouchers.rules import NoSuchReset, is_due_to_announce, next_reset


@dataclass(frozen=True, slots=True)
class ResetRecord:
    """A clearing: its day, when it was announced, and what became of it (``points`` on ``vouchers`` cleared)."""

    id: UUID
    falls_on: date
    announced_at: datetime
    withdrawn_at: datetime | None
    done_at: datetime | None
    vouchers: int
    points: int

    @property
    def is_announced(self) -> bool:
        """Whether it is announced and neither withdrawn nor carried out."""
        return self.withdrawn_at is None and self.done_at is None


def reset(session: Session, guard: Guard, reset_id: UUID) -> ResetRecord:
    """Return one clearing of the market; raise ``NoSuchReset``."""
    row = session.get(PointsReset, (guard.market_id, reset_id))
    if row is None:
        raise NoSuchReset(words("没有这一次清零。"))
    return _record(row)


def resets(session: Session, guard: Guard, *, limit: int = 12) -> Sequence[ResetRecord]:
    """Return the market's clearings, the latest day first."""
    rows = session.scalars(
        select(PointsReset)
        .where(PointsReset.market_id == guard.market_id)
        .order_by(PointsReset.falls_on.desc(), PointsReset.announced_at.desc())
        .limit(limit)
    )
    return [_record(row) for row in rows]


def announced(session: Session, guard: Guard) -> ResetRecord | None:
    """Return the clearing that is announced now, if one is."""
    return next((one for one in resets(session, guard) if one.is_announced), None)


def to_announce(session: Session, guard: Guard, known: Sequence[ResetRecord], at: datetime) -> date | None:
    """Return the day of the clearing that it is time to announce; None where there is none, or one is announced.

    ``known`` is what ``resets`` gave.
    """
    settings, today = places.settings(session, guard.market_id), village_date(at)
    if not settings.reset_month or any(one.is_announced for one in known):
        return None
    falls_on = next_reset(today, settings.reset_month, settings.reset_day)
    return falls_on if is_due_to_announce(today, falls_on) else None


def reached(
    session: Session, guard: Guard, announced_at: datetime, household_id: UUID | None = None
) -> Mapping[UUID, int]:
    """Return what is left on the vouchers that a clearing reaches, of all households or of one.

    Those are the live ones issued before the day on which it was announced, as its paper says: nobody can tell from a
    voucher at which hour it was issued. A reissue counts as the paper it took the place of.
    """
    day_begins = village_instant(village_date(announced_at))
    query = (
        select(Voucher.id, Voucher.reissue_of_id, VoucherBatch.issued_at)
        .join(VoucherBatch, (VoucherBatch.market_id == Voucher.market_id) & (VoucherBatch.id == Voucher.batch_id))
        .where(Voucher.market_id == guard.market_id, is_live())
    )
    if household_id is not None:
        query = query.where(Voucher.household_id == household_id)
    old, later = set[UUID](), dict[UUID, UUID]()
    for voucher_id, reissue_of_id, issued_at in session.execute(query):
        if issued_at < day_begins:
            old.add(voucher_id)
        elif reissue_of_id is not None:
            later[voucher_id] = reissue_of_id
    while later:
        papers, before = _papers(session, guard, later.values()), later
        old |= {one for one, paper in before.items() if papers[paper][0] < day_begins}
        later = {
            one: earlier
            for one, paper in before.items()
            if one not in old and (earlier := papers[paper][1]) is not None
        }
    left = books.balances(session, guard.market_id, "voucher", sorted(old))
    return {voucher_id: left.get(voucher_id, 0) for voucher_id in sorted(old)}


def _papers(session: Session, guard: Guard, voucher_ids: Collection[UUID]) -> dict[UUID, tuple[datetime, UUID | None]]:
    """Return when each voucher was issued, and the paper it took the place of."""
    rows = session.execute(
        select(Voucher.id, VoucherBatch.issued_at, Voucher.reissue_of_id)
        .join(VoucherBatch, (VoucherBatch.market_id == Voucher.market_id) & (VoucherBatch.id == Voucher.batch_id))
        .where(Voucher.market_id == guard.market_id, Voucher.id.in_(voucher_ids))
    )
    return {voucher_id: (issued_at, reissue_of_id) for voucher_id, issued_at, reissue_of_id in rows}


def _record(row: PointsReset) -> ResetRecord:
    return ResetRecord(row.id, row.falls_on, row.announced_at, row.withdrawn_at, row.done_at, row.vouchers, row.points)
