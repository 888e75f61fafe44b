"""Tables of the counter: what each redemption handed out, and from which vouchers it was paid."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket


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
