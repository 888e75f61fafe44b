"""Taking a roster into the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.people.intake import MEMBERS_LABEL, KnownHousehold, PlanRow, RosterPlan
from love_market.people.models import Household, Member
from love_market.people.rules import Guard

_CHUNK = 500
_WRITTEN = ("head_name", "group_name", "grid_name", "phone", "note", "member_count", "left_on")


@dataclass(frozen=True, slots=True)
class RosterResult:
    """What a roster did: how many households it made, changed and left, how many rows it could not take in."""

    made: int
    changed: int
    same: int
    refused: int
    households: int
    members: int


def import_roster(session: Session, guard: Guard, plan: RosterPlan, *, at: datetime) -> RosterResult:
    """Write a plan, made in this same session, into the guard's village; nothing is deleted.

    A plan that changes nothing writes nothing, so the same roster twice is the same as once.
    """
    made = [row for row in plan.rows if row.action == "made"]
    changed = [row for row in plan.rows if row.action == "changed"]
    _insert(session, guard, made, at=at)
    _change(session, guard, changed)
    session.flush()
    return RosterResult(len(made), len(changed), plan.count("same"), plan.refused, plan.households, plan.members)


def _insert(session: Session, guard: Guard, rows: Sequence[PlanRow], *, at: datetime) -> None:
    fresh = [(new_id(), row.household) for row in rows if row.household is not None]
    for start in range(0, len(fresh), _CHUNK):
        chunk = fresh[start : start + _CHUNK]
        session.execute(
            insert(Household),
            [
                _values(household)
                | {
                    "market_id": guard.market_id,
                    "id": household_id,
                    "village_code": guard.village_code,
                    "number": household.number,
                    "created_at": at,
                }
                for household_id, household in chunk
            ],
        )
    for household_id, household in fresh:
        _set_members(session, guard, household_id, household)


def _change(session: Session, guard: Guard, rows: Sequence[PlanRow]) -> None:
    for row in rows:
        household = row.household
        if household is None:
            continue
        session.execute(
            update(Household)
            .where(
                Household.market_id == guard.market_id,
                Household.village_code == guard.village_code,
                Household.id == household.id,
            )
            .values(**_values(household))
        )
        if any(change.label == MEMBERS_LABEL for change in row.changes):
            session.execute(
                delete(Member).where(Member.market_id == guard.market_id, Member.household_id == household.id)
            )
            _set_members(session, guard, household.id, household)


def _set_members(session: Session, guard: Guard, household_id: UUID, household: KnownHousehold) -> None:
    if household.members:
        session.execute(
            insert(Member),
            [
                {
                    "market_id": guard.market_id,
                    "id": new_id(),
                    "household_id": household_id,
                    "name": each.name,
                    "relation": each.relation,
                    "position": position,
                }
                for position, each in enumerate(household.members, 1)
            ],
        )


def _values(household: KnownHousehold) -> dict[str, object]:
    return {name: getattr(household, name) for name in _WRITTEN}
