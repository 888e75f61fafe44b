"""Tables of the boards: a village's rule of stars, each year's published list, and the warning board's switch.

Each row of a rule or a switch stands until the next one: what was set, when and by whom is never overwritten.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket

STANDING = text("withdrawn_at IS NULL")
_RISES = "three_points BETWEEN 1 AND four_points - 1 AND four_points < five_points"


class StarRule(OfMarket, Base):
    """How many honour points of a year make three, four and five stars at a village, from ``set_at`` on."""

    __tablename__ = "star_rule"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    three_points: Mapped[int]
    four_points: Mapped[int]
    five_points: Mapped[int]
    set_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_star_rule_setter"))
    set_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(_RISES, name="rises"),
        Index("ix_star_rule_village", "market_id", "village_code", "set_at"),
    )


class StarList(OfMarket, Base):
    """The star households of a year as they were published: what they follow from, and in ``StarListRow`` who they are.

    They follow from the rule's points, the book up to ``entry_number`` whose hash is ``head_hash``, and the vetoes
    known at ``published_at``. One list of a year stands; the next one corrects (更正) the list ``corrects_id``, for the
    ``reason`` said. ``household_count`` is None where lists were published before their rows were kept.
    """

    __tablename__ = "star_list"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    year: Mapped[int] = mapped_column(SmallInteger)
    three_points: Mapped[int]
    four_points: Mapped[int]
    five_points: Mapped[int]
    entry_number: Mapped[int] = mapped_column(BigInteger)
    head_hash: Mapped[str] = mapped_column(String(64))
    published_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_star_list_publisher"))
    published_at: Mapped[datetime]
    household_count: Mapped[int | None]
    corrects_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    withdrawn_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_star_list_withdrawer"))
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(_RISES, name="rises"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        within_market("corrects_id", "star_list", "fk_star_list_corrects"),
        Index(
            "uq_star_list_standing",
            "market_id",
            "village_code",
            "year",
            unique=True,
            postgresql_where=STANDING,
            sqlite_where=STANDING,
        ),
    )


class StarListRow(Base):
    """A household with stars on a published list, as it was printed then: only added, whatever becomes of it."""

    __tablename__ = "star_list_row"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    star_list_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    household_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    masked_name: Mapped[str] = mapped_column(String(20))
    group_name: Mapped[str] = mapped_column(String(30))
    points: Mapped[int]
    stars: Mapped[int] = mapped_column(SmallInteger)
    __table_args__ = (
        within_market("star_list_id", "star_list", "fk_star_list_row_list"),
        within_market("household_id", "household", "fk_star_list_row_household"),
        CheckConstraint("stars BETWEEN 3 AND 5", name="stars"),
    )


class WarningSwitch(OfMarket, Base):
    """The warning board (警示榜) of a village was turned on or off. No row: it was never on."""

    __tablename__ = "warning_switch"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    is_on: Mapped[bool]
    turned_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_warning_switch_turner"))
    turned_at: Mapped[datetime]
    __table_args__ = (Index("ix_warning_switch_village", "market_id", "village_code", "turned_at"),)
