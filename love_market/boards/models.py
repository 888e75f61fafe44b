"""Tables of the boards: a village's rule of stars, each year's published list, and the warning board's switch.

Each row of a rule or a switch stands until the next one: what was set, when and by whom is never overwritten.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id
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
    """The star households of a year as they were published: not their names, but what they follow from.

    That is the rule's points, the book up to ``entry_number`` whose hash is ``head_hash``, and the vetoes known at
    ``published_at``. One list of a year stands; another can be published once it is withdrawn.
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
    withdrawn_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_star_list_withdrawer"))
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(_RISES, name="rises"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
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


class WarningSwitch(OfMarket, Base):
    """The warning board (警示榜) of a village was turned on or off. No row: it was never on."""

    __tablename__ = "warning_switch"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    is_on: Mapped[bool]
    turned_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_warning_switch_turner"))
    turned_at: Mapped[datetime]
    __table_args__ = (Index("ix_warning_switch_village", "market_id", "village_code", "turned_at"),)
