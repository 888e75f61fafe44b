"""Reading who reviews what: the village's reviewers, and which of its waiting deeds waits for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.deeds.models import Deed
from love_market.deeds.queries.listing import MOST_COUNTED
from love_market.deeds.reviewing import Circle, Reviewer, Told, circle
from love_market.people.models import Household, Kinship, RoleGrant, Staff
from love_market.people.rules import Guard, Role


@dataclass(frozen=True, slots=True)
class Waiting:
    """A deed that waits: since when, whether for its first review, and for whom."""

    id: UUID
    recorded_at: datetime
    is_first: bool
    circle: Circle


def reviewers(session: Session, guard: Guard) -> Sequence[Reviewer]:
    """Return the village's staff as they may come to review (two statements)."""
    kin: dict[UUID, set[UUID]] = {}
    for staff_id, household_id in session.execute(
        select(Kinship.staff_id, Kinship.household_id).where(Kinship.market_id == guard.market_id)
    ):
        kin.setdefault(staff_id, set()).add(household_id)
    roles: dict[UUID, dict[Role, str | None]] = {}
    for staff_id, role, grid_name in session.execute(
        select(RoleGrant.staff_id, RoleGrant.role, RoleGrant.grid_name)
        .join(Staff, Staff.id == RoleGrant.staff_id)
        .where(RoleGrant.place_code == guard.village_code, Staff.left_at.is_(None))
    ):
        roles.setdefault(staff_id, {})[Role(role)] = grid_name
    return [
        Reviewer(staff_id, frozenset(held), held.get(Role.GRID_WORKER) or "", frozenset(kin.get(staff_id, ())))
        for staff_id, held in roles.items()
    ]


def waiting(session: Session, guard: Guard, *, household_id: UUID | None = None) -> Mapping[UUID, Waiting]:
    """Return the village's deeds that wait, the longest first, by id; all, or those of or told by a household.

    No more than a page of reviewing in a life: the oldest ``MOST_COUNTED`` and one.
    """
    query = (
        select(
            Deed.id,
            Deed.recorded_at,
            Deed.household_id,
            Household.grid_name,
            Deed.recorded_by,
            Deed.claimant_id,
            Deed.first_reviewed_by,
        )
        .join(Household, (Household.market_id == Deed.market_id) & (Household.id == Deed.household_id))
        .where(Deed.market_id == guard.market_id, Deed.village_code == guard.village_code, Deed.state == "claimed")
        .order_by(Deed.recorded_at, Deed.id)
        .limit(MOST_COUNTED + 1)
    )
    if household_id is not None:
        query = query.where((Deed.household_id == household_id) | (Deed.claimant_id == household_id))
    rows = session.execute(query).all()
    people = reviewers(session, guard) if rows else ()
    return {
        row.id: Waiting(
            row.id,
            row.recorded_at,
            row.first_reviewed_by is None,
            circle(
                Told(row.household_id, row.grid_name, row.recorded_by, row.claimant_id, row.first_reviewed_by), people
            ),
        )
        for row in rows
    }


def circle_of(session: Session, guard: Guard, row: Deed, grid_name: str) -> Circle:
    """Return who a deed that waits waits for."""
    told = Told(row.household_id, grid_name, row.recorded_by, row.claimant_id, row.first_reviewed_by)
    return circle(told, reviewers(session, guard))
