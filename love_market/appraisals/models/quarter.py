"""Tables of the quarter: appraisal, scores, the rows on notice, objections."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket

_OPEN = text("state <> 'confirmed'")


class Appraisal(OfMarket, Base):
    """A village's appraisal of one quarter (季度评定) and the state it has reached.

    States: ``scoring → deliberating → decided → notice → confirmed``; what comes after (vouchers, redemption) is in
    the books. ``head_hash`` is the book's head when the notice was published.
    """

    __tablename__ = "appraisal"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    quarter: Mapped[str] = mapped_column(String(6))
    rule_version_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(12))
    budget_points: Mapped[int]
    opened_by: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    notice_begins_at: Mapped[datetime | None]
    notice_ends_at: Mapped[datetime | None]
    head_number: Mapped[int | None] = mapped_column(BigInteger)
    head_hash: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(60))
    revision: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        within_market("rule_version_id", "rule_version", "fk_appraisal_rule_version"),
        UniqueConstraint("market_id", "village_code", "quarter", name="uq_appraisal_quarter"),
        Index("ix_appraisal_recent", "market_id", "quarter"),
        Index("ix_appraisal_open", "market_id", "quarter", postgresql_where=_OPEN, sqlite_where=_OPEN),
        CheckConstraint("state IN ('scoring', 'deliberating', 'decided', 'notice', 'confirmed')", name="state"),
        CheckConstraint("budget_points >= 0", name="budget_points"),
    )


class Score(Base):
    """What was entered in one cell by hand: points beyond those that accepted deeds bring. No row: nothing entered."""

    __tablename__ = "score"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    appraisal_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    household_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    points: Mapped[int] = mapped_column(SmallInteger)
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime]
    __table_args__ = (
        within_market("appraisal_id", "appraisal", "fk_score_appraisal"),
        within_market("household_id", "household", "fk_score_household"),
        within_market("rule_id", "rule", "fk_score_rule"),
    )


class ScoreChange(OfMarket, Base):
    """One saved batch of cells (a keystroke, a paste, an import) with what stood there before, so it can be undone."""

    __tablename__ = "score_change"
    appraisal_id: Mapped[UUID]
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    revision: Mapped[int]
    source: Mapped[str] = mapped_column(String(10))
    cells: Mapped[list[Any]] = mapped_column(JSON)
    undone_by: Mapped[UUID | None]
    __table_args__ = (
        within_market("appraisal_id", "appraisal", "fk_score_change_appraisal"),
        UniqueConstraint("market_id", "appraisal_id", "revision", name="uq_score_change_revision"),
    )


class AppraisalRow(Base):
    """A household's row on the public notice, frozen when it was published.

    It is made when the sheet is submitted, so that the panel votes on what will be published. ``lines`` is a list of
    ``{"rule_id", "code", "name", "category", "entered", "counted", "from_deeds"}`` (points), with ``corrected_from``
    where the meeting or an upheld objection changed it, and in such a row ``submitted``: what each line counted for
    when the sheet was submitted. States: ``listed`` (on notice), ``contested`` (held by an
    open objection), ``held`` (the panel did not carry it), ``confirmed`` (awarded).
    """

    __tablename__ = "appraisal_row"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    appraisal_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    household_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    points: Mapped[int]
    lines: Mapped[list[Any]] = mapped_column(JSON)
    award_entry_number: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        within_market("appraisal_id", "appraisal", "fk_appraisal_row_appraisal"),
        within_market("household_id", "household", "fk_appraisal_row_household"),
        Index("ix_appraisal_row_open", "market_id", "appraisal_id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        CheckConstraint("state IN ('listed', 'contested', 'held', 'confirmed')", name="state"),
        CheckConstraint("points >= 0", name="points"),
    )


class Objection(OfMarket, Base):
    """An objection (异议) to one row of the notice, with its reply; an upheld one corrects the row's points."""

    __tablename__ = "objection"
    appraisal_id: Mapped[UUID]
    household_id: Mapped[UUID]
    raised_by: Mapped[str] = mapped_column(String(60))
    contact: Mapped[str] = mapped_column(String(40), default="")
    words: Mapped[str] = mapped_column(String(500))
    raised_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    reply: Mapped[str] = mapped_column(String(500), default="")
    replied_by: Mapped[str | None] = mapped_column(String(60))
    replied_at: Mapped[datetime | None]
    __table_args__ = (
        within_market("appraisal_id", "appraisal", "fk_objection_appraisal"),
        within_market("household_id", "household", "fk_objection_household"),
        CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="state"),
        Index("ix_objection_appraisal", "market_id", "appraisal_id", "state"),
    )
