"""Tables of people: households with members and cards (a market's), staff with roles and sessions (reference data)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, new_id, within_market
from love_market.places.models import OfMarket


class Household(OfMarket, Base):
    """A household (户) of one village, the unit of appraisal. No identity number is kept anywhere.

    An informant's (小组信息员) may claim good deeds for every household of its group.
    """

    __tablename__ = "household"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    number: Mapped[str] = mapped_column(String(20))
    head_name: Mapped[str] = mapped_column(String(60))
    group_name: Mapped[str] = mapped_column(String(30), default="")
    grid_name: Mapped[str] = mapped_column(String(30), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    member_count: Mapped[int] = mapped_column(SmallInteger, default=1)
    is_informant: Mapped[bool | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    left_on: Mapped[date | None]
    card_key: Mapped[str | None] = mapped_column(String(32))
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    __table_args__ = (
        UniqueConstraint("market_id", "village_code", "number", name="uq_household_number"),
        UniqueConstraint("market_id", "card_key", name="uq_household_card"),
        CheckConstraint("member_count >= 1", name="member_count"),
    )


class Member(OfMarket, Base):
    """A member of a household (家庭成员), where the roster names them one by one."""

    __tablename__ = "member"
    household_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(60))
    relation: Mapped[str] = mapped_column(String(20), default="")
    position: Mapped[int] = mapped_column(SmallInteger)
    __table_args__ = (
        within_market("household_id", "household", "fk_member_household"),
        UniqueConstraint("market_id", "household_id", "position", name="uq_member_position"),
    )


class Staff(Base):
    """Somebody with a sign-in: committee, panel, grid worker, clerk, overseer. Reference data."""

    __tablename__ = "staff"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    sign_in_name: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("sign_in_name", name="uq_staff_sign_in_name"),)


class RoleGrant(Base):
    """A role held by somebody at a place; it holds for every place below it only for overseers.

    A grid worker's may name the one grid that it is for; without a name it is for all of them.
    """

    __tablename__ = "role_grant"
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id"), primary_key=True)
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    granted_at: Mapped[datetime]
    grid_name: Mapped[str | None] = mapped_column(String(30))
    __table_args__ = (Index("ix_role_grant_place", "place_code", "role"),)


class StaffSession(Base):
    """One sign-in of somebody, ended by signing out or by a change of password."""

    __tablename__ = "staff_session"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id"))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_staff_session_staff", "staff_id", "ended_at"),)


class HouseholdSession(OfMarket, Base):
    """One sign-in of a household with its card and PIN."""

    __tablename__ = "household_session"
    household_id: Mapped[UUID]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        within_market("household_id", "household", "fk_household_session_household"),
        Index("ix_household_session_household", "market_id", "household_id", "ended_at"),
    )


class SignInThrottle(Base):
    """Failed sign-ins of one name or card: after a few, the next try must wait. Reference data."""

    __tablename__ = "sign_in_throttle"
    subject: Mapped[str] = mapped_column(String(100), primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger)
    wait_until: Mapped[datetime]


class Kinship(OfMarket, Base):
    """A member of the panel is of this household or kin to it (本人、亲属), so recuses when it comes up."""

    __tablename__ = "kinship"
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id"))
    household_id: Mapped[UUID]
    relation: Mapped[str] = mapped_column(String(20))
    __table_args__ = (
        within_market("household_id", "household", "fk_kinship_household"),
        UniqueConstraint("market_id", "staff_id", "household_id", name="uq_kinship"),
    )
