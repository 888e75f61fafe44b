"""Tables of places and markets. A place is reference data; everything else in the program belongs to a market."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, new_id


class Installation(Base):
    """The one row that says what this database is: a demonstration, or real."""

    __tablename__ = "installation"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1, autoincrement=False)
    demonstration: Mapped[bool]
    created_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class Place(Base):
    """A county, township, village or community by its statistical division code. Reference data.

    ``market_id`` routes a village to the market that serves it. It is no foreign key: reference data never points
    at a market's table, so that the books can be spread by market.
    """

    __tablename__ = "place"
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code", name="fk_place_parent"))
    market_id: Mapped[UUID | None]
    __table_args__ = (
        CheckConstraint("level IN ('county', 'township', 'village', 'community')", name="level"),
        Index("ix_place_parent", "parent_code", "code"),
        Index("ix_place_market", "market_id"),
    )


class Market(Base):
    """A love supermarket (爱心超市): keeps one book, serves one village or several, and has its own settings.

    ``moved_to`` says, for people, where a market that moved to another database is kept now; None: it is kept here.
    ``lease_hours`` is how long a till may redeem offline after it was last heard of, ``offline_new_points`` up to how
    many points offline from a voucher that is newer than what it knows. ``penalty_reply_days`` is how long a household
    may answer a penalty, ``penalty_public_days`` how long after its notice the public sees one. None: as usual (see
    ``queries.settings``).
    ``reset_month`` and ``reset_day`` say when in the year points that were not spent are cleared; None: never.
    """

    __tablename__ = "market"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    notice_days: Mapped[int] = mapped_column(SmallInteger, default=5)
    voucher_valid_days: Mapped[int] = mapped_column(SmallInteger, default=180)
    vouchers_in_denominations: Mapped[bool] = mapped_column(default=False)
    vouchers_a_sheet: Mapped[int] = mapped_column(SmallInteger, default=8)
    minimum_redemption_points: Mapped[int] = mapped_column(SmallInteger, default=1)
    quarter_budget_points: Mapped[int] = mapped_column(default=5000)
    lease_hours: Mapped[int | None] = mapped_column(SmallInteger)
    offline_new_points: Mapped[int | None] = mapped_column(SmallInteger)
    penalty_reply_days: Mapped[int | None] = mapped_column(SmallInteger)
    penalty_public_days: Mapped[int | None] = mapped_column(SmallInteger)
    moved_to: Mapped[str | None] = mapped_column(String(200))
    reset_month: Mapped[int | None] = mapped_column(SmallInteger)
    reset_day: Mapped[int | None] = mapped_column(SmallInteger)
    proxy_daily_households: Mapped[int | None] = mapped_column(SmallInteger)
    __table_args__ = (
        CheckConstraint("notice_days BETWEEN 3 AND 30", name="notice_days"),
        CheckConstraint("voucher_valid_days BETWEEN 30 AND 1100", name="voucher_valid_days"),
        CheckConstraint("vouchers_a_sheet IN (6, 8)", name="vouchers_a_sheet"),
        CheckConstraint("minimum_redemption_points >= 1", name="minimum_redemption"),
        CheckConstraint("quarter_budget_points >= 0", name="quarter_budget"),
        CheckConstraint("lease_hours BETWEEN 1 AND 336", name="lease_hours"),
        CheckConstraint("offline_new_points BETWEEN 0 AND 1000", name="offline_new_points"),
        CheckConstraint("reset_month BETWEEN 0 AND 12", name="reset_month"),
        CheckConstraint("reset_day BETWEEN 1 AND 28", name="reset_day"),
        CheckConstraint("penalty_reply_days BETWEEN 3 AND 30", name="penalty_reply_days"),
        CheckConstraint("penalty_public_days BETWEEN 1 AND 365", name="penalty_public_days"),
        CheckConstraint("proxy_daily_households BETWEEN 0 AND 100", name="proxy_daily_households"),
    )


class OfMarket:
    """Mixin of a market's table: ``(market_id, id)`` is its key, the market first, and never changes."""

    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)


class SettingChange(OfMarket, Base):
    """One setting of a market was changed (decision 27): written with the change, never overwritten or removed.

    ``name`` is the market's column, both values are what then stood, a switch as 0 or 1. ``change_key`` is the key
    that the settings were saved with; each setting changes once under it.
    """

    __tablename__ = "setting_change"
    change_key: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(40))
    from_value: Mapped[int]
    to_value: Mapped[int]
    changed_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_setting_change_changer"))
    changed_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("market_id", "change_key", "name", name="uq_setting_change_key"),
        CheckConstraint("from_value <> to_value", name="changed"),
        Index("ix_setting_change_recent", "market_id", "changed_at"),
    )
