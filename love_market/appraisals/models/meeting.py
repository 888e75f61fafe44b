"""Tables of the panel's meeting: who came, what was raised and voted on, words beside the minutes, the signed copy."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket


class Meeting(OfMarket, Base):
    """A meeting of the panel (评议会) on a quarter, kept as it goes.

    ``outcome`` is None while it goes on, ``carried`` once it was closed and the quarter moved on, ``returned`` where
    the sheet went back to scoring instead; a quarter has at most one that goes on or was carried. Both counts are of
    the panel as it was at the close; ``household_count`` and ``list_points`` say then what the list came to, with what
    the meeting changed. ``closed_key`` is the key it was closed with.
    """

    __tablename__ = "meeting"
    appraisal_id: Mapped[UUID]
    held_on: Mapped[date]
    place_name: Mapped[str] = mapped_column(String(60), default="")
    chaired_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", name="fk_meeting_chaired_by"))
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", name="fk_meeting_written_by"))
    panel_count: Mapped[int] = mapped_column(SmallInteger)
    present_count: Mapped[int] = mapped_column(SmallInteger)
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(10))
    closed_at: Mapped[datetime | None]
    closed_key: Mapped[UUID | None]
    household_count: Mapped[int | None]
    list_points: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (
        within_market("appraisal_id", "appraisal", "fk_meeting_appraisal"),
        Index("ix_meeting_appraisal", "market_id", "appraisal_id"),
        CheckConstraint("outcome IN ('carried', 'returned')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed"),
    )


class Attendance(Base):
    """A member of the panel is here, or not; once the meeting is closed, whether they were there."""

    __tablename__ = "attendance"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id"), primary_key=True)
    present: Mapped[bool]
    __table_args__ = (within_market("meeting_id", "meeting", "fk_attendance_meeting"),)


class Proposal(OfMarket, Base):
    """A change to one rule's points of one household that somebody asked for at the meeting; points are totals."""

    __tablename__ = "proposal"
    meeting_id: Mapped[UUID]
    household_id: Mapped[UUID]
    rule_id: Mapped[UUID]
    points_before: Mapped[int] = mapped_column(SmallInteger)
    points: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(200))
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id", name="fk_proposal_raised_by"))
    raised_at: Mapped[datetime]
    __table_args__ = (
        within_market("meeting_id", "meeting", "fk_proposal_meeting"),
        within_market("household_id", "household", "fk_proposal_household"),
        within_market("rule_id", "rule", "fk_proposal_rule"),
        Index("ix_proposal_meeting", "market_id", "meeting_id"),
    )


class Resolution(OfMarket, Base):
    """A vote: on the whole list (no household), on a household whose kin recused, or on a proposal.

    Votes are only added: of several on one item the one of the largest ``number`` counts. ``voters`` and ``recused``
    are lists of staff ids (hex) as it was when they voted; None in votes from before they were kept by name.
    """

    __tablename__ = "resolution"
    meeting_id: Mapped[UUID]
    household_id: Mapped[UUID | None]
    proposal_id: Mapped[UUID | None]
    number: Mapped[int | None] = mapped_column(SmallInteger)
    recused_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    votes_for: Mapped[int] = mapped_column(SmallInteger)
    votes_against: Mapped[int] = mapped_column(SmallInteger)
    votes_abstained: Mapped[int] = mapped_column(SmallInteger)
    carried: Mapped[bool]
    voters: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    recused: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    voted_at: Mapped[datetime | None]
    __table_args__ = (
        within_market("meeting_id", "meeting", "fk_resolution_meeting"),
        within_market("household_id", "household", "fk_resolution_household"),
        within_market("proposal_id", "proposal", "fk_resolution_proposal"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND votes_abstained >= 0", name="votes"),
        Index("ix_resolution_meeting", "market_id", "meeting_id"),
    )


class MeetingNote(OfMarket, Base):
    """Words beside the minutes: what was said while the meeting went on, an addition or correction afterwards."""

    __tablename__ = "meeting_note"
    meeting_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(String(500))
    written_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id", name="fk_meeting_note_written_by"))
    written_at: Mapped[datetime]
    __table_args__ = (
        within_market("meeting_id", "meeting", "fk_meeting_note_meeting"),
        Index("ix_meeting_note_meeting", "market_id", "meeting_id"),
    )


class SignedCopy(OfMarket, Base):
    """A file of the signed minutes, photo or PDF, kept under its SHA-256; a wrong one is taken back, not unwritten."""

    __tablename__ = "signed_copy"
    meeting_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(4))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    kept_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id", name="fk_signed_copy_kept_by"))
    kept_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", name="fk_signed_copy_taken_back"))
    __table_args__ = (
        within_market("meeting_id", "meeting", "fk_signed_copy_meeting"),
        Index("ix_signed_copy_meeting", "market_id", "meeting_id"),
        CheckConstraint("kind IN ('jpg', 'pdf')", name="kind"),
    )
