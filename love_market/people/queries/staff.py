"""Reading staff: who is signed in, who works at a village, what a sign-in is checked against."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from love_market.db import Prepared, ask
from love_market.db.prepared import Row
from love_market.errors import words
from love_market.people.models import RoleGrant, Staff, StaffSession
from love_market.people.rules import OVERSEERS, Guard, NoSuchStaff, Role, sign_in_name_key

_SIGNED_IN = Prepared(
    select(Staff.id, Staff.sign_in_name, Staff.name)
    .join(StaffSession, StaffSession.staff_id == Staff.id)
    .where(
        StaffSession.id == bindparam("session_id"),
        StaffSession.ended_at.is_(None),
        Staff.left_at.is_(None),
    )
)
_GRANTS_SIGNED_IN = Prepared(
    select(RoleGrant.place_code, RoleGrant.role)
    .join(StaffSession, StaffSession.staff_id == RoleGrant.staff_id)
    .where(StaffSession.id == bindparam("session_id"))
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
    return staff_signed_in(ask(session, *signed_in_questions(session_id)))


def signed_in_questions(session_id: UUID) -> tuple[tuple[Prepared, dict[str, UUID]], ...]:
    """Return what to ask to know who a sign-in stands for; ``staff_signed_in`` reads the answers."""
    return (_SIGNED_IN, {"session_id": session_id}), (_GRANTS_SIGNED_IN, {"session_id": session_id})


def staff_signed_in(answers: Sequence[Sequence[Row]]) -> StaffRecord | None:
    """Return who a sign-in stands for; None where it has ended or the person has left."""
    found, grants = answers
    if not found:
        return None
    staff_id, sign_in_name, name = found[0]
    return StaffRecord(staff_id, sign_in_name, name, tuple((code, Role(role)) for code, role in grants))


def credentials(session: Session, sign_in_name: str) -> Credentials:
    """Return what the password of a sign-in name is checked against; of nobody for a name unknown or gone."""
    row = session.execute(
        select(Staff.id, Staff.password_hash).where(
            Staff.sign_in_name == sign_in_name_key(sign_in_name), Staff.left_at.is_(None)
        )
    ).one_or_none()
    return Credentials(None, None) if row is None else Credentials(row.id, row.password_hash)


def staff_record(session: Session, staff: Staff) -> StaffRecord:
    """Return a member of staff with grants."""
    return _records(session, [staff])[0]


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


def staff_names(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of some staff by id, those who left included."""
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(set(ids))))
    return dict(rows.all())


def panel(session: Session, guard: Guard) -> Sequence[StaffRecord]:
    """Return the village's appraisal panel (评议小组): its panel members and its chair, by name."""
    return [
        one
        for one in staff_at(session, guard.village_code)
        if {Role.PANEL_MEMBER, Role.CHAIR} & set(one.roles_here(guard.village_code))
    ]


def _records(session: Session, rows: Sequence[Staff]) -> list[StaffRecord]:
    grants: dict[UUID, list[tuple[str, Role]]] = {row.id: [] for row in rows}
    for staff_id, code, role in session.execute(
        select(RoleGrant.staff_id, RoleGrant.place_code, RoleGrant.role)
        .where(RoleGrant.staff_id.in_(grants))
        .order_by(RoleGrant.place_code, RoleGrant.role)
    ):
        grants[staff_id].append((code, Role(role)))
    return [StaffRecord(row.id, row.sign_in_name, row.name, tuple(grants[row.id])) for row in rows]
