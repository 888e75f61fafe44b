"""Who may do what: roles, the guard every service and query takes, and how names are shown in public."""

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from love_market.errors import Denied, Invalid, NotFound, Refused, words

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_NAME = 60
_FREE_FAILURES = 4
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
FORGET_FAILURES_AFTER = timedelta(days=1)


class Role(StrEnum):
    """What somebody is at a place. Overseers see all places below theirs; the others act at one village."""

    COUNTY_OVERSEER = "county_overseer"
    TOWNSHIP_OVERSEER = "township_overseer"
    RECORDER = "recorder"
    CHAIR = "chair"
    PANEL_MEMBER = "panel_member"
    GRID_WORKER = "grid_worker"
    CLERK = "clerk"

    @property
    def label(self) -> str:
        """The role as the village says it."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.COUNTY_OVERSEER: words("县级查看"),
    Role.TOWNSHIP_OVERSEER: words("乡镇查看"),
    Role.RECORDER: words("记录员"),
    Role.CHAIR: words("主任"),
    Role.PANEL_MEMBER: words("评议员"),
    Role.GRID_WORKER: words("网格员"),
    Role.CLERK: words("超市管理员"),
}
OVERSEERS = frozenset({Role.COUNTY_OVERSEER, Role.TOWNSHIP_OVERSEER})
COMMITTEE = frozenset({Role.RECORDER, Role.CHAIR})
VILLAGE_STAFF = frozenset(Role) - OVERSEERS
JUDGES = VILLAGE_STAFF - {Role.CLERK}


class RoleMissing(Denied):
    """The person asking does not hold a role that may do this."""


class SignInFailed(Invalid):
    """The name and password, or the card and PIN, do not match."""


class SignInTooSoon(Refused):
    """After failed sign-ins the next try must wait."""


class PasswordTooWeak(Invalid):
    """A new password is too short, or is the name."""


class SignInNameTaken(Refused):
    """Somebody else signs in with this name."""


class RolesClash(Refused):
    """Two roles that one person may not hold at one village: who records does not confirm."""


class StaffOfElsewhere(Refused):
    """Somebody also has work at other places, so only a place above may change the password."""


class OwnChair(Refused):
    """A chair may not take the own chair away, or nobody is left to give it back."""


class NoSuchStaff(NotFound):
    """Nobody with a role at this village has this id."""


class NoSuchHousehold(NotFound):
    """No household of this village has this id."""


class HouseholdNumberTaken(Refused):
    """Another household of the village has this number."""


class NoSuchCard(NotFound):
    """No household has this card now."""


class SameHousehold(Refused):
    """A person may not act on a deed or row of the own household."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Who asks, and within which walls: every service and query takes one and never looks outside it.

    ``actor`` is what the books write down: ``staff:<hex id>``, ``household:<hex id>``, ``till:<hex id>``, ``system`` or
    ``public``.
    """

    market_id: UUID
    village_code: str
    actor: str
    name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    staff_id: UUID | None = None
    household_id: UUID | None = None

    @classmethod
    def public(cls, market_id: UUID, village_code: str) -> Self:
        """Return the guard of anybody who reads a public page."""
        return cls(market_id, village_code, "public")

    @classmethod
    def of_staff(cls, market_id: UUID, village_code: str, staff_id: UUID, name: str, *roles: Role) -> Self:
        """Return the guard of a member of staff with these roles at this village."""
        return cls(market_id, village_code, f"staff:{staff_id.hex}", name, frozenset(roles), staff_id)

    @classmethod
    def of_household(cls, market_id: UUID, village_code: str, household_id: UUID, name: str) -> Self:
        """Return the guard of a household that signed in with its card."""
        return cls(market_id, village_code, f"household:{household_id.hex}", name, household_id=household_id)

    def require(self, *roles: Role) -> None:
        """Raise ``RoleMissing`` unless one of these roles is held."""
        if not self.roles & set(roles):
            titles = "、".join(role.label for role in roles)
            raise RoleMissing(words("这一步要由{titles}来办。"), titles=titles)

    def require_staff(self) -> UUID:
        """Return the staff id; raise ``RoleMissing`` for anybody else."""
        if self.staff_id is None:
            raise RoleMissing(words("请先用工作人员的账号登录。"))
        return self.staff_id

    def require_household(self) -> UUID:
        """Return the household id; raise ``RoleMissing`` for anybody else."""
        if self.household_id is None:
            raise RoleMissing(words("这里要用农户的卡登录。"))
        return self.household_id


def mask_name(name: str) -> str:
    """Return a name as public pages show it: the family name and two stars (孔**)."""
    return f"{name[:1]}**" if name else ""


def wait_after(failures: int) -> timedelta:
    """Return how long the next try must wait after so many failures in a row: none, 30 s, 60 s … 15 minutes."""
    if failures <= _FREE_FAILURES:
        return timedelta()
    doublings = min(failures - _FREE_FAILURES - 1, 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def sign_in_name_key(text: str) -> str:
    """Return a sign-in name as it is kept and compared: half-width, small letters, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def check_password(password: str, *names: str) -> None:
    """Raise ``PasswordTooWeak`` for a password under ten characters, one character repeated, or one of the names."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooWeak(words("密码至少要 {count} 个字符。可以用几个好记的词连起来。"), count=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooWeak(words("密码最多 {count} 个字符。"), count=LONGEST_PASSWORD)
    key = sign_in_name_key(password)
    if len(set(key)) <= 1 or any(name and key.replace(sign_in_name_key(name), "") == "" for name in names):
        raise PasswordTooWeak(words("密码不能就是名字，也不能是同一个字符。请换一个。"))


def check_roles(roles: frozenset[Role]) -> None:
    """Raise ``RolesClash`` where one person would both record and confirm (``domain.md`` §5: two-person review)."""
    if {Role.RECORDER, Role.CHAIR} <= roles:
        raise RolesClash(words("记录员和主任不能是同一个人：分数要由另一个人认定。请把其中一个角色交给别人。"))


def number_key(number: str) -> str:
    """Return what tells household numbers apart: ``003`` and ``3`` are one, ``A-03`` and ``A-3`` are two."""
    return (number.lstrip("0") or "0") if number.isdecimal() else number.upper()
