"""Tables of penalties with their hearing."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.deeds.models.photos import Photo
from love_market.places.models import OfMarket

_UNCOUNTED = text("state = 'stands' AND counted_in IS NULL")


class Penalty(OfMarket, Base):
    """A penalty (扣分) of a household, from its note or record to the decision on it; it counts only once it stands.

    ``points`` are negative, as recorded; ``decided_points`` are what stands of them. A penalty noted from a workbook
    has no day and no proof yet. It is told by a slip that somebody hands over (``told_by``), or by the household's own
    page; ``replied_by`` is who wrote down what was said on paper, None for the household itself. ``counted_in`` is the
    quarter whose rows were frozen with it; None: it counts in the next one.
    """

    __tablename__ = "penalty"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    household_id: Mapped[UUID]
    rule_id: Mapped[UUID]
    rule_code: Mapped[str] = mapped_column(String(40))
    happened_on: Mapped[date | None]
    times: Mapped[int] = mapped_column(SmallInteger)
    points: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(String(500), default="")
    proof: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10))
    noted_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_penalty_noter"))
    noted_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_penalty_recorder"))
    recorded_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_to: Mapped[str] = mapped_column(String(60), default="")
    told_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_penalty_teller"))
    reply_ends_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(String(500), default="")
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_penalty_replier"))
    decided_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_penalty_decider"))
    decided_at: Mapped[datetime | None]
    decided_points: Mapped[int | None] = mapped_column(SmallInteger)
    decision: Mapped[str] = mapped_column(String(200), default="")
    counted_in: Mapped[str | None] = mapped_column(String(6))
    __table_args__ = (
        within_market("household_id", "household", "fk_penalty_household"),
        within_market("rule_id", "rule", "fk_penalty_rule"),
        CheckConstraint("state IN ('noted', 'recorded', 'told', 'replied', 'stands', 'withdrawn')", name="state"),
        CheckConstraint("times > 0", name="times"),
        CheckConstraint("points < 0", name="points"),
        CheckConstraint("decided_points BETWEEN points AND -1", name="decided_points"),
        CheckConstraint("(told_at IS NULL) = (reply_ends_at IS NULL)", name="told"),
        CheckConstraint("state <> 'stands' OR (told_at IS NOT NULL AND decided_points IS NOT NULL)", name="stands"),
        CheckConstraint("counted_in IS NULL OR state = 'stands'", name="counted_in"),
        Index("ix_penalty_household", "market_id", "household_id", "noted_at"),
        Index("ix_penalty_state", "market_id", "village_code", "state", "noted_at", "id"),
        Index(
            "ix_penalty_uncounted",
            "market_id",
            "village_code",
            postgresql_where=_UNCOUNTED,
            sqlite_where=_UNCOUNTED,
        ),
    )


class PenaltyPhoto(Photo, Base):
    """A photo that proves a penalty, kept as those of deeds are; never public."""

    __tablename__ = "penalty_photo"
    penalty_id: Mapped[UUID]
    __table_args__ = (
        within_market("penalty_id", "penalty", "fk_penalty_photo_penalty"),
        UniqueConstraint("market_id", "penalty_id", "position", name="uq_penalty_photo_position"),
    )
