"""The panel's part: submitting the sheet, sending it back, a whole meeting at once, a vote on what was held."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import AppraisalRow, Meeting, Resolution
from love_market.appraisals.rules import (
    LIST,
    About,
    Act,
    RowState,
    State,
    Votes,
    check_votes,
    recused_at,
    step,
    voted_apart,
)
from love_market.appraisals.rules.refusals import NotDeliberating, RecusalMissing
from love_market.appraisals.service.items import resolve, vote
from love_market.appraisals.service.meeting import attend, begin, close, give_back
from love_market.appraisals.service.minutes import add_note
from love_market.appraisals.service.opening import locked
from love_market.appraisals.service.rows import row_of
from love_market.clock import Quarter
from love_market.db import new_id
from love_market.deeds import service as deeds
from love_market.errors import words
from love_market.ledger.service import lock_book
from love_market.people import queries as people
from love_market.people.queries import StaffRecord
from love_market.people.rules import COMMITTEE, Guard, Role


def submit(session: Session, guard: Guard, quarter: Quarter, *, at: datetime) -> None:
    """Submit the sheet to the panel: every household's row is frozen as it counts now; raise ``NotScoring``.

    Cells in which nothing was entered count as 0.
    """
    guard.require(*COMMITTEE)
    lock_book(session, guard.market_id)  # no penalty is decided between reading the sheet and noting what it counted
    row = locked(session, guard, quarter)
    after = step(Act.SUBMIT, State(row.state))
    sheet = queries.sheet(session, guard, quarter)
    before = queries.counted_before(session, guard, quarter)
    frozen = [
        {
            "market_id": guard.market_id,
            "appraisal_id": row.id,
            "household_id": one.household.id,
            "state": RowState.LISTED,
            **row_of(one, sheet.rules, before.get(one.household.id, {})),
        }
        for one in sheet.rows
    ]
    if frozen:
        session.execute(insert(AppraisalRow), frozen)
    deeds.count_penalties(
        session,
        guard,
        quarter,
        household_ids=[one.household.id for one in sheet.rows],
        codes=[rule.code for rule in sheet.rules],
    )
    row.state, row.submitted_at = after, at
    session.flush()


def return_to_scoring(session: Session, guard: Guard, quarter: Quarter, *, at: datetime) -> None:
    """Send the sheet back to scoring before the panel has decided.

    A meeting that goes on ends with it. Raises ``NotDeliberating``.
    """
    guard.require(*COMMITTEE)
    lock_book(session, guard.market_id)
    row = locked(session, guard, quarter)
    after = step(Act.RETURN, State(row.state))
    give_back(session, guard, row, at=at)
    row.state, row.submitted_at = after, None
    deeds.uncount_penalties(session, guard, quarter)
    session.execute(
        delete(AppraisalRow).where(AppraisalRow.market_id == guard.market_id, AppraisalRow.appraisal_id == row.id)
    )
    session.flush()


def hold_meeting(  # noqa: PLR0913 what minutes hold
    session: Session,
    guard: Guard,
    quarter: Quarter,
    *,
    key: UUID,
    held_on: date,
    present: Collection[UUID],
    votes: Votes,
    recusals: Mapping[UUID, Votes],
    at: datetime,
    place_name: str = "",
    note: str = "",
) -> UUID:
    """Record a whole meeting at once and move the quarter on; return its id, which is ``key``.

    ``present`` are staff ids of the panel; ``recusals`` has a vote for every household that is kin to somebody
    present, by the others. A household whose vote is not carried is held. Raises ``RecusalMissing`` and whatever the
    steps of ``service.meeting`` and ``service.items`` raise; then nothing is recorded.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    if session.get(Meeting, (guard.market_id, key)) is not None:
        return key
    chair = next((one.id for one in people.panel(session, guard) if is_chair(guard, one) and one.id in present), None)
    with session.begin_nested():
        begin(session, guard, quarter, key=key, held_on=held_on, place_name=place_name, chaired_by=chair, at=at)
        for staff_id in present:
            attend(session, guard, quarter, staff_id, here=True)
        kin = queries.kin_on_list(session, guard, row.id, queries.kin_of_panel(session, guard))
        vote(session, guard, quarter, LIST, votes=votes, key=new_id(), at=at)
        if set(recusals) != voted_apart(kin, present, None):
            raise RecusalMissing(words("到会的人里，亲属关系有变动，要单独表决的户不一样了。请刷新页面再填。"))
        for household_id, counted in recusals.items():
            vote(session, guard, quarter, About(household_id), votes=counted, key=new_id(), at=at)
        if note.strip():
            add_note(session, guard, key, words=note, key=new_id(), at=at)
        return close(session, guard, quarter, key=key, at=at)


def vote_again(
    session: Session, guard: Guard, quarter: Quarter, household_id: UUID, *, votes: Votes, key: UUID, at: datetime
) -> bool:
    """Record another vote on a held row, by those of the meeting who may vote; return whether it was carried.

    A carried row is listed again and goes on with the next confirm. Raises ``NotOnNotice``, ``VotesDoNotAddUp``,
    ``NotDeliberating`` for a row that is not held.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    before = session.get(Resolution, (guard.market_id, key))
    if before is not None:
        return before.carried
    step(Act.VOTE_AGAIN, State(row.state))
    held = session.get(AppraisalRow, (guard.market_id, row.id, household_id))
    meeting = queries.meeting(session, guard, row.id)
    if held is None or held.state != RowState.HELD or meeting is None:
        raise NotDeliberating(words("这一户不在“小组没有通过”的名单里，不用再表决。"))
    kin = queries.kin_on_list(session, guard, row.id, queries.kin_of_panel(session, guard))
    recused = recused_at(About(household_id), kin, meeting.present_ids)
    check_votes(votes, len(meeting.present_ids - recused), words("这一户"))
    carried = resolve(
        session, guard, meeting, About(household_id), votes, meeting.present_ids - recused, recused, key=key, at=at
    )
    if carried:
        held.state = RowState.LISTED
        session.flush()
    return carried


def is_chair(guard: Guard, member: StaffRecord) -> bool:
    """Return whether a member of the panel is the village's chair."""
    return Role.CHAIR in member.roles_here(guard.village_code)
