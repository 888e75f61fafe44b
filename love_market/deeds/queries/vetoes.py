"""Reading vetoes (一票否决): all of a village, and which households have one in force on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from love_market.deeds.models import Veto, VetoRule
from love_market.deeds.rules import NoSuchVeto, veto_state
from love_market.errors import words
from love_market.people.models import Household, Staff
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class VetoRecord:
    """A veto on a household with the names it is read by; ``state`` is one of ``deeds.rules.VETO_STATES``."""

    id: UUID
    household_id: UUID
    household_number: str
    head_name: str
    rule_name: str
    found_on: date
    ends_on: date
    document: str
    state: str
    recorded_by: UUID
    recorder_name: str
    recorded_at: datetime
    judge_name: str
    lifter_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class VetoInForce:
    """What bars a household: the name of its rule, and the first day on which it no longer does."""

    household_id: UUID
    rule_name: str
    ends_on: date


def vetoes_in_force(
    session: Session, guard: Guard, on: date, *, known_at: datetime | None = None, household_id: UUID | None = None
) -> Sequence[VetoInForce]:
    """Return the village's vetoes in force on a day, by household and rule; with ``known_at``, as it was known then.

    In force is what a second person confirmed, from the day it was found to before the day it ends, unless lifted.
    """
    judged = [Veto.judged_at.is_not(None)] if known_at is None else [Veto.judged_at <= known_at]
    lifted = Veto.lifted_at.is_(None)
    query = (
        select(Veto.household_id, VetoRule.name, Veto.ends_on)
        .join(VetoRule, (VetoRule.market_id == Veto.market_id) & (VetoRule.id == Veto.rule_id))
        .where(
            Veto.market_id == guard.market_id,
            Veto.village_code == guard.village_code,
            Veto.ends_on > on,
            Veto.found_on <= on,
            *judged,
            Veto.refused.is_(False),
            lifted if known_at is None else or_(lifted, Veto.lifted_at > known_at),
        )
        .order_by(Veto.household_id, VetoRule.name, Veto.ends_on)
    )
    if household_id is not None:
        query = query.where(Veto.household_id == household_id)
    return [VetoInForce(*row) for row in session.execute(query)]


def vetoed_households(session: Session, guard: Guard, on: date) -> dict[UUID, tuple[str, ...]]:
    """Return which of the village's households have a veto in force on a day, each with the names of its rules."""
    found: dict[UUID, list[str]] = {}
    for one in vetoes_in_force(session, guard, on):
        found.setdefault(one.household_id, []).append(one.rule_name)
    return {household_id: tuple(dict.fromkeys(names)) for household_id, names in found.items()}


def vetoes_of_village(session: Session, guard: Guard, today: date) -> Sequence[VetoRecord]:
    """Return the village's vetoes with their state on a day, those that end last first."""
    recorder, judge, lifter = aliased(Staff), aliased(Staff), aliased(Staff)
    rows = session.execute(
        select(Veto, VetoRule.name, Household, recorder.name, judge.name, lifter.name)
        .join(VetoRule, (VetoRule.market_id == Veto.market_id) & (VetoRule.id == Veto.rule_id))
        .join(Household, (Household.market_id == Veto.market_id) & (Household.id == Veto.household_id))
        .join(recorder, recorder.id == Veto.recorded_by)
        .outerjoin(judge, judge.id == Veto.judged_by)
        .outerjoin(lifter, lifter.id == Veto.lifted_by)
        .where(Veto.market_id == guard.market_id, Veto.village_code == guard.village_code)
        .order_by(Veto.ends_on.desc(), Veto.id.desc())
    )
    return [
        VetoRecord(
            id=row.id,
            household_id=row.household_id,
            household_number=household.number,
            head_name=household.head_name,
            rule_name=rule_name,
            found_on=row.found_on,
            ends_on=row.ends_on,
            document=row.document,
            state=veto_state(
                confirmed=row.judged_at is not None,
                refused=row.refused,
                lifted=row.lifted_at is not None,
                ends_on=row.ends_on,
                today=today,
            ),
            recorded_by=row.recorded_by,
            recorder_name=recorder_name,
            recorded_at=row.recorded_at,
            judge_name=judge_name or "",
            lifter_name=lifter_name or "",
            reason=row.reason,
        )
        for row, rule_name, household, recorder_name, judge_name, lifter_name in rows
    ]


def veto(session: Session, guard: Guard, veto_id: UUID, today: date) -> VetoRecord:
    """Return one veto of the village; raise ``NoSuchVeto``."""
    for found in vetoes_of_village(session, guard, today):
        if found.id == veto_id:
            return found
    raise NoSuchVeto(words("本村没有这条一票否决。"))
