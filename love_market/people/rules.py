"""Who may do what: roles, the guard every service and query takes, and how names are shown in public."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from uuid import UUID

from love_market.errors import Denied, Invalid, Refused, words


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


class RoleMissing(Denied):
    """The person asking does not hold a role that may do this."""


class SignInFailed(Invalid):
    """The name and password, or the card and PIN, do not match."""


class SignInTooSoon(Refused):
    """After failed sign-ins the next try must wait."""


class SameHousehold(Refused):
    """A person may not act on a deed or row of the own household."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Who asks, and within which walls: every service and query takes one and never looks outside it.

    ``actor`` is what the books write down: ``staff:<hex id>``, ``household:<hex id>``, ``system`` or ``public``.
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


def mask_name(name: str) -> str:
    """Return a name as public pages show it: the family name and two stars (孔**)."""
    return f"{name[:1]}**" if name else ""
