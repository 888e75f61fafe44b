"""What waits for somebody in penalties: proof, telling, a reply that came, a time to reply that is over."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from love_market.deeds import queries as deeds
from love_market.deeds.models import Penalty
from love_market.deeds.rules import DECIDERS, OPEN_STATES, PenaltyState
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.reports.rules import Case, say

_TELLERS = COMMITTEE | {Role.GRID_WORKER}


def penalty_cases(session: Session, guard: Guard, at: datetime) -> Iterator[Case]:
    """Yield the penalties that wait for proof, for their slip, and for a decision: mine, else that others have to."""
    noted, recorded, replied, my_replied, silent, my_silent = _waiting(session, guard, at)
    yield from _case(
        noted,
        words("扣分缺凭据：{count} 条"),
        words("去补凭据"),
        words("从评分表里来的，没有凭据不能告知，也不能扣；记错的撤掉"),
        _TELLERS,
    )
    yield from _case(
        recorded,
        words("扣分还没告知：{count} 条"),
        words("去告知"),
        words("印出告知单交到户里，答复的时间从那时算起"),
        _TELLERS,
    )
    decides = bool(guard.roles & DECIDERS)
    by_another = words("要由另一个人定：不能定自己记的，也不能定自家和亲属的")
    yield from _case(
        my_replied if decides and my_replied[0] else replied,
        words("扣分有答复了：{count} 条"),
        words("去定"),
        by_another,
        DECIDERS,
    )
    yield from _case(
        my_silent if decides and my_silent[0] else silent,
        words("答复的时间到了：{count} 条扣分"),
        words("去定"),
        by_another,
        DECIDERS,
    )


def _case(
    waiting: tuple[int, datetime | None], title: str, act: str, sub: str, roles: frozenset[Role]
) -> Iterator[Case]:
    count, since = waiting
    if count:
        yield Case(say(title, count=count), act, "deeds.penalties", roles, sub=say(sub), since=since)


def _waiting(session: Session, guard: Guard, at: datetime) -> list[tuple[int, datetime | None]]:
    """Return how many wait and since when, in one statement.

    In the order noted, recorded, replied, of these mine to decide, silent beyond their time, of these mine.
    """
    mine = and_(*deeds.mine_to_decide(guard))
    replied = Penalty.state == PenaltyState.REPLIED
    silent = and_(Penalty.state == PenaltyState.TOLD, Penalty.reply_ends_at <= at)
    asked: list[tuple[ColumnElement[bool], InstrumentedAttribute[Any]]] = [
        (Penalty.state == PenaltyState.NOTED, Penalty.noted_at),
        (Penalty.state == PenaltyState.RECORDED, Penalty.recorded_at),
        (replied, Penalty.replied_at),
        (and_(replied, mine), Penalty.replied_at),
        (silent, Penalty.reply_ends_at),
        (and_(silent, mine), Penalty.reply_ends_at),
    ]
    counts: list[ColumnElement[Any]] = []
    for which, since in asked:
        counts += func.count().filter(which), func.min(since).filter(which)
    found = session.execute(select(*counts).where(*deeds.of_guard(guard), Penalty.state.in_(OPEN_STATES))).one()
    return list(zip(found[::2], found[1::2], strict=True))
