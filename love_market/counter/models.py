"""Tables of the counter: what each redemption handed out, and from which vouchers it was paid."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket

OPEN = text("state = 'open'")


class Redemption(OfMarket, Base):
    """A redemption (兑换): one entry of the books with its point legs and goods legs. Its id is the asker's key."""

    __tablename__ = "redemption"
    entry_number: Mapped[int] = mapped_column(BigInteger)
    clerk_id: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id"))
    redeemed_at: Mapped[datetime]
    total_points: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str] = mapped_column(String(200), default="")
    undo_entry_number: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        UniqueConstraint("market_id", "entry_number", name="uq_redemption_entry"),
        Index("ix_redemption_at", "market_id", "redeemed_at"),
    )


class RedemptionGood(Base):
    """So many of a good at a price in points each, taken from one lot."""

    __tablename__ = "redemption_good"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    redemption_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    good_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    quantity: Mapped[int]
    points_each: Mapped[int]
    __table_args__ = (
        within_market("redemption_id", "redemption", "fk_redemption_good_redemption"),
        within_market("good_id", "good", "fk_redemption_good_good"),
        within_market("lot_id", "lot", "fk_redemption_good_lot"),
        CheckConstraint("quantity > 0", name="quantity"),
    )


class RedemptionVoucher(Base):
    """So many points paid from one voucher, and what was left on it."""

    __tablename__ = "redemption_voucher"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    redemption_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    voucher_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    amount_points: Mapped[int]
    balance_after_points: Mapped[int]
    __table_args__ = (
        within_market("redemption_id", "redemption", "fk_redemption_voucher_redemption"),
        within_market("voucher_id", "voucher", "fk_redemption_voucher_voucher"),
        CheckConstraint("amount_points > 0", name="amount_points"),
        Index("ix_redemption_voucher_voucher", "market_id", "voucher_id"),
    )


class TillRedemption(Base):
    """A redemption that was made at a till: which, its number there, and when it reached the books.

    ``offline``: it had happened before the books heard of it. Numbers of a till run 1, 2, 3 …: one that is missing
    here is still on the device.
    """

    __tablename__ = "till_redemption"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    redemption_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    till_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(BigInteger)
    offline: Mapped[bool]
    booked_at: Mapped[datetime]
    __table_args__ = (
        within_market("redemption_id", "redemption", "fk_till_redemption_redemption"),
        within_market("till_id", "till", "fk_till_redemption_till"),
        CheckConstraint("number >= 1", name="number"),
        Index("ix_till_redemption_till", "market_id", "till_id", "number"),
    )


class Dispute(Base):
    """What a redemption that had happened already lacked when it was booked (争议), until the committee settles it.

    The amounts are in the books: the accounts ``disputed`` of the redemption, in points and in goods. ``reason`` says
    in words what did not fit, ``note`` what the committee decided.
    """

    __tablename__ = "dispute"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    redemption_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reason: Mapped[str] = mapped_column(String(600))
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(60))
    settle_entry_number: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (
        within_market("redemption_id", "redemption", "fk_dispute_redemption"),
        CheckConstraint("state IN ('open', 'accepted', 'charged', 'corrected', 'undone')", name="state"),
        Index("ix_dispute_open", "market_id", "opened_at", postgresql_where=OPEN, sqlite_where=OPEN),
    )
