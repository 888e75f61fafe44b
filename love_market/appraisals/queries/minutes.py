"""Reading the minutes of a meeting that is over: everything that the page and the paper say, from the votes alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from love_market.appraisals.models import Appraisal, Meeting, SignedCopy
from love_market.appraisals.queries.meeting import MeetingRecord, ResolutionRecord, kin_of_panel, meetings
from love_market.appraisals.queries.quarter import AppraisalRecord, appraisal
from love_market.appraisals.queries.sitting import NoteRecord, ProposalRecord, list_totals, notes, proposals
from love_market.appraisals.rules import LIST
from love_market.appraisals.rules.refusals import NoMeeting, NoSuchScan
from love_market.clock import Quarter
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.models import Staff
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """One item with the vote that counts; ``earlier`` are votes on it that were taken again, ``afterwards`` later ones.

    ``household`` is None for the whole list.
    """

    household: HouseholdRecord | None
    proposal: ProposalRecord | None
    recused: tuple[str, ...]
    vote: ResolutionRecord
    earlier: tuple[ResolutionRecord, ...]
    afterwards: tuple[ResolutionRecord, ...]


@dataclass(frozen=True, slots=True)
class SignedCopyRecord:
    """A file of the signed copy, with who put it there and who took it back."""

    id: UUID
    kind: str
    sha256: str
    size_bytes: int
    kept_by_name: str
    kept_at: datetime
    taken_back_at: datetime | None
    taken_back_by_name: str | None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a meeting: names are in full, they are for staff of the village.

    ``came_late`` were there but did not vote on the list.
    """

    appraisal: AppraisalRecord
    meeting: MeetingRecord
    chair_name: str
    writer_name: str
    present: tuple[str, ...]
    absent: tuple[str, ...]
    came_late: tuple[str, ...]
    household_count: int
    points: int
    items: tuple[MinutesItem, ...]
    said: tuple[NoteRecord, ...]
    amended: tuple[NoteRecord, ...]
    copies: tuple[SignedCopyRecord, ...]
    others: tuple[MeetingRecord, ...]

    @property
    def is_signed(self) -> bool:
        """Whether a file of the signed copy is there."""
        return any(one.taken_back_at is None for one in self.copies)


def minutes(session: Session, guard: Guard, quarter: Quarter, meeting_id: UUID | None = None) -> Minutes:
    """Return the minutes of a quarter's meeting, the one that carried the list unless another is named.

    Raises ``NoAppraisal``, ``NoMeeting``.
    """
    found = appraisal(session, guard, quarter)
    over = [one for one in meetings(session, guard, found.id) if one.closed_at is not None]
    wanted = meeting_id or next((one.id for one in over if one.outcome == "carried"), None)
    held = next((one for one in over if one.id == wanted), None)
    if held is None or held.closed_at is None:
        raise NoMeeting(words("这个季度还没有记评议会。"))
    votes = held.resolutions
    staff = {one for vote in votes for one in vote.voters | vote.recused} | {held.chaired_by, held.written_by}
    names = people.staff_names(session, [one for one in staff if one])
    beside = notes(session, guard, held.id)
    on_list = held.votes.get(LIST)
    late = held.present_ids - on_list.voters if on_list and on_list.voters else frozenset[UUID]()
    count, points = held.list_totals or list_totals(session, guard, found.id)
    return Minutes(
        appraisal=found,
        meeting=held,
        chair_name=names.get(held.chaired_by, "") if held.chaired_by else "",
        writer_name=names.get(held.written_by, "") if held.written_by else "",
        present=tuple(name for name, present in held.attendance if present),
        absent=tuple(name for name, present in held.attendance if not present),
        came_late=tuple(sorted(people.staff_names(session, list(late)).values())) if late else (),
        household_count=count,
        points=points,
        items=tuple(_items(session, guard, held, names)),
        said=tuple(one for one in beside if one.at <= held.closed_at),
        amended=tuple(one for one in beside if one.at > held.closed_at),
        copies=_copies(session, guard, held.id),
        others=tuple(one for one in over if one.id != held.id),
    )


def _items(session: Session, guard: Guard, held: MeetingRecord, names: Mapping[UUID, str]) -> Sequence[MinutesItem]:
    raised = {one.id: one for one in proposals(session, guard, held.id)}
    wanted = {one.household_id for one in held.resolutions if one.household_id}
    households = people.households_by_id(session, guard, wanted)
    old = [] if all(one.voters for one in held.resolutions) else kin_of_panel(session, guard)
    made = []
    for about, vote in held.votes.items():
        others = [one for one in held.resolutions if one.about == about and one.number != vote.number]
        recused = {names[one] for one in vote.recused} or {
            # Minutes from before votes were by name only count who recused: kin as entered now says who it was.
            one.staff_name
            for one in old
            if vote.recused_count and one.household_id == about.household_id
        }
        made.append(
            MinutesItem(
                household=households.get(about.household_id) if about.household_id else None,
                proposal=raised.get(about.proposal_id) if about.proposal_id else None,
                recused=tuple(sorted(recused)),
                vote=vote,
                earlier=tuple(one for one in others if not held.is_afterwards(one)),
                afterwards=tuple(one for one in others if held.is_afterwards(one)),
            )
        )
    return sorted(made, key=_place)


def _place(item: MinutesItem) -> tuple[int, str]:
    if item.household is None:
        return 0, ""
    return (1 if item.proposal is None else 2), item.household.number


def signed_copy(session: Session, guard: Guard, copy_id: UUID) -> SignedCopyRecord:
    """Return a file of the signed copy of one of the village's meetings, taken back or not; raise ``NoSuchScan``."""
    meeting_id = session.scalar(
        select(SignedCopy.meeting_id)
        .join(Meeting, (Meeting.market_id == SignedCopy.market_id) & (Meeting.id == SignedCopy.meeting_id))
        .join(Appraisal, (Appraisal.market_id == Meeting.market_id) & (Appraisal.id == Meeting.appraisal_id))
        .where(
            SignedCopy.market_id == guard.market_id,
            SignedCopy.id == copy_id,
            Appraisal.village_code == guard.village_code,
        )
    )
    copies = () if meeting_id is None else _copies(session, guard, meeting_id)
    found = next((one for one in copies if one.id == copy_id), None)
    if found is None:
        raise NoSuchScan(words("没有这份文件。请回会议记录再看。"))
    return found


def _copies(session: Session, guard: Guard, meeting_id: UUID) -> tuple[SignedCopyRecord, ...]:
    taker = aliased(Staff)
    rows = session.execute(
        select(SignedCopy, Staff.name, taker.name)
        .join(Staff, Staff.id == SignedCopy.kept_by)
        .outerjoin(taker, taker.id == SignedCopy.taken_back_by)
        .where(SignedCopy.market_id == guard.market_id, SignedCopy.meeting_id == meeting_id)
        .order_by(SignedCopy.kept_at, SignedCopy.id)
    )
    return tuple(
        SignedCopyRecord(row.id, row.kind, row.sha256, row.size_bytes, by, row.kept_at, row.taken_back_at, taken_by)
        for row, by, taken_by in rows
    )
