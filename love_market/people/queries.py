"""Reading people: who is signed in, households, staff."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.errors import NotFound, words
from love_market.people.models import Household, HouseholdSession, RoleGrant, Staff, StaffSession
from love_market.people.rules import Guard, Role


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """A member of staff with the roles held: ``grants`` are ``(place_code, role)``."""

    id: UUID
    sign_in_name: str
    name: str
    grants: tuple[tuple[str, Role], ...]

    def roles_at(self, lineage: Sequence[str]) -> frozenset[Role]:
        """Return the roles that count at a place, given its code and the codes above it, the place first."""
        here = lineage[0]
        return frozenset(
            role
            for code, role in self.grants
            if code == here or (code in lineage and role in {Role.COUNTY_OVERSEER, Role.TOWNSHIP_OVERSEER})
        )


@dataclass(frozen=True, slots=True)
class HouseholdRecord:
    """A household as lists and papers need it."""

    id: UUID
    village_code: str
    number: str
    head_name: str
    group_name: str
    grid_name: str
    phone: str
    member_count: int
    note: str
    left_on: date | None
    has_card: bool


def staff_of_session(session: Session, session_id: UUID) -> StaffRecord | None:
    """Return who signed in with this session, if it has not ended and the person has not left."""
    staff = session.scalar(
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(StaffSession.id == session_id, StaffSession.ended_at.is_(None), Staff.left_at.is_(None))
    )
    return None if staff is None else staff_record(session, staff)


def staff_record(session: Session, staff: Staff) -> StaffRecord:
    """Return a member of staff with grants."""
    grants = session.execute(
        select(RoleGrant.place_code, RoleGrant.role)
        .where(RoleGrant.staff_id == staff.id)
        .order_by(RoleGrant.place_code, RoleGrant.role)
    )
    return StaffRecord(staff.id, staff.sign_in_name, staff.name, tuple((code, Role(role)) for code, role in grants))


def household_of_session(session: Session, market_id: UUID, session_id: UUID) -> HouseholdRecord | None:
    """Return the household that signed in with this session, if it has not ended."""
    household = session.scalar(
        select(Household)
        .join(
            HouseholdSession,
            (HouseholdSession.market_id == Household.market_id) & (HouseholdSession.household_id == Household.id),
        )
        .where(
            HouseholdSession.market_id == market_id,
            HouseholdSession.id == session_id,
            HouseholdSession.ended_at.is_(None),
        )
    )
    return None if household is None else household_record(household)


def household(session: Session, guard: Guard, household_id: UUID) -> HouseholdRecord:
    """Return one household of the guard's village; raise ``NotFound``."""
    row = session.scalar(
        select(Household).where(
            Household.market_id == guard.market_id,
            Household.id == household_id,
            Household.village_code == guard.village_code,
        )
    )
    if row is None:
        raise NotFound(words("本村没有这一户。"))
    return household_record(row)


def households(session: Session, guard: Guard, *, with_left: bool = False) -> Sequence[HouseholdRecord]:
    """Return the village's households by number; those that left only if asked for."""
    query = (
        select(Household)
        .where(Household.market_id == guard.market_id, Household.village_code == guard.village_code)
        .order_by(Household.number)
    )
    if not with_left:
        query = query.where(Household.left_on.is_(None))
    return [household_record(row) for row in session.scalars(query)]


def households_by_id(session: Session, guard: Guard, ids: Iterable[UUID]) -> dict[UUID, HouseholdRecord]:
    """Return some of the market's households by id."""
    rows = session.scalars(select(Household).where(Household.market_id == guard.market_id, Household.id.in_(list(ids))))
    return {row.id: household_record(row) for row in rows}


def panel(session: Session, guard: Guard) -> Sequence[StaffRecord]:
    """Return the village's appraisal panel (评议小组): its panel members and its chair, by name."""
    rows = session.scalars(
        select(Staff)
        .join(RoleGrant, RoleGrant.staff_id == Staff.id)
        .where(
            RoleGrant.place_code == guard.village_code,
            RoleGrant.role.in_([Role.PANEL_MEMBER, Role.CHAIR]),
            Staff.left_at.is_(None),
        )
        .distinct()
        .order_by(Staff.name)
    )
    return [staff_record(session, row) for row in rows]


def household_record(row: Household) -> HouseholdRecord:
    """Return a household's frozen form."""
    return HouseholdRecord(
        id=row.id,
        village_code=row.village_code,
        number=row.number,
        head_name=row.head_name,
        group_name=row.group_name,
        grid_name=row.grid_name,
        phone=row.phone,
        member_count=row.member_count,
        note=row.note,
        left_on=row.left_on,
        has_card=row.card_key is not None,
    )
