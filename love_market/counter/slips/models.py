"""Tables of the blackout pad: the pads that were printed, and a row for each slip that was entered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket

OPEN = text("state IN ('again', 'once', 'differs', 'waiting')")
"""The condition of ``ix_slip_open``: slips that were entered and are not done with."""
_Typed = JSON(none_as_null=True)


class SlipPad(OfMarket, Base):
    """A pad of slips (停电本), numbered on from the market's last one. Its id is the asker's key."""

    __tablename__ = "slip_pad"
    made_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    first_number: Mapped[int]
    last_number: Mapped[int]
    __table_args__ = (
        UniqueConstraint("market_id", "first_number", name="uq_slip_pad_first_number"),
        CheckConstraint("first_number >= 1 AND last_number >= first_number", name="numbers"),
    )


class Slip(Base):
    """A slip that was entered: what each typing said, who typed it, what both agree on, what became of it.

    States: see ``slips.rules``. ``redemption_key`` is what it is booked with; ``refusal`` is the sentence, with its
    values, of what refused the booking while it waits.
    """

    __tablename__ = "slip"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    pad_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(10))
    state_reason: Mapped[str] = mapped_column(String(200), default="")
    state_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_slip_state_by"))
    state_at: Mapped[datetime]
    first_typing: Mapped[dict[str, Any] | None] = mapped_column(_Typed)
    first_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_slip_first_by"))
    first_at: Mapped[datetime | None]
    second_typing: Mapped[dict[str, Any] | None] = mapped_column(_Typed)
    second_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_slip_second_by"))
    second_at: Mapped[datetime | None]
    agreed: Mapped[dict[str, Any] | None] = mapped_column(_Typed)
    settled_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_slip_settled_by"))
    settled_at: Mapped[datetime | None]
    redemption_key: Mapped[UUID]
    redemption_id: Mapped[UUID | None]
    refusal: Mapped[dict[str, Any] | None] = mapped_column(_Typed)
    __table_args__ = (
        within_market("pad_id", "slip_pad", "fk_slip_pad"),
        within_market("redemption_id", "redemption", "fk_slip_redemption"),
        CheckConstraint("state IN ('again', 'once', 'differs', 'waiting', 'booked', 'spoiled')", name="state"),
        CheckConstraint("(state = 'booked') = (redemption_id IS NOT NULL)", name="booked"),
        Index("ix_slip_open", "market_id", "number", postgresql_where=OPEN, sqlite_where=OPEN),
    )
