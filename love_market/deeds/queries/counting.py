"""What a quarter takes over: accepted deeds of its days, and the penalties that stand and have counted nowhere yet."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, func, select, union_all
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.deeds.models import Deed, Penalty
from love_market.people.rules import Guard


def accepted_points(session: Session, guard: Guard, first_day: date, last_day: date) -> dict[tuple[UUID, str], int]:
    """Return the village's accepted points by ``(household_id, rule_code)`` of deeds done in a span of days.

    Sums as recorded, before any cap (see ``deeds.rules.counted``).
    """
    rows = session.execute(
        select(Deed.household_id, Deed.rule_code, func.sum(Deed.points))
        .where(*_accepted(guard, first_day, last_day))
        .group_by(Deed.household_id, Deed.rule_code)
    )
    return {(household_id, code): int(total) for household_id, code, total in rows}


def points_of_quarter(session: Session, guard: Guard, quarter: Quarter) -> dict[tuple[UUID, str], int]:
    """Return what a quarter takes over while it is scored, by ``(household_id, rule_code)``, before any cap."""
    parts = parts_of_quarter(guard, quarter).subquery()
    rows = session.execute(
        select(parts.c.household_id, parts.c.code, func.sum(parts.c.points)).group_by(
            parts.c.household_id, parts.c.code
        )
    )
    return {(household_id, code): int(total) for household_id, code, total in rows}


def parts_of_quarter(guard: Guard, quarter: Quarter) -> CompoundSelect[UUID, str, int]:
    """Return the question for ``(household_id, code, points)`` of each deed and penalty that a quarter takes over."""
    deeds = select(Deed.household_id, Deed.rule_code.label("code"), Deed.points.label("points")).where(
        *_accepted(guard, quarter.first_day, quarter.last_day)
    )
    penalties = select(Penalty.household_id, Penalty.rule_code, Penalty.decided_points).where(
        *uncounted(guard, quarter)
    )
    return union_all(deeds, penalties)


def uncounted(guard: Guard, quarter: Quarter) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of penalties that count in a quarter: they stand, are no later, and counted nowhere."""
    return (
        Penalty.market_id == guard.market_id,
        Penalty.village_code == guard.village_code,
        Penalty.state == "stands",
        Penalty.counted_in.is_(None),
        Penalty.happened_on <= quarter.last_day,
    )


def _accepted(guard: Guard, first_day: date, last_day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Deed.market_id == guard.market_id,
        Deed.village_code == guard.village_code,
        Deed.state == "accepted",
        Deed.points > 0,
        Deed.done_on.between(first_day, last_day),
    )
