"""Reading who reviews what: the village's reviewers, and which of its waiting deeds waits for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, literal_column, or_, select
from sqlalchemy.orm import Session

from love_market.db import Prepared
from love_market.db.prepared import Row
from love_market.deeds.models import Deed
from love_market.deeds.queries.listing import MOST_COUNTED
from love_market.deeds.reviewing import Circle, Reviewer, Told, circle
from love_market.people.models import Household, Kinship, RoleGrant, Staff
from love_market.people.rules import Guard, Role


@dataclass(frozen=True, slots=True)
class Waiting:
    """A deed that waits: since when, and for whom."""

    id: UUID
    recorded_at: datetime
    circle: Circle

    @property
    def is_first(self) -> bool:
        """Whether it waits for its first review."""
        return self.circle.is_first


REVIEWERS = Prepared(
    select(RoleGrant.staff_id, RoleGrant.role, RoleGrant.grid_name, Kinship.household_id)
    .join(Staff, Staff.id == RoleGrant.staff_id)
    .outerjoin(Kinship, and_(Kinship.market_id == bindparam("market_id"), Kinship.staff_id == RoleGrant.staff_id))
    .where(RoleGrant.place_code == bindparam("village_code"), Staff.left_at.is_(None))
)
_WAITING = (
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
    .where(
        Deed.market_id == bindparam("market_id"),
        Deed.village_code == bindparam("village_code"),
        Deed.state == literal_column("'claimed'"),
    )
    .order_by(Deed.recorded_at, Deed.id)
    .limit(literal_column(str(MOST_COUNTED + 1)))
)
WAITING = Prepared(_WAITING)
_OF_HOUSEHOLD = Prepared(
    _WAITING.where(or_(Deed.household_id == bindparam("household_id"), Deed.claimant_id == bindparam("household_id")))
)


def here(guard: Guard) -> dict[str, object]:
    """Return the values of what is asked about a village."""
    return {"market_id": guard.market_id, "village_code": guard.village_code}


def reviewers(session: Session, guard: Guard) -> Sequence[Reviewer]:
    """Return the village's staff as they may come to review."""
    return reviewers_from(REVIEWERS.rows(session, **here(guard)))


def reviewers_from(rows: Sequence[Row]) -> Sequence[Reviewer]:
    """Return reviewers from the answer to ``REVIEWERS``."""
    kin: dict[UUID, set[UUID]] = {}
    roles: dict[UUID, dict[Role, str | None]] = {}
    for staff_id, role, grid_name, household_id in rows:
        roles.setdefault(staff_id, {})[Role(role)] = grid_name
        if household_id is not None:
            kin.setdefault(staff_id, set()).add(household_id)
    return [
        Reviewer(staff_id, frozenset(held), held.get(Role.GRID_WORKER) or "", frozenset(kin.get(staff_id, ())))
        for staff_id, held in roles.items()
    ]


def waiting(session: Session, guard: Guard, *, household_id: UUID | None = None) -> Mapping[UUID, Waiting]:
    """Return the village's deeds that wait, the longest first, by id; all, or those of or told by a household.

    No more than a page of reviewing in a life: the oldest ``MOST_COUNTED`` and one.
    """
    if household_id is None:
        rows = WAITING.rows(session, **here(guard))
    else:
        rows = _OF_HOUSEHOLD.rows(session, household_id=household_id, **here(guard))
    people = reviewers(session, guard) if rows else ()
    return {one.id: one for one in waiting_from(rows, people)}


def waiting_from(rows: Sequence[Row], people: Sequence[Reviewer]) -> Sequence[Waiting]:
    """Return what waits from the answer to ``WAITING``."""
    return [
        Waiting(deed_id, recorded_at, circle(Told(household_id, grid_name, recorded_by, claimant_id, first_by), people))
        for deed_id, recorded_at, household_id, grid_name, recorded_by, claimant_id, first_by in rows
    ]


def circle_of(session: Session, guard: Guard, row: Deed, grid_name: str) -> Circle:
    """Return who a deed that waits waits for."""
    told = Told(row.household_id, grid_name, row.recorded_by, row.claimant_id, row.first_reviewed_by)
    return circle(told, reviewers(session, guard))
