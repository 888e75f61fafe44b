"""Reading staff: who is signed in, who works at a village, what a sign-in is checked against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select, true
from sqlalchemy.orm import Session

from love_market.db import Prepared
from love_market.db.prepared import Row
from love_market.errors import words
from love_market.people.models import Household, RoleGrant, Staff, StaffSession
from love_market.people.rules import JUDGES, OVERSEERS, Guard, NoSuchStaff, Role, sign_in_name_key
from love_market.places import queries as places

_SIGNED_IN = Prepared(
    select(Staff.id, Staff.sign_in_name, Staff.name, RoleGrant.place_code, RoleGrant.role, *places.HERE.c)
    .join(StaffSession, StaffSession.staff_id == Staff.id)
    .outerjoin(RoleGrant, RoleGrant.staff_id == Staff.id)
    .outerjoin(places.HERE, true())
    .where(
        StaffSession.id == bindparam("session_id"),
        StaffSession.ended_at.is_(None),
        Staff.left_at.is_(None),
    )
    .order_by(RoleGrant.place_code, RoleGrant.role)
)


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
        return frozenset(role for code, role in self.grants if code == here or (code in lineage and role in OVERSEERS))

    def roles_here(self, place_code: str) -> Sequence[Role]:
        """Return the roles given at exactly this place, in the order of ``Role``."""
        return [role for role in Role if (place_code, role) in self.grants]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against; without a ``staff_id`` nobody has that name."""

    staff_id: UUID | None
    password_hash: str | None


def staff_of_session(session: Session, session_id: UUID) -> StaffRecord | None:
    """Return who signed in with this session, if it has not ended and the person has not left."""
    return staff_signed_in(session, session_id, "")[0]


def staff_signed_in(session: Session, session_id: UUID, code: str) -> tuple[StaffRecord | None, Row]:
    """Return who a sign-in stands for, if anybody, and what ``places.here`` wants to know of a place; one question."""
    rows = _SIGNED_IN.rows(session, session_id=session_id, code=code)
    if not rows:
        return None, ()
    staff_id, sign_in_name, name, *_ = rows[0]
    grants = tuple((place_code, Role(role)) for _, _, _, place_code, role, *_ in rows if role is not None)
    return StaffRecord(staff_id, sign_in_name, name, grants), rows[0][5:]


def credentials(session: Session, sign_in_name: str) -> Credentials:
    """Return what the password of a sign-in name is checked against; of nobody for a name unknown or gone."""
    row = session.execute(
        select(Staff.id, Staff.password_hash).where(
            Staff.sign_in_name == sign_in_name_key(sign_in_name), Staff.left_at.is_(None)
        )
    ).one_or_none()
    return Credentials(None, None) if row is None else Credentials(row.id, row.password_hash)


def staff_at(session: Session, place_code: str) -> Sequence[StaffRecord]:
    """Return everybody who holds a role at exactly this place and has not left, by name."""
    rows = session.scalars(
        select(Staff)
        .join(RoleGrant, RoleGrant.staff_id == Staff.id)
        .where(RoleGrant.place_code == place_code, Staff.left_at.is_(None))
        .distinct()
        .order_by(Staff.name, Staff.id)
    ).all()
    return _records(session, rows)


def staff_member(session: Session, guard: Guard, staff_id: UUID) -> StaffRecord:
    """Return somebody with a role at the guard's village; raise ``NoSuchStaff``."""
    found = next((one for one in staff_at(session, guard.village_code) if one.id == staff_id), None)
    if found is None:
        raise NoSuchStaff(words("本村的工作人员里没有这个人。"))
    return found


def grid_of(session: Session, guard: Guard, staff_id: UUID) -> str:
    """Return the name of the grid that a grid worker of the village is for; empty for all, and for anybody else."""
    held = select(RoleGrant.grid_name).where(
        RoleGrant.staff_id == staff_id,
        RoleGrant.place_code == guard.village_code,
        RoleGrant.role == Role.GRID_WORKER,
    )
    return session.scalar(held) or ""


def grid_names(session: Session, guard: Guard) -> Sequence[str]:
    """Return the names of the village's grids, as its households have them."""
    named = select(Household.grid_name).where(
        Household.market_id == guard.market_id, Household.village_code == guard.village_code, Household.grid_name != ""
    )
    return session.scalars(named.distinct().order_by(Household.grid_name)).all()


def staff_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of some staff by id, those who left included."""
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(set(ids))))
    return dict(rows.all())


def names_by_actor(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Return the names of the staff among some actors, by what the books call them (``staff:<hex id>``).

    Nothing is asked where there is none.
    """
    ids = {UUID(actor.removeprefix("staff:")): actor for actor in actors if actor.startswith("staff:")}
    return {ids[staff_id]: name for staff_id, name in staff_names(session, ids).items()} if ids else {}


def panel(session: Session, guard: Guard) -> Sequence[StaffRecord]:
    """Return the village's appraisal panel (评议小组): its panel members and its chair, by name."""
    return [
        one
        for one in staff_at(session, guard.village_code)
        if {Role.PANEL_MEMBER, Role.CHAIR} & set(one.roles_here(guard.village_code))
    ]


def judges(session: Session, guard: Guard) -> Sequence[StaffRecord]:
    """Return the village's staff who review, decide, answer or vote, and so may have to recuse, by name."""
    return [one for one in staff_at(session, guard.village_code) if JUDGES & set(one.roles_here(guard.village_code))]


def _records(session: Session, rows: Sequence[Staff]) -> list[StaffRecord]:
    grants: dict[UUID, list[tuple[str, Role]]] = {row.id: [] for row in rows}
    for staff_id, code, role in session.execute(
        select(RoleGrant.staff_id, RoleGrant.place_code, RoleGrant.role)
        .where(RoleGrant.staff_id.in_(grants))
        .order_by(RoleGrant.place_code, RoleGrant.role)
    ):
        grants[staff_id].append((code, Role(role)))
    return [StaffRecord(row.id, row.sign_in_name, row.name, tuple(grants[row.id])) for row in rows]
