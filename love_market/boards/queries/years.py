"""Reading years: which have quarters that were confirmed, how far a year's quarters are, and which list is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.appraisals.rules import RowState, State
from love_market.boards.models import StarList
from love_market.clock import Quarter, village_date
from love_market.people.rules import Guard

_SHOWN_QUARTERS = 20
_DUE_MONTHS = 6
"""So far into the next year a list that was never published is asked for: a village may want none."""


@dataclass(frozen=True, slots=True)
class QuarterOfYear:
    """A quarter that was opened: whether it is confirmed, and how many of its rows wait all the same."""

    quarter: Quarter
    is_confirmed: bool
    waiting: int


def years(session: Session, guard: Guard) -> Sequence[int]:
    """Return the years of the latest quarters that are confirmed, the latest first."""
    found = session.scalars(
        select(Appraisal.quarter)
        .where(*_of_village(guard), Appraisal.state == State.CONFIRMED)
        .order_by(Appraisal.quarter.desc())
        .limit(_SHOWN_QUARTERS)
    )
    return list(dict.fromkeys(Quarter.parse(quarter).year for quarter in found))


def quarters_of_year(session: Session, guard: Guard, year: int) -> Sequence[QuarterOfYear]:
    """Return the quarters of a year that were opened, in their order."""
    waiting = func.count(AppraisalRow.household_id).filter(AppraisalRow.state != RowState.CONFIRMED)
    rows = session.execute(
        select(Appraisal.quarter, Appraisal.state, waiting)
        .outerjoin(
            AppraisalRow,
            (AppraisalRow.market_id == Appraisal.market_id) & (AppraisalRow.appraisal_id == Appraisal.id),
        )
        .where(*_of_village(guard), Appraisal.quarter.between(str(Quarter(year, 1)), str(Quarter(year, 4))))
        .group_by(Appraisal.quarter, Appraisal.state)
        .order_by(Appraisal.quarter)
    )
    return [QuarterOfYear(Quarter.parse(quarter), state == State.CONFIRMED, count) for quarter, state, count in rows]


def due_year(session: Session, guard: Guard, at: datetime) -> int | None:
    """Return last year while its list waits for the chair: its quarters are confirmed, it was never published."""
    today = village_date(at)
    year = today.year - 1
    if today.month > _DUE_MONTHS:
        return None
    states = session.scalars(
        select(Appraisal.state).where(
            *_of_village(guard), Appraisal.quarter.between(str(Quarter(year, 1)), str(Quarter(year, 4)))
        )
    ).all()
    if not states or any(state != State.CONFIRMED for state in states):
        return None
    known = select(StarList.id).where(
        StarList.market_id == guard.market_id, StarList.village_code == guard.village_code, StarList.year == year
    )
    return year if session.scalar(known.limit(1)) is None else None


def _of_village(guard: Guard) -> tuple[ColumnElement[bool], ...]:
    return Appraisal.market_id == guard.market_id, Appraisal.village_code == guard.village_code
