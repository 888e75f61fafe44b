"""Tables of claims of good deeds, with evidence and review."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.deeds.models.photos import Photo
from love_market.places.models import OfMarket


class Deed(OfMarket, Base):
    """A claimed deed (申报) of a household on a day: ``times`` units of a rule.

    Told by a member of staff (``recorded_by``) or by a household with its card (``claimant_id``: the own household, or
    an informant's). While ``claimed`` it waits for the first review (初审), and once ``first_reviewed_by`` is known for
    the second (复核). ``again_of`` is the refused claim that it is told again for. ``sound_sha256`` names the spoken
    words, a file of ``sound_kind``.
    """

    __tablename__ = "deed"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    household_id: Mapped[UUID]
    member_name: Mapped[str] = mapped_column(String(60), default="")
    rule_id: Mapped[UUID]
    rule_code: Mapped[str] = mapped_column(String(40))
    done_on: Mapped[date]
    times: Mapped[int] = mapped_column(SmallInteger)
    points: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(10))
    recorded_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id"))
    claimant_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    again_of: Mapped[UUID | None]
    sound_sha256: Mapped[str | None] = mapped_column(String(64))
    sound_kind: Mapped[str | None] = mapped_column(String(5))
    first_reviewed_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_deed_first_reviewer"))
    first_reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_deed_reviewer"))
    reviewed_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (
        within_market("household_id", "household", "fk_deed_household"),
        within_market("rule_id", "rule", "fk_deed_rule"),
        within_market("claimant_id", "household", "fk_deed_claimant"),
        within_market("again_of", "deed", "fk_deed_again_of"),
        CheckConstraint("(recorded_by IS NULL) <> (claimant_id IS NULL)", name="teller"),
        CheckConstraint("state IN ('claimed', 'accepted', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("times > 0", name="times"),
        Index("ix_deed_village", "market_id", "village_code", "state", "done_on"),
        Index("ix_deed_household", "market_id", "household_id", "done_on"),
        Index("ix_deed_claimant", "market_id", "claimant_id", "recorded_at"),
        Index("ix_deed_recorded", "market_id", "village_code", "recorded_at", "id"),
        Index("ix_deed_state", "market_id", "village_code", "state", "recorded_at", "id"),
    )


class DeedPhoto(Photo, Base):
    """A photo of a deed.

    ``looks`` are four dHashes of 64 bits, as 16 hex digits each: upright, and turned by one, two and three quarters.
    None for a photo kept before they were; empty for one that shows nothing.
    """

    __tablename__ = "deed_photo"
    deed_id: Mapped[UUID]
    looks: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        within_market("deed_id", "deed", "fk_deed_photo_deed"),
        UniqueConstraint("market_id", "deed_id", "position", name="uq_deed_photo_position"),
    )
