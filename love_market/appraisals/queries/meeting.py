"""Reading the panel's meetings: who came, how they voted, and whose kin had to recuse themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import AppraisalRow, Attendance, Meeting, Resolution
from love_market.appraisals.rules import About, Kin, Vote, Votes
from love_market.people import queries as people
from love_market.people.models import Staff
from love_market.people.queries import KinshipRecord
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class ResolutionRecord(Vote):
    """A vote as it was taken; ``voted_at`` is None, and nobody named, in minutes from before votes had names."""

    household_id: UUID | None
    proposal_id: UUID | None
    recused_count: int
    voted_at: datetime | None

    @property
    def about(self) -> About:
        """The item voted on."""
        return About(self.household_id, self.proposal_id)


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """A meeting; ``attendance`` is ``(name, present)`` by name, ``outcome`` None while it goes on.

    ``list_totals`` are how many households were on the list and what they came to when it was closed, where kept.
    """

    id: UUID
    held_on: date
    place_name: str
    chaired_by: UUID | None
    written_by: UUID | None
    panel_count: int
    present_count: int
    recorded_by: str
    recorded_at: datetime
    outcome: str | None
    closed_at: datetime | None
    list_totals: tuple[int, int] | None
    note: str
    present_ids: frozenset[UUID]
    attendance: tuple[tuple[str, bool], ...]
    resolutions: tuple[ResolutionRecord, ...]

    @property
    def votes(self) -> dict[About, ResolutionRecord]:
        """The votes that count, by item in the order they were first taken up: the last on each while it went on."""
        return {one.about: one for one in self.resolutions if not self.is_afterwards(one)}

    def is_afterwards(self, one: ResolutionRecord) -> bool:
        """Return whether a vote was taken after the meeting was closed, on a row that it had not carried."""
        return self.closed_at is not None and one.voted_at is not None and one.voted_at > self.closed_at


def kin_of_panel(session: Session, guard: Guard) -> Sequence[KinshipRecord]:
    """Return who of the village's panel is kin to which of its households, by household number, then name."""
    panel = {member.id for member in people.panel(session, guard)}
    kin = [one for one in people.kinships(session, guard) if one.staff_id in panel]
    return sorted(kin, key=lambda one: (one.household_number, one.staff_name))


def kin_on_list(session: Session, guard: Guard, appraisal_id: UUID, kin: Sequence[KinshipRecord]) -> Kin:
    """Return, of the kin given, who is kin to which household of a submitted sheet, in the order given."""
    wanted = dict.fromkeys(one.household_id for one in kin)
    listed = set(
        session.scalars(
            select(AppraisalRow.household_id).where(
                AppraisalRow.market_id == guard.market_id,
                AppraisalRow.appraisal_id == appraisal_id,
                AppraisalRow.household_id.in_(wanted),
            )
        )
    )
    return {
        household_id: frozenset(one.staff_id for one in kin if one.household_id == household_id)
        for household_id in wanted
        if household_id in listed
    }


def meeting(session: Session, guard: Guard, appraisal_id: UUID) -> MeetingRecord | None:
    """Return a quarter's meeting that carried the list, once it was closed."""
    return next((one for one in meetings(session, guard, appraisal_id) if one.outcome == "carried"), None)


def meeting_going_on(session: Session, guard: Guard, appraisal_id: UUID) -> MeetingRecord | None:
    """Return a quarter's meeting that was begun and not closed."""
    return next((one for one in meetings(session, guard, appraisal_id) if one.outcome is None), None)


def meetings(session: Session, guard: Guard, appraisal_id: UUID) -> Sequence[MeetingRecord]:
    """Return all meetings on a quarter, the newest first."""
    rows = session.scalars(
        select(Meeting)
        .where(Meeting.market_id == guard.market_id, Meeting.appraisal_id == appraisal_id)
        .order_by(Meeting.recorded_at.desc(), Meeting.id.desc())
    ).all()
    if not rows:
        return ()
    ids = [row.id for row in rows]
    attendance = _attendance(session, guard, ids)
    resolutions = _resolutions(session, guard, ids)
    return [_record(row, attendance.get(row.id, []), resolutions.get(row.id, [])) for row in rows]


def _attendance(session: Session, guard: Guard, ids: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str, bool]]]:
    found: dict[UUID, list[tuple[UUID, str, bool]]] = {}
    for meeting_id, staff_id, name, present in session.execute(
        select(Attendance.meeting_id, Staff.id, Staff.name, Attendance.present)
        .join(Staff, Staff.id == Attendance.staff_id)
        .where(Attendance.market_id == guard.market_id, Attendance.meeting_id.in_(ids))
        .order_by(Staff.name, Staff.id)
    ):
        found.setdefault(meeting_id, []).append((staff_id, name, present))
    return found


def _resolutions(session: Session, guard: Guard, ids: Collection[UUID]) -> dict[UUID, list[ResolutionRecord]]:
    found: dict[UUID, list[ResolutionRecord]] = {}
    for row in session.scalars(
        select(Resolution)
        .where(Resolution.market_id == guard.market_id, Resolution.meeting_id.in_(ids))
        .order_by(Resolution.household_id.is_not(None), Resolution.id)
    ):
        found.setdefault(row.meeting_id, []).append(_resolution(row))
    return {meeting_id: sorted(of_one, key=lambda one: one.number) for meeting_id, of_one in found.items()}


def _resolution(row: Resolution) -> ResolutionRecord:
    return ResolutionRecord(
        number=row.number or 0,
        votes=Votes(row.votes_for, row.votes_against, row.votes_abstained),
        carried=row.carried,
        voters=frozenset(UUID(staff) for staff in row.voters or ()),
        recused=frozenset(UUID(staff) for staff in row.recused or ()),
        household_id=row.household_id,
        proposal_id=row.proposal_id,
        recused_count=row.recused_count,
        voted_at=row.voted_at,
    )


def _record(
    row: Meeting, attendance: Sequence[tuple[UUID, str, bool]], resolutions: Sequence[ResolutionRecord]
) -> MeetingRecord:
    return MeetingRecord(
        id=row.id,
        held_on=row.held_on,
        place_name=row.place_name,
        chaired_by=row.chaired_by,
        written_by=row.written_by,
        panel_count=row.panel_count,
        present_count=row.present_count,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        outcome=row.outcome,
        closed_at=row.closed_at,
        list_totals=None if row.household_count is None else (row.household_count, row.list_points or 0),
        note=row.note,
        present_ids=frozenset(staff_id for staff_id, _, present in attendance if present),
        attendance=tuple((name, present) for _, name, present in attendance),
        resolutions=tuple(resolutions),
    )
