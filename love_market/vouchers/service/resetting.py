"""Clearing points that were not spent (清零): announced in advance, withdrawn or carried out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.errors import words
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.points import legs
from love_market.vouchers.models import PointsReset, Voucher
from love_market.vouchers.queries.resets import announced, reached
from love_market.vouchers.rules import (
    RESET_REASON,
    NoReset,
    NoSuchReset,
    ResetAnnounced,
    ResetEnded,
    ResetNotYet,
    State,
    next_reset,
)
from love_market.vouchers.service.rows import done_before, move


def announce_reset(session: Session, guard: Guard, *, at: datetime, key: UUID) -> UUID:
    """Announce the market's next clearing, at least thirty days ahead; return its id, which is ``key``.

    Raises ``NoReset`` where the market never clears, ``ResetAnnounced`` while one is announced.
    """
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    if session.get(PointsReset, (guard.market_id, key)) is not None:
        return key
    settings = places.settings(session, guard.market_id)
    if not settings.reset_month:
        raise NoReset(words("这家超市定的是不清零。要清零，先在设置里定日子。"))
    if (open_one := announced(session, guard)) is not None:
        falls_on = open_one.falls_on
        raise ResetAnnounced(words("{month}月{day}日的清零已经公告了。"), month=falls_on.month, day=falls_on.day)
    session.add(
        PointsReset(
            market_id=guard.market_id,
            id=key,
            falls_on=next_reset(village_date(at), settings.reset_month, settings.reset_day),
            announced_at=at,
            announced_by=guard.require_staff(),
        )
    )
    session.flush()
    return key


def withdraw_reset(session: Session, guard: Guard, reset_id: UUID, *, at: datetime) -> None:
    """Withdraw an announced clearing: nothing is cleared; again is the same. Raises ``ResetEnded``, ``NoSuchReset``."""
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    row = _row(session, guard, reset_id)
    if row.done_at is not None:
        raise ResetEnded(words("这一次已经清了，不能再撤回公告。"))
    row.withdrawn_at = row.withdrawn_at or at
    session.flush()


def carry_out_reset(session: Session, guard: Guard, reset_id: UUID, *, at: datetime) -> int:
    """Clear what is left on the vouchers that an announced clearing reaches, in one entry; return how many points.

    The entry's key is the clearing's, and asked again it gives the same number. Nothing left: no entry, and 0. Raises
    ``ResetNotYet`` before its day, ``ResetEnded`` where it was withdrawn, ``NoSuchReset``.
    """
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    row = _row(session, guard, reset_id)
    if row.done_at is not None:
        return row.points
    if row.withdrawn_at is not None:
        raise ResetEnded(words("这一次清零的公告撤回了。要清，请重新公告。"))
    if village_date(at) < row.falls_on:
        raise ResetNotYet(
            words("{month}月{day}日才清零，今天还不能清。"), month=row.falls_on.month, day=row.falls_on.day
        )
    asked = [str(row.falls_on)]
    left = reached(session, guard, row.announced_at)
    cleared = [(voucher_id, points) for voucher_id, points in left.items() if points > 0]
    if cleared and not done_before(session, guard, row.id, "reset", asked):
        draft = Draft("reset", at, guard.actor, RESET_REASON, row.id, legs.lapse(cleared), input=asked)
        ledger.post(session, guard.market_id, draft)
    of_these = Voucher.market_id == guard.market_id, Voucher.id.in_(left)
    for voucher in session.scalars(select(Voucher).where(*of_these)):
        move(voucher, State.LAPSED, at, RESET_REASON)
    row.done_at, row.vouchers, row.points = at, len(cleared), sum(points for _, points in cleared)
    session.flush()
    return row.points


def _row(session: Session, guard: Guard, reset_id: UUID) -> PointsReset:
    row = session.get(PointsReset, (guard.market_id, reset_id))
    if row is None:
        raise NoSuchReset(words("没有这一次清零。"))
    return row
