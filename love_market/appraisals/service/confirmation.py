"""Confirming: the rows that nobody contests are awarded, in one entry of the books."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.appraisals.rules import Act, RowState, State, step
from love_market.appraisals.rules.refusals import (
    ConfirmedAlready,
    KeyOfOther,
    NothingToConfirm,
    NoticeStillOpen,
    OwnRecord,
)
from love_market.appraisals.service.opening import locked
from love_market.clock import Quarter, village_time
from love_market.errors import words
from love_market.ledger import queries as ledger_queries
from love_market.ledger import service as ledger
from love_market.people.rules import Guard, Role
from love_market.points import service as points


@dataclass(frozen=True, slots=True)
class ConfirmResult:
    """What a confirm did: rows confirmed, points awarded, rows that wait, the entry in the books (None: no points)."""

    confirmed: int
    points: int
    waiting: int
    entry_number: int | None


def confirm(session: Session, guard: Guard, quarter: Quarter, *, at: datetime, key: UUID) -> ConfirmResult:
    """Confirm every listed row and award its points; contested and held rows wait for a later confirm.

    The same key confirms once. Raises ``RoleMissing``, ``OwnRecord``, ``NotOnNotice``, ``NoticeStillOpen``,
    ``ConfirmedAlready``, ``NothingToConfirm``, ``BudgetExceeded``, ``KeyOfOther``.
    """
    guard.require(Role.CHAIR)
    ledger.lock_book(session, guard.market_id)
    row = locked(session, guard, quarter)
    posted = ledger_queries.posted_with_key(session, guard.market_id, key)
    if posted is not None:
        return _result_of(session, guard, row, posted.number)
    after = step(Act.CONFIRM, State(row.state))
    if guard.actor in queries.recorders(session, guard, row.id):
        raise OwnRecord(words("这个季度的分有您录的，不能由您认定。请另一位主任认定，或由没有录过分的人办。"))
    _check_time(row, at)
    awards, listed, waiting = _to_confirm(session, guard, row)
    if not listed:
        _refuse_empty(waiting=waiting)
    entry = None
    if awards:
        reason = f"{quarter.title}积分认定"
        entry = points.award(session, guard, row.id, awards, at=at, key=key, reason=reason).number
    session.execute(
        update(AppraisalRow)
        .where(
            AppraisalRow.market_id == guard.market_id,
            AppraisalRow.appraisal_id == row.id,
            AppraisalRow.state == RowState.LISTED,
        )
        .values(state=RowState.CONFIRMED, award_entry_number=entry)
    )
    row.state = after
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by = at, guard.actor
    session.flush()
    return ConfirmResult(listed, sum(amount for _, amount in awards), waiting, entry)


def _check_time(row: Appraisal, at: datetime) -> None:
    if row.notice_ends_at is None or at < row.notice_ends_at:
        ends = village_time(row.notice_ends_at or at)
        raise NoticeStillOpen(
            words("公示还没有结束，{month}月{day}日 {time} 以后才能认定。"),
            month=ends.month,
            day=ends.day,
            time=f"{ends:%H:%M}",
        )


def _refuse_empty(*, waiting: int) -> None:
    if waiting:
        raise NothingToConfirm(words("还有 {count} 户在等答复或表决，没有可以认定的。请先办这几户。"), count=waiting)
    raise ConfirmedAlready(words("这个季度已经全部认定了，不用再办。"))


def _to_confirm(session: Session, guard: Guard, row: Appraisal) -> tuple[list[tuple[UUID, int]], int, int]:
    """Return the awards ``(household_id, points)`` of the listed rows, how many are listed, how many others wait.

    A row's lines are not read: they are what is heavy about it, and confirming asks for the sum only.
    """
    rows = session.execute(
        select(AppraisalRow.household_id, AppraisalRow.points, AppraisalRow.state)
        .where(
            AppraisalRow.market_id == guard.market_id,
            AppraisalRow.appraisal_id == row.id,
            AppraisalRow.state != RowState.CONFIRMED,
        )
        .order_by(AppraisalRow.household_id)
    ).all()
    listed = [(household_id, amount) for household_id, amount, state in rows if state == RowState.LISTED]
    return [one for one in listed if one[1]], len(listed), len(rows) - len(listed)


def _result_of(session: Session, guard: Guard, row: Appraisal, number: int) -> ConfirmResult:
    """Return what the entry of an earlier asking did."""
    confirmed, awarded, waiting = session.execute(
        select(
            func.count().filter(AppraisalRow.award_entry_number == number),
            func.coalesce(func.sum(AppraisalRow.points).filter(AppraisalRow.award_entry_number == number), 0),
            func.count().filter(AppraisalRow.state != RowState.CONFIRMED),
        ).where(AppraisalRow.market_id == guard.market_id, AppraisalRow.appraisal_id == row.id)
    ).one()
    if not confirmed:
        raise KeyOfOther(words("这个操作号已经用在另一件事上了，请刷新页面再来一次。"))
    return ConfirmResult(confirmed, int(awarded), waiting, number)
