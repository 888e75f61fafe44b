"""Reading what the front page shows to anybody: which villages there are, and what is on notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal
from love_market.appraisals.rules import State
from love_market.clock import Quarter
from love_market.places import queries as places


@dataclass(frozen=True, slots=True)
class Board:
    """A village with its newest published quarter, if there is one."""

    village_code: str
    village_name: str
    market_name: str
    quarter: Quarter | None
    ends_at: datetime | None
    is_open: bool


def boards(session: Session, *, at: datetime) -> Sequence[Board]:
    """Return all villages with a market: those with an open notice first, then by code (two statements)."""
    published = session.execute(
        select(Appraisal.village_code, Appraisal.quarter, Appraisal.state, Appraisal.notice_ends_at)
        .where(Appraisal.state.in_([State.NOTICE, State.CONFIRMED]))
        .order_by(Appraisal.quarter)
    )
    newest = {code: (Quarter.parse(quarter), state, ends_at) for code, quarter, state, ends_at in published}
    found = []
    for village in places.served_villages(session):
        quarter, state, ends_at = newest.get(village.code, (None, "", None))
        is_open = state == State.NOTICE and ends_at is not None and at < ends_at
        found.append(Board(village.code, village.short_name, village.market_name, quarter, ends_at, is_open))
    return sorted(found, key=lambda board: (not board.is_open, board.village_code))
