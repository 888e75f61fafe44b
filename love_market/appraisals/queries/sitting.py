"""Reading a meeting while it goes on: who is here of the panel, and the items with who recuses and what is done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals.models import AppraisalRow, MeetingNote, Proposal
from love_market.appraisals.queries.meeting import (
    MeetingRecord,
    ResolutionRecord,
    kin_of_panel,
    kin_on_list,
    meeting_going_on,
)
from love_market.appraisals.rules import LIST, About, Kin, is_done, quorum_of, recused_at, voted_apart
from love_market.deeds.models import Rule
from love_market.people import queries as people
from love_market.people.models import Household, Staff
from love_market.people.queries import KinshipRecord
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class ProposalRecord:
    """A change that somebody asked for; points are the rule's total before and as proposed."""

    id: UUID
    household_id: UUID
    rule_id: UUID
    rule_name: str
    points_before: int
    points: int
    reason: str
    raised_by_name: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """Words beside the minutes, with who wrote them and when."""

    words: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedHousehold:
    """A household's row on the list, as items name it."""

    number: str
    head_name: str
    points: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to vote on: who recuses (name and relation), how many may vote, and the vote there is."""

    about: About
    household: ListedHousehold | None
    proposal: ProposalRecord | None
    recused: tuple[tuple[str, str], ...]
    eligible_count: int
    vote: ResolutionRecord | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the panel, and whether they are here."""

    id: UUID
    name: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting that goes on. ``household_count`` and ``points`` are of the whole list as submitted."""

    meeting: MeetingRecord
    members: tuple[Member, ...]
    items: tuple[Item, ...]
    notes: tuple[NoteRecord, ...]
    household_count: int
    points: int

    @property
    def here_count(self) -> int:
        """How many of the panel are here."""
        return sum(one.is_here for one in self.members)

    @property
    def quorum(self) -> int:
        """How many must be."""
        return quorum_of(len(self.members))

    @property
    def is_enough(self) -> bool:
        """Whether enough are here to vote."""
        return self.here_count >= max(self.quorum, 1)

    @property
    def open_items(self) -> Sequence[Item]:
        """The items that wait for a vote, in their order."""
        return [item for item in self.items if not item.is_done]

    def item(self, about: About) -> Item | None:
        """Return one item."""
        return next((item for item in self.items if item.about == about), None)


def sitting(session: Session, guard: Guard, appraisal_id: UUID) -> Sitting | None:
    """Return a quarter's meeting that goes on, if one does."""
    found = meeting_going_on(session, guard, appraisal_id)
    if found is None:
        return None
    panel = people.panel(session, guard)
    kinships = kin_of_panel(session, guard)
    raised = proposals(session, guard, found.id)
    kin = kin_on_list(session, guard, appraisal_id, kinships)
    present = found.present_ids & {member.id for member in panel}
    wanted = {*kin, *(one.household_id for one in raised)}
    listed = _listed(session, guard, appraisal_id, wanted)
    count, points = list_totals(session, guard, appraisal_id)
    items = (_item(about, found, kin, present, kinships, listed, raised) for about in _abouts(found, kin, raised))
    return Sitting(
        meeting=found,
        members=tuple(Member(one.id, one.name, one.id in present) for one in panel),
        items=tuple(items),
        notes=notes(session, guard, found.id),
        household_count=count,
        points=points,
    )


def _abouts(found: MeetingRecord, kin: Kin, raised: Sequence[ProposalRecord]) -> Iterator[About]:
    """Yield what a meeting has to vote on: what was raised, then the list, then households whose kin recuse."""
    yield from (About(one.household_id, one.id) for one in raised)
    yield LIST
    apart = voted_apart(kin, found.present_ids, found.votes.get(LIST))
    yield from (About(household_id) for household_id in kin if household_id in apart)


def _item(
    about: About,
    found: MeetingRecord,
    kin: Kin,
    present: frozenset[UUID],
    kinships: Sequence[KinshipRecord],
    listed: Mapping[UUID, ListedHousehold],
    raised: Sequence[ProposalRecord],
) -> Item:
    recused = recused_at(about, kin, present)
    vote = found.votes.get(about)
    return Item(
        about=about,
        household=listed.get(about.household_id) if about.household_id else None,
        proposal=next((one for one in raised if one.id == about.proposal_id), None),
        recused=tuple(
            (one.staff_name, one.relation)
            for one in kinships
            if one.staff_id in recused and one.household_id == about.household_id
        ),
        eligible_count=len(present) - len(recused),
        vote=vote,
        is_done=is_done(about, vote, kin),
    )


def proposals(session: Session, guard: Guard, meeting_id: UUID) -> Sequence[ProposalRecord]:
    """Return what was raised at a meeting, in its order."""
    rows = session.execute(
        select(Proposal, Rule.name, Staff.name)
        .join(Rule, (Rule.market_id == Proposal.market_id) & (Rule.id == Proposal.rule_id))
        .join(Staff, Staff.id == Proposal.raised_by)
        .where(Proposal.market_id == guard.market_id, Proposal.meeting_id == meeting_id)
        .order_by(Proposal.raised_at, Proposal.id)
    )
    return [
        ProposalRecord(
            id=row.id,
            household_id=row.household_id,
            rule_id=row.rule_id,
            rule_name=rule_name,
            points_before=row.points_before,
            points=row.points,
            reason=row.reason,
            raised_by_name=by,
            raised_at=row.raised_at,
        )
        for row, rule_name, by in rows
    ]


def notes(session: Session, guard: Guard, meeting_id: UUID) -> tuple[NoteRecord, ...]:
    """Return the words beside a meeting's minutes, in their order."""
    rows = session.execute(
        select(MeetingNote.words, Staff.name, MeetingNote.written_at)
        .join(Staff, Staff.id == MeetingNote.written_by)
        .where(MeetingNote.market_id == guard.market_id, MeetingNote.meeting_id == meeting_id)
        .order_by(MeetingNote.written_at, MeetingNote.id)
    )
    return tuple(NoteRecord(*row) for row in rows)


def list_totals(session: Session, guard: Guard, appraisal_id: UUID) -> tuple[int, int]:
    """Return how many households are on a submitted sheet, and what their rows come to."""
    count, points = session.execute(
        select(func.count(), func.coalesce(func.sum(AppraisalRow.points), 0)).where(
            AppraisalRow.market_id == guard.market_id, AppraisalRow.appraisal_id == appraisal_id
        )
    ).one()
    return count, int(points)


def _listed(session: Session, guard: Guard, appraisal_id: UUID, wanted: set[UUID]) -> dict[UUID, ListedHousehold]:
    """Return some households of the list, by number."""
    rows = session.execute(
        select(AppraisalRow.household_id, Household.number, Household.head_name, AppraisalRow.points)
        .join(
            Household,
            (Household.market_id == AppraisalRow.market_id) & (Household.id == AppraisalRow.household_id),
        )
        .where(
            AppraisalRow.market_id == guard.market_id,
            AppraisalRow.appraisal_id == appraisal_id,
            AppraisalRow.household_id.in_(wanted),
        )
        .order_by(Household.number)
    )
    return {
        household_id: ListedHousehold(number, head_name, points) for household_id, number, head_name, points in rows
    }
