"""The lease: taken under the book's lock, so that whoever takes it knows all that was redeemed before."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from love_market.ledger import service as ledger
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.tills.models import LeaseRow, Till
from love_market.tills.rules import Lease, request_used


def hold(session: Session, guard: Guard, till_id: UUID, *, at: datetime) -> Lease:
    """Let a till take the market's lease where it is free; return the lease as it then is, whoever holds it.

    A till that was cut off takes none.
    """
    ledger.lock_book(session, guard.market_id)
    row, lease = _locked(session, guard.market_id)
    if _is_cut_off(session, guard.market_id, till_id):
        return lease
    length = timedelta(hours=places.settings(session, guard.market_id).lease_hours)
    taken = lease.taken_by(till_id, at, length)
    if taken != lease:
        _keep(session, guard.market_id, row, taken)
    return taken


def give_back(session: Session, guard: Guard, till_id: UUID, *, at: datetime, request: int | None = None) -> Lease:
    """Let the holder give the lease back; it has sent all that it redeemed. From others it changes nothing.

    ``request`` is the number of the request that asks: where the till was heard of since, it was told that it holds the
    lease and goes by that, so what it asked before came too late. Raises ``RequestUsed`` then.
    """
    last = session.scalar(
        select(Till.last_request).where(Till.market_id == guard.market_id, Till.id == till_id).with_for_update()
    )
    if request is not None and last is not None and request < last:
        raise request_used(request, last)
    row, lease = _locked(session, guard.market_id)
    free = lease.given_back(till_id, at)
    if free != lease:
        _keep(session, guard.market_id, row, free)
    return free


def ask_back(session: Session, guard: Guard, *, at: datetime) -> None:
    """Leave word for the holder that somebody else wants to redeem."""
    row, lease = _locked(session, guard.market_id)
    if row is not None:
        _keep(session, guard.market_id, row, lease.wanted_by_others(at))


def settle(session: Session, guard: Guard, *, at: datetime) -> None:
    """Free a lease whose holder has not been heard of since it ended: the committee will not wait for it any more.

    What the holder may still bring is booked when it comes, with what is then missing in ``disputed``. Raises
    ``LeaseRuns`` before the lease has ended.
    """
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    row, lease = _locked(session, guard.market_id)
    if lease.till_id is not None:
        _keep(session, guard.market_id, row, lease.settled(at))


def held_by(session: Session, market_id: UUID, till_id: UUID) -> Lease | None:
    """Return the lease, locked, if this till holds it."""
    row = session.scalar(
        select(LeaseRow).where(LeaseRow.market_id == market_id, LeaseRow.till_id == till_id).with_for_update()
    )
    return None if row is None else _lease(row)


def write(session: Session, market_id: UUID, lease: Lease) -> None:
    """Write a lease that is locked."""
    session.execute(update(LeaseRow).where(LeaseRow.market_id == market_id).values(_values(lease)))


def _locked(session: Session, market_id: UUID) -> tuple[LeaseRow | None, Lease]:
    query = select(LeaseRow).where(LeaseRow.market_id == market_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    return row, Lease() if row is None else _lease(row)


def _keep(session: Session, market_id: UUID, row: LeaseRow | None, lease: Lease) -> None:
    if row is None:
        session.add(LeaseRow(market_id=market_id, **_values(lease)))
        session.flush()
    else:
        write(session, market_id, lease)


def _is_cut_off(session: Session, market_id: UUID, till_id: UUID) -> bool:
    return session.scalar(select(Till.cut_off_at).where(Till.market_id == market_id, Till.id == till_id)) is not None


def _lease(row: LeaseRow) -> Lease:
    return Lease(row.till_id, row.term, row.ends_at, row.wanted_at, row.shared_until)


def _values(lease: Lease) -> dict[str, object]:
    return {
        "till_id": lease.till_id,
        "term": lease.term,
        "ends_at": lease.ends_at,
        "wanted_at": lease.wanted_at,
        "shared_until": lease.shared_until,
    }
