"""Writing staff: who works here, in which roles, and who left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from love_market.errors import Invalid, words
from love_market.people import queries, token
from love_market.people.models import RoleGrant, Staff
from love_market.people.rules import (
    LONGEST_NAME,
    OVERSEERS,
    VILLAGE_STAFF,
    Guard,
    OwnChair,
    Role,
    RoleMissing,
    SignInNameTaken,
    StaffOfElsewhere,
    check_password,
    check_roles,
    sign_in_name_key,
)
from love_market.people.service.sign_in import end_all_sessions


def add_staff(
    session: Session,
    *,
    name: str,
    sign_in_name: str,
    password: str,
    grants: Sequence[tuple[str, Role]],
    at: datetime,
    key: UUID,
) -> UUID:
    """Add somebody with a sign-in and roles ``(place_code, role)``; the id is ``key``.

    Who may give these roles is asked before (``check_may_give``). Raises ``SignInNameTaken``, ``PasswordTooWeak``,
    ``RolesClash``, ``Invalid``.
    """
    if session.get(Staff, key) is not None:
        return key
    name, sign_in_name = name.strip(), sign_in_name_key(sign_in_name)
    if not name or not sign_in_name or max(len(name), len(sign_in_name)) > LONGEST_NAME:
        raise Invalid(words("姓名和登录名都要填，最多 {limit} 个字。"), limit=LONGEST_NAME)
    if session.scalar(select(Staff.id).where(Staff.sign_in_name == sign_in_name)) is not None:
        raise SignInNameTaken(words("登录名“{name}”已经有人用了，请换一个。"), name=sign_in_name)
    check_password(password, name, sign_in_name)
    for code in {code for code, _role in grants}:
        check_roles(frozenset(role for at_code, role in grants if at_code == code))
    password_hash = token.hash_password(password)
    session.add(Staff(id=key, sign_in_name=sign_in_name, name=name, password_hash=password_hash, created_at=at))
    session.flush()
    session.add_all(
        RoleGrant(staff_id=key, place_code=code, role=role, granted_at=at) for code, role in sorted(set(grants))
    )
    session.flush()
    return key


def check_may_give(guard: Guard, roles: frozenset[Role]) -> None:
    """Raise ``RoleMissing`` unless the chair, or an overseer, gives roles of the village's own."""
    guard.require(Role.CHAIR, *OVERSEERS)
    if not roles <= VILLAGE_STAFF:
        raise RoleMissing(words("乡镇和县里的账号不在村里开，请找县里的管理员。"))


def set_roles(session: Session, guard: Guard, staff_id: UUID, roles: frozenset[Role], *, at: datetime) -> None:
    """Give somebody exactly these roles at the guard's village; what they hold elsewhere stays.

    Raises ``NoSuchStaff``, ``RoleMissing``, ``RolesClash``, and ``OwnChair`` for the own chair.
    """
    check_may_give(guard, roles)
    check_roles(roles)
    held = frozenset(queries.staff_member(session, guard, staff_id).roles_here(guard.village_code))
    _keep_own_chair(guard, staff_id, roles)
    for role in held - roles:
        revoke(session, guard, staff_id, role)
    for role in roles - held:
        grant(session, guard, staff_id, role, at=at)


def grant(session: Session, guard: Guard, staff_id: UUID, role: Role, *, at: datetime) -> None:
    """Give somebody a role at the guard's village; one that is held stays as it is. Raises ``RolesClash``."""
    check_may_give(guard, frozenset({role}))
    session.get_one(Staff, staff_id)
    held = _roles(session, guard, staff_id)
    check_roles(held | {role})
    if role not in held:
        session.add(RoleGrant(staff_id=staff_id, place_code=guard.village_code, role=role, granted_at=at))
        session.flush()


def set_grid(session: Session, guard: Guard, staff_id: UUID, grid_name: str) -> None:
    """Say which grid a grid worker of the village is for; without a name, for all of them."""
    check_may_give(guard, frozenset({Role.GRID_WORKER}))
    session.execute(
        update(RoleGrant)
        .where(
            RoleGrant.staff_id == staff_id,
            RoleGrant.place_code == guard.village_code,
            RoleGrant.role == Role.GRID_WORKER,
        )
        .values(grid_name=grid_name)
    )


def revoke(session: Session, guard: Guard, staff_id: UUID, role: Role) -> None:
    """Take a role at the guard's village from somebody."""
    check_may_give(guard, frozenset({role}))
    _keep_own_chair(guard, staff_id, _roles(session, guard, staff_id) - {role})
    session.execute(
        delete(RoleGrant).where(
            RoleGrant.staff_id == staff_id, RoleGrant.place_code == guard.village_code, RoleGrant.role == role
        )
    )


def leave(session: Session, guard: Guard, staff_id: UUID, *, at: datetime) -> None:
    """Note that somebody no longer works at the guard's village.

    All roles here end; who has none elsewhere can no longer sign in, and every sign-in ends at once.
    """
    queries.staff_member(session, guard, staff_id)
    for role in _roles(session, guard, staff_id):
        revoke(session, guard, staff_id, role)
    if session.scalar(select(RoleGrant.role).where(RoleGrant.staff_id == staff_id).limit(1)) is None:
        session.get_one(Staff, staff_id).left_at = at
    end_all_sessions(session, staff_id, at=at)


def set_password(session: Session, guard: Guard, staff_id: UUID, password: str, *, at: datetime) -> None:
    """Give somebody of the village a new password, for one forgotten; every sign-in of theirs ends.

    Raises ``StaffOfElsewhere`` for somebody with work at other places: their password opens more than this village.
    """
    guard.require(Role.CHAIR, *OVERSEERS)
    record = queries.staff_member(session, guard, staff_id)
    if any(code != guard.village_code for code, _role in record.grants):
        raise StaffOfElsewhere(words("{name}在别处也有工作，密码要请上级来重设。"), name=record.name)
    check_password(password, record.name, record.sign_in_name)
    session.get_one(Staff, staff_id).password_hash = token.hash_password(password)
    end_all_sessions(session, staff_id, at=at)


def _roles(session: Session, guard: Guard, staff_id: UUID) -> frozenset[Role]:
    rows = session.scalars(
        select(RoleGrant.role).where(RoleGrant.staff_id == staff_id, RoleGrant.place_code == guard.village_code)
    )
    return frozenset(Role(role) for role in rows)


def _keep_own_chair(guard: Guard, staff_id: UUID, roles: frozenset[Role]) -> None:
    if guard.staff_id == staff_id and Role.CHAIR in guard.roles and Role.CHAIR not in roles:
        raise OwnChair(words("不能自己撤自己的主任。请由接任的主任或乡镇来撤。"))
