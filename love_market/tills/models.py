"""Tables of tills: the devices, the invitations to become one, and each market's lease."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket


class Till(OfMarket, Base):
    """A device that redeems (兑换机): what proves it, what it sent last, what it says of itself.

    ``last_request`` is the highest number of a request that it signed: a request is taken once. ``last_redemption`` is
    how many of its redemptions are booked: they are numbered 1, 2, 3 … on the device. ``knows_at`` is how fresh its
    copy of the vouchers and goods is; ``unsent`` how many redemptions it said were waiting in it.
    """

    __tablename__ = "till"
    name: Mapped[str] = mapped_column(String(40))
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(65))
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[str] = mapped_column(String(60))
    cut_off_at: Mapped[datetime | None]
    cut_off_by: Mapped[str | None] = mapped_column(String(60))
    last_request: Mapped[int] = mapped_column(BigInteger, default=0)
    last_redemption: Mapped[int] = mapped_column(BigInteger, default=0)
    last_seen_at: Mapped[datetime | None]
    knows_at: Mapped[datetime | None]
    unsent: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint("last_request >= 0", name="last_request"),
        CheckConstraint("last_redemption >= 0", name="last_redemption"),
        CheckConstraint("unsent >= 0", name="unsent"),
    )


class TillInvitation(OfMarket, Base):
    """A one-time code by which a device becomes a till; only the code's hash is kept. Used when ``till_id`` is set."""

    __tablename__ = "till_invitation"
    name: Mapped[str] = mapped_column(String(40))
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60))
    ends_at: Mapped[datetime]
    till_id: Mapped[UUID | None]
    __table_args__ = (
        within_market("till_id", "till", "fk_till_invitation_till"),
        UniqueConstraint("market_id", "code_hash", name="uq_till_invitation_code"),
    )


class LeaseRow(Base):
    """A market's lease: which till may redeem offline, until when. ``till_id`` of None: nobody holds it.

    ``term`` grows with each new holder. ``wanted_at`` is when somebody else asked for it last; ``shared_until`` keeps
    it free for a while after it was given back for others.
    """

    __tablename__ = "lease"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    till_id: Mapped[UUID | None]
    term: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[datetime | None]
    wanted_at: Mapped[datetime | None]
    shared_until: Mapped[datetime | None]
    __table_args__ = (
        within_market("till_id", "till", "fk_lease_till"),
        CheckConstraint("term >= 0", name="term"),
        CheckConstraint("(till_id IS NULL) = (ends_at IS NULL)", name="held"),
    )
