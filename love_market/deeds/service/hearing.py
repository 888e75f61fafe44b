"""Hearing a penalty: told to the household, its reply, a second person's decision; and which quarter it counted in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from love_market.clock import Quarter, evening_after
from love_market.deeds import queries
from love_market.deeds.models import Penalty
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.rules import (
    DECIDERS,
    LONGEST_DECISION,
    LONGEST_MEMBER,
    LONGEST_REPLY,
    RECORDERS,
    OwnRecord,
    PenaltyAct,
    PenaltyPointsWrong,
    PenaltyState,
    PenaltyWordsWrong,
    check_heard,
    next_state,
)
from love_market.deeds.service.penalties import locked_penalty
from love_market.errors import words
from love_market.people.rules import Guard, SameHousehold
from love_market.places import queries as places


def tell_by_slip(session: Session, guard: Guard, penalty_id: UUID, *, to: str, at: datetime) -> PenaltyRecord:
    """Note that the slip was handed over to somebody of the household; the time to reply begins.

    Raises ``RoleMissing``, ``NoSuchPenalty``, ``PenaltyWordsWrong``, ``PenaltyNotThere``; the same again is once.
    """
    guard.require(*RECORDERS)
    staff_id, to = guard.require_staff(), " ".join(to.split())
    if not to or len(to) > LONGEST_MEMBER:
        raise PenaltyWordsWrong(words("请写上告知单交到了谁手里。"))
    row = locked_penalty(session, guard, penalty_id)
    if (row.told_by, row.told_to) != (staff_id, to):
        _tell(session, guard, row, at)
        row.told_by, row.told_to = staff_id, to
        session.flush()
    return queries.penalty(session, guard, penalty_id)


def tell_by_page(session: Session, guard: Guard, penalty_id: UUID, *, at: datetime) -> PenaltyRecord:
    """Note that a household has read a penalty on its own page; the time to reply begins, where no slip began it."""
    guard.require_household()
    row = locked_penalty(session, guard, penalty_id)
    if row.told_at is None:
        _tell(session, guard, row, at)
        session.flush()
    return queries.penalty(session, guard, penalty_id)


def reply_to_penalty(session: Session, guard: Guard, penalty_id: UUID, *, said: str, at: datetime) -> PenaltyRecord:
    """Take a household's reply, from its own page or as staff write down what it said on paper; late is heard too.

    Replying on the page says that it was read there. Raises ``RoleMissing``, ``NoSuchPenalty``, ``PenaltyWordsWrong``,
    ``PenaltyNotThere``; the same reply again is once.
    """
    if guard.household_id is None:
        guard.require(*RECORDERS)
    row, said = locked_penalty(session, guard, penalty_id), said.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_REPLY:
        raise PenaltyWordsWrong(words("请写上要说的话，最多 {count} 个字。"), count=LONGEST_REPLY)
    if row.replied_at is None or (row.reply, row.replied_by) != (said, guard.staff_id):
        if guard.household_id is not None and row.told_at is None:
            _tell(session, guard, row, at)
        row.state = next_state(PenaltyAct.REPLY, PenaltyState(row.state))
        row.reply, row.replied_by, row.replied_at = said, guard.staff_id, at
        session.flush()
    return queries.penalty(session, guard, penalty_id)


def let_stand(
    session: Session, guard: Guard, penalty_id: UUID, *, reason: str, at: datetime, points: int | None = None
) -> PenaltyRecord:
    """Decide as a second person that a penalty stands, whole or lowered to ``points`` (negative); it counts from now.

    Raises ``RoleMissing``, ``NoSuchPenalty``, ``OwnRecord``, ``SameHousehold``, ``PenaltyNotThere``,
    ``ReplyStillOpen``, ``PenaltyPointsWrong``, ``PenaltyWordsWrong``; the same decision again is once.
    """
    row = _for_second_person(session, guard, penalty_id)
    points = row.points if points is None else points
    if type(points) is not int or not row.points <= points < 0:
        raise PenaltyPointsWrong(words("只能照记的认定，或者减轻：1 到 {most} 分。"), most=-row.points)
    return _decide(session, guard, row, PenaltyAct.STAND, points, reason, at)


def withdraw_penalty(session: Session, guard: Guard, penalty_id: UUID, *, reason: str, at: datetime) -> PenaltyRecord:
    """Decide as a second person that a penalty is withdrawn, at any time once it was told; raises as ``let_stand``."""
    row = _for_second_person(session, guard, penalty_id)
    return _decide(session, guard, row, PenaltyAct.WITHDRAW, None, reason, at)


def count_penalties(
    session: Session, guard: Guard, quarter: Quarter, *, household_ids: Collection[UUID], codes: Collection[str]
) -> None:
    """Note that the penalties which stand now are in a quarter's frozen rows, so that none counts twice.

    The caller holds the book's lock since before it read what counts.
    """
    session.execute(
        update(Penalty)
        .where(*queries.uncounted(guard, quarter), Penalty.rule_code.in_(codes))
        .where(Penalty.household_id.in_(household_ids))
        .values(counted_in=str(quarter))
    )


def uncount_penalties(session: Session, guard: Guard, quarter: Quarter) -> None:
    """Let the penalties of a quarter whose rows are frozen no longer count in the next one again."""
    session.execute(
        update(Penalty)
        .where(
            Penalty.market_id == guard.market_id,
            Penalty.village_code == guard.village_code,
            Penalty.counted_in == str(quarter),
        )
        .values(counted_in=None)
    )


def check_may_decide(found: Penalty | PenaltyRecord, guard: Guard, *, is_kin: bool) -> None:
    """Raise ``OwnRecord`` for who noted or recorded a penalty, ``SameHousehold`` for who is kin of the household."""
    if guard.require_staff() in {found.noted_by, found.recorded_by}:
        raise OwnRecord(words("这条扣分是您自己记的，要由另一个人来定。"))
    if is_kin:
        raise SameHousehold(words("这是您家或亲属家的事，请回避，由别人来定。"))


def _tell(session: Session, guard: Guard, row: Penalty, at: datetime) -> None:
    row.state = next_state(PenaltyAct.TELL, PenaltyState(row.state))
    days = places.settings(session, guard.market_id).penalty_reply_days
    row.told_at, row.reply_ends_at = at, evening_after(at, days)


def _for_second_person(session: Session, guard: Guard, penalty_id: UUID) -> Penalty:
    guard.require(*DECIDERS)
    row = locked_penalty(session, guard, penalty_id)
    check_may_decide(row, guard, is_kin=queries.is_kin(session, guard, row.household_id))
    return row


def _decide(
    session: Session, guard: Guard, row: Penalty, act: PenaltyAct, points: int | None, reason: str, at: datetime
) -> PenaltyRecord:
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_DECISION:
        raise PenaltyWordsWrong(words("请写明理由，最多 {count} 个字：户里要看。"), count=LONGEST_DECISION)
    if (row.decided_by, row.decided_points, row.decision) != (guard.staff_id, points, reason):
        after = next_state(act, PenaltyState(row.state))
        if act is PenaltyAct.STAND:
            check_heard(PenaltyState(row.state), row.reply_ends_at, at)
        row.state, row.decided_points, row.decision = after, points, reason
        row.decided_by, row.decided_at = guard.staff_id, at
        session.flush()
    return queries.penalty(session, guard, row.id)
