"""How far a quarter is: its steps in order with their dates, for the quarter's page and the desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from love_market.appraisals.queries.board import frozen_rows, objections
from love_market.appraisals.queries.meeting import meeting
from love_market.appraisals.queries.quarter import AppraisalRecord
from love_market.appraisals.rules import RowState, State
from love_market.clock import village_date, village_time
from love_market.errors import words
from love_market.people.intake.sayings import Saying, say
from love_market.people.rules import Guard

StepState = Literal["done", "now", "later"]
LABELS = (words("申报"), words("评议"), words("公示"), words("认定"), words("发券"), words("兑换"))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a quarter: ``label`` is the translators' key, ``told`` when it was or will be."""

    label: str
    state: StepState
    told: Saying


def _current_step(found: AppraisalRecord, at: datetime) -> int:
    """Return which of ``LABELS`` is being done now."""
    if found.state is State.NOTICE and found.notice_ends_at is not None and at >= found.notice_ends_at:
        return 3
    return {State.SCORING: 0, State.DELIBERATING: 1, State.DECIDED: 2, State.NOTICE: 2, State.CONFIRMED: 4}[found.state]


def progress(session: Session, guard: Guard, found: AppraisalRecord, at: datetime) -> tuple[Step, ...]:
    """Return a quarter's six steps."""
    here = _current_step(found, at)
    told = (
        _scored(found),
        _met(session, guard, found),
        _noticed(session, guard, found, at),
        _confirmed(session, guard, found),
        say(""),
        say(""),
    )
    return tuple(
        Step(label, "done" if index < here else "now" if index == here else "later", words_of_step)
        for index, (label, words_of_step) in enumerate(zip(LABELS, told, strict=True))
    )


def days_left(found: AppraisalRecord, at: datetime) -> int:
    """Return how many days of the notice are left, the last one begun counting as one; 0 when it has ended."""
    if found.notice_ends_at is None or at >= found.notice_ends_at:
        return 0
    return max(1, (village_date(found.notice_ends_at) - village_date(at)).days)


def _scored(found: AppraisalRecord) -> Saying:
    if found.submitted_at is None:
        return say(words("{day}开始"), day=_day(found.opened_at))
    return say(words("{day}提交"), day=_day(found.submitted_at))


def _met(session: Session, guard: Guard, found: AppraisalRecord) -> Saying:
    minutes = meeting(session, guard, found.id)
    if minutes is None:
        return say("")
    return say(
        words("{month}月{day}日，到会 {count} 人"),
        month=minutes.held_on.month,
        day=minutes.held_on.day,
        count=minutes.present_count,
    )


def _noticed(session: Session, guard: Guard, found: AppraisalRecord, at: datetime) -> Saying:
    if found.notice_ends_at is None:
        return say("")
    raised = objections(session, guard, found.id)
    left = days_left(found, at)
    if left and village_date(found.notice_ends_at) == village_date(at):
        return say(words("今天截止，异议 {count} 件"), count=len(raised))
    if not left:
        return say(words("{day}结束，异议 {count} 件"), day=_day(found.notice_ends_at), count=len(raised))
    return say(words("还剩 {left} 天，异议 {count} 件"), left=left, count=len(raised))


def _confirmed(session: Session, guard: Guard, found: AppraisalRecord) -> Saying:
    if found.confirmed_at is None:
        ends = found.notice_ends_at
        return (
            say("")
            if ends is None
            else say(words("{day} {time} 以后"), day=_day(ends), time=f"{village_time(ends):%H:%M}")
        )
    rows = frozen_rows(session, guard, found.id)
    waiting = sum(row.state is not RowState.CONFIRMED for row in rows)
    if waiting:
        return say(words("{day}，还有 {count} 户在等"), day=_day(found.confirmed_at), count=waiting)
    return say(words("{day}，全部认定"), day=_day(found.confirmed_at))


def _day(at: datetime) -> str:
    on = village_date(at)
    return f"{on.month}月{on.day}日"
