"""Reading the warning board (警示榜): whether a village has one, who turned it, and what is on it at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.appraisals.rules import RowState
from love_market.boards.models import WarningSwitch
from love_market.clock import Quarter
from love_market.deeds.models import Penalty, Rule
from love_market.deeds.rules import PenaltyState
from love_market.people.models import Household, Staff
from love_market.people.rules import Guard, mask_name
from love_market.places import queries as places


@dataclass(frozen=True, slots=True)
class WarningTurn:
    """The board was turned on or off once."""

    is_on: bool
    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A line of the board: whose, masked, what for, the points it took (negative), and when it is gone by itself."""

    masked_name: str
    group_name: str
    rule_name: str
    points: int
    quarter: Quarter
    until: datetime


def is_warning_on(session: Session, guard: Guard) -> bool:
    """Return whether the village has a warning board; without anybody's word it has none."""
    latest = select(WarningSwitch.is_on).where(*_of_village(guard)).order_by(*_LATEST).limit(1)
    return bool(session.scalar(latest))


def turns(session: Session, guard: Guard) -> Sequence[WarningTurn]:
    """Return when the board was turned on and off and by whom, the latest first."""
    rows = session.execute(
        select(WarningSwitch, Staff.name)
        .join(Staff, Staff.id == WarningSwitch.turned_by)
        .where(*_of_village(guard))
        .order_by(*_LATEST)
    )
    return [WarningTurn(row.is_on, row.turned_at, name) for row, name in rows]


def warned(session: Session, guard: Guard, *, at: datetime) -> Sequence[Warned]:
    """Return what a board would show at an instant, whether it is on or not: the latest quarter first.

    That is a penalty which a second person let stand, as it counted in a row that is confirmed, so that nobody can
    object any more, for as long after the notice as the public sees lines (decision 15). What an objection took away,
    what waits, and households that left are not on it.
    """
    public = timedelta(days=places.settings(session, guard.market_id).penalty_public_days)
    rows = session.execute(
        select(Penalty.rule_code, Rule.name, Household, Appraisal.quarter, Appraisal.notice_ends_at, AppraisalRow.lines)
        .join(Rule, (Rule.market_id == Penalty.market_id) & (Rule.id == Penalty.rule_id))
        .join(Household, (Household.market_id == Penalty.market_id) & (Household.id == Penalty.household_id))
        .join(
            Appraisal,
            (Appraisal.market_id == Penalty.market_id)
            & (Appraisal.village_code == Penalty.village_code)
            & (Appraisal.quarter == Penalty.counted_in),
        )
        .join(
            AppraisalRow,
            (AppraisalRow.market_id == Appraisal.market_id)
            & (AppraisalRow.appraisal_id == Appraisal.id)
            & (AppraisalRow.household_id == Penalty.household_id),
        )
        .where(
            Penalty.market_id == guard.market_id,
            Penalty.village_code == guard.village_code,
            Penalty.state == PenaltyState.STANDS,
            Appraisal.notice_ends_at > at - public,
            AppraisalRow.state == RowState.CONFIRMED,
            Household.left_on.is_(None),
        )
        .order_by(Appraisal.quarter.desc(), Household.number, Rule.name)
    )
    found: dict[tuple[UUID, str, str], Warned] = {}
    for code, rule_name, home, quarter, ends_at, lines in rows:
        points = sum(line["counted"] for line in lines if line["code"] == code)
        if points < 0:
            # Several penalties of one rule are one line of the row that was published.
            found[home.id, code, quarter] = Warned(
                masked_name=mask_name(home.head_name),
                group_name=home.group_name,
                rule_name=rule_name,
                points=points,
                quarter=Quarter.parse(quarter),
                until=ends_at + public,
            )
    return list(found.values())


_LATEST = (WarningSwitch.turned_at.desc(), WarningSwitch.id.desc())


def _of_village(guard: Guard) -> tuple[ColumnElement[bool], ...]:
    return WarningSwitch.market_id == guard.market_id, WarningSwitch.village_code == guard.village_code
