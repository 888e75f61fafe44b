"""Reading the panel's meeting: who came, how they voted, and whose kin had to recuse themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Attendance, Meeting, Resolution
from love_market.appraisals.rules import Votes
from love_market.people import queries as people
from love_market.people.models import Staff
from love_market.people.queries import KinshipRecord
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class ResolutionRecord:
    """A vote: on the whole list (no household) or on one household, by those of the present who may vote."""

    household_id: UUID | None
    recused_count: int
    votes: Votes
    carried: bool


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """The minutes of a meeting; ``attendance`` is ``(name, present)`` by name."""

    id: UUID
    held_on: date
    place_name: str
    panel_count: int
    present_count: int
    recorded_by: str
    recorded_at: datetime
    note: str
    present_ids: frozenset[UUID]
    attendance: tuple[tuple[str, bool], ...]
    resolutions: tuple[ResolutionRecord, ...]


def kin_of_panel(session: Session, guard: Guard) -> Sequence[KinshipRecord]:
    """Return who of the village's panel is kin to which of its households, by household number, then name."""
    panel = {member.id for member in people.panel(session, guard)}
    kin = [one for one in people.kinships(session, guard) if one.staff_id in panel]
    return sorted(kin, key=lambda one: (one.household_number, one.staff_name))


def meeting(session: Session, guard: Guard, appraisal_id: UUID) -> MeetingRecord | None:
    """Return the minutes of a quarter's meeting, if it was held."""
    row = session.scalar(
        select(Meeting).where(Meeting.market_id == guard.market_id, Meeting.appraisal_id == appraisal_id)
    )
    if row is None:
        return None
    attendance = session.execute(
        select(Staff.id, Staff.name, Attendance.present)
        .join(Staff, Staff.id == Attendance.staff_id)
        .where(Attendance.market_id == guard.market_id, Attendance.meeting_id == row.id)
        .order_by(Staff.name)
    ).all()
    resolutions = session.scalars(
        select(Resolution)
        .where(Resolution.market_id == guard.market_id, Resolution.meeting_id == row.id)
        .order_by(Resolution.household_id.is_not(None), Resolution.id)
    )
    return MeetingRecord(
        id=row.id,
        held_on=row.held_on,
        place_name=row.place_name,
        panel_count=row.panel_count,
        present_count=row.present_count,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        note=row.note,
        present_ids=frozenset(staff_id for staff_id, _, present in attendance if present),
        attendance=tuple((name, present) for _, name, present in attendance),
        resolutions=tuple(
            ResolutionRecord(
                one.household_id,
                one.recused_count,
                Votes(one.votes_for, one.votes_against, one.votes_abstained),
                one.carried,
            )
            for one in resolutions
        ),
    )
