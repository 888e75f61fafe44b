"""The notice: publishing it, objections to its rows, and the committee's replies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, AppraisalRow, Objection
from love_market.appraisals.rules import (
    SMALLEST_NOTICE_DAYS,
    Act,
    RowState,
    State,
    notice_end,
    step,
    tally,
    typed_part,
)
from love_market.appraisals.rules.refusals import (
    KeyOfOther,
    NoSuchObjection,
    NoticeCutShort,
    ObjectionsClosed,
    PenaltyRaised,
    RepliedAlready,
    TooManyObjections,
    UnknownHousehold,
    UnknownRule,
)
from love_market.appraisals.service.opening import locked, locked_by_id
from love_market.appraisals.service.rows import line_of
from love_market.clock import Quarter, village_time
from love_market.deeds import queries as deeds
from love_market.errors import Invalid, words
from love_market.ledger import service as ledger
from love_market.people.rules import COMMITTEE, Guard, SameHousehold
from love_market.places import queries as places

LONGEST_NOTICE_DAYS = 30
MOST_OPEN_OBJECTIONS = 3
LONGEST_SAID, LONGEST_BY, LONGEST_CONTACT, LONGEST_REPLY = 500, 60, 40, 500

_REUSED = words("这个操作号已经用在另一条异议上了，请刷新页面再来一次。")
_CLOSED = words("公示在 {when} 截止了，网上不再收异议。请直接到村委会反映。")
_NOT_LISTED = words("公示名单里没有这一户。请核对户号。")
_ENOUGH = words("这一户已经有 {count} 条异议在等答复。等答复以后再提，或直接到村委会反映。")
_SAY_WHAT = words("请写上您的姓名和哪里不对，村委会才好去核。")
_NO_SUCH = words("没有这条异议。请回异议列表再找。")
_REPLIED = words("这条异议已经答复过了，答复不能再改。")
_SAY_WHY = words("请写上答复的理由，最多 {most} 字。")
_CORRECT_WHAT = words("认可异议，要写明哪一项改成多少分。")
_NO_SUCH_RULE = words("这一项不在本季的细则里。请刷新页面。")
_NO_MORE_PENALTY = words("{name}：答复异议只能少扣，不能多扣。要扣分，请另记一条扣分，先告知、听答复。")
_TOO_LONG = words("写得太长：姓名最多 {by} 字，内容最多 {said} 字。")


def publish_notice(
    session: Session, guard: Guard, quarter: Quarter, *, at: datetime, days: int | None = None
) -> datetime:
    """Put the panel's list on public notice with the book's head as it is now; return when the notice ends.

    ``days`` are the market's own unless more are given. Raises ``NoticeCutShort``, ``Invalid`` for too
    many, ``NotDecided``.
    """
    guard.require(*COMMITTEE)
    book = ledger.lock_book(session, guard.market_id)
    row = locked(session, guard, quarter)
    after = step(Act.PUBLISH, State(row.state))
    smallest = max(places.settings(session, guard.market_id).notice_days, SMALLEST_NOTICE_DAYS)
    days = smallest if days is None else days
    if days < smallest:
        raise NoticeCutShort(
            words("公示不能少于 {smallest} 天，现在是 {days} 天。可以更长，不能缩短。"), smallest=smallest, days=days
        )
    if days > LONGEST_NOTICE_DAYS:
        raise Invalid(words("公示最多 {largest} 天，现在是 {days} 天。"), largest=LONGEST_NOTICE_DAYS, days=days)
    row.state = after
    row.notice_begins_at, row.notice_ends_at = at, notice_end(at, days)
    row.head_number, row.head_hash = book.head_number, book.head_hash
    session.flush()
    return row.notice_ends_at


def object_to(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    household_id: UUID,
    *,
    raised_by: str,
    words: str,
    contact: str,
    at: datetime,
    key: UUID,
) -> UUID:
    """Raise an objection to a row while the notice is open; the row waits. Return its id, which is ``key``.

    Anybody may. Raises ``ObjectionsClosed``, ``UnknownHousehold``, ``TooManyObjections``, ``Invalid``,
    ``KeyOfOther``.
    """
    row = locked(session, guard, quarter)
    before = session.get(Objection, (guard.market_id, key))
    if before is not None:
        if (before.appraisal_id, before.household_id) != (row.id, household_id):
            raise KeyOfOther(_REUSED)
        return key
    step(Act.OBJECT, State(row.state))
    if row.notice_ends_at is None or at >= row.notice_ends_at:
        ended = village_time(row.notice_ends_at or at)
        raise ObjectionsClosed(_CLOSED, when=f"{ended.month}月{ended.day}日 {ended:%H:%M}")
    line = session.get(AppraisalRow, (guard.market_id, row.id, household_id))
    if line is None:
        raise UnknownHousehold(_NOT_LISTED)
    if line.state == RowState.CONTESTED and _open_count(session, guard, row.id, household_id) >= MOST_OPEN_OBJECTIONS:
        raise TooManyObjections(_ENOUGH, count=MOST_OPEN_OBJECTIONS)
    said, by = _checked_words(words, raised_by)
    session.add(
        Objection(
            market_id=guard.market_id,
            id=key,
            appraisal_id=row.id,
            household_id=household_id,
            raised_by=by,
            contact=contact.strip()[:LONGEST_CONTACT],
            words=said,
            raised_at=at,
            state="open",
        )
    )
    if line.state == RowState.LISTED:
        line.state = RowState.CONTESTED
    session.flush()
    return key


def reply(
    session: Session,
    guard: Guard,
    objection_id: UUID,
    *,
    upheld: bool,
    reply: str,
    corrections: Mapping[UUID, int],
    at: datetime,
) -> RowState:
    """Answer an objection; upheld, it corrects totals of the row by rule id. Return the row's state then.

    With no other objection open the row is listed again. The same answer twice is one. Raises ``SameHousehold`` for
    kin, ``RepliedAlready``, ``NoSuchObjection``, ``Invalid``, and what ``correct`` may raise.
    """
    guard.require(*COMMITTEE)
    objection = session.get(Objection, (guard.market_id, objection_id))
    row = None if objection is None else locked_by_id(session, guard, objection.appraisal_id)
    if objection is None or row is None:
        raise NoSuchObjection(_NO_SUCH)
    line = session.get_one(AppraisalRow, (guard.market_id, row.id, objection.household_id))
    state, said = "upheld" if upheld else "rejected", reply.strip()
    if deeds.is_kin(session, guard, objection.household_id):
        raise SameHousehold(words("这是您家或亲属家的事，请回避，由别人来答复。"))
    if objection.state != "open":
        if (objection.state, objection.reply) == (state, said):
            return RowState(line.state)
        raise RepliedAlready(_REPLIED)
    step(Act.REPLY, State(row.state))
    if not said or len(said) > LONGEST_REPLY:
        raise Invalid(_SAY_WHY, most=LONGEST_REPLY)
    if upheld:
        correct(session, guard, row, line, corrections)
    objection.state, objection.reply = state, said
    objection.replied_by, objection.replied_at = guard.actor, at
    session.flush()
    if line.state == RowState.CONTESTED and not _open_count(session, guard, row.id, objection.household_id):
        line.state = RowState.LISTED
        session.flush()
    return RowState(line.state)


def correct(
    session: Session, guard: Guard, row: Appraisal, line: AppraisalRow, corrections: Mapping[UUID, int]
) -> None:
    """Put corrected totals, by rule id, into a row's lines and count it anew; what stood before stays beside them.

    Raises ``UnknownRule``, ``PenaltyRaised``, ``Invalid`` where nothing changes, and what a cell's total may raise.
    """
    rules = deeds.rules(session, guard, row.rule_version_id)
    by_id = {rule.id: rule for rule in rules}
    was: dict[str, dict[str, Any]] = {one["code"]: one for one in line.lines}
    entered = {code: int(one["entered"]) for code, one in was.items()}
    for rule_id, total in corrections.items():
        if rule_id not in by_id:
            raise UnknownRule(_NO_SUCH_RULE)
        rule = by_id[rule_id]
        if rule.points < 0 and total < entered.get(rule.code, 0):
            raise PenaltyRaised(_NO_MORE_PENALTY, name=rule.name)
        entered[rule.code] = typed_part(total, 0, rule)
    changed = {code for code, total in entered.items() if total != was.get(code, {}).get("entered", 0)}
    if not changed:
        raise Invalid(_CORRECT_WHAT)
    quarter = Quarter.parse(row.quarter)
    before = queries.counted_before(session, guard, quarter).get(line.household_id, {})
    corrected = changed | {code for code, one in was.items() if "corrected_from" in one}
    counted = tally(entered, rules, before, keep=corrected)
    categories = {rule.code: rule.category for rule in rules}
    lines = []
    for one in counted.lines:
        old: dict[str, Any] = was.get(one.code, {})
        kept = line_of(one, categories[one.code], old.get("from_deeds", 0))
        if one.code in corrected:
            kept["corrected_from"] = old.get("corrected_from", old.get("entered", 0))
        kept["submitted"] = old.get("submitted", old.get("counted", 0))
        lines.append(kept)
    line.lines, line.points = lines, counted.points


def _checked_words(said: str, by: str) -> tuple[str, str]:
    said, by = said.strip(), by.strip()
    if not said or not by:
        raise Invalid(_SAY_WHAT)
    if len(said) > LONGEST_SAID or len(by) > LONGEST_BY:
        raise Invalid(_TOO_LONG, by=LONGEST_BY, said=LONGEST_SAID)
    return said, by


def _open_count(session: Session, guard: Guard, appraisal_id: UUID, household_id: UUID) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Objection)
            .where(
                Objection.market_id == guard.market_id,
                Objection.appraisal_id == appraisal_id,
                Objection.household_id == household_id,
                Objection.state == "open",
            )
        )
        or 0
    )
