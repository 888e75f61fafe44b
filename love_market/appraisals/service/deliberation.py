"""The panel's part: submitting the sheet, sending it back, the meeting with its votes."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, AppraisalRow, Attendance, Meeting, Resolution
from love_market.appraisals.rules import (
    Act,
    RowState,
    State,
    Votes,
    check_quorum,
    check_votes,
    is_carried,
    step,
)
from love_market.appraisals.rules.refusals import NotCarried, NotDeliberating, NotOnPanel, RecusalMissing
from love_market.appraisals.service.opening import locked
from love_market.appraisals.service.rows import row_of
from love_market.clock import Quarter, village_date
from love_market.db import new_id
from love_market.errors import Invalid, words
from love_market.people import queries as people
from love_market.people.rules import COMMITTEE, Guard


def submit(session: Session, guard: Guard, quarter: Quarter, *, at: datetime) -> None:
    """Submit the sheet to the panel: every household's row is frozen as it counts now; raise ``NotScoring``.

    Cells in which nothing was entered count as 0.
    """
    guard.require(*COMMITTEE)
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
    row.state, row.submitted_at = after, at
    session.flush()


def return_to_scoring(session: Session, guard: Guard, quarter: Quarter) -> None:
    """Send the sheet back to scoring before the panel has decided; raise ``NotDeliberating``."""
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    row.state, row.submitted_at = step(Act.RETURN, State(row.state)), None
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
    """Record the panel's meeting and move the quarter on; return the meeting's id, which is ``key``.

    ``present`` are staff ids of the panel; ``recusals`` has a vote for every household that is kin to somebody
    present, by the others. A household whose vote is not carried is held. Raises ``QuorumMissing``,
    ``VotesDoNotAddUp``, ``RecusalMissing``, ``NotOnPanel``, ``NotCarried`` (nothing is recorded: the panel meets
    again or the sheet goes back), ``NotDeliberating``.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    if session.get(Meeting, (guard.market_id, key)) is not None:
        return key
    after = step(Act.MEET, State(row.state))
    panel = {member.id for member in people.panel(session, guard)}
    present = set(present)
    _check_meeting(present, panel, votes, held_on, village_date(row.opened_at), village_date(at))
    eligible = _eligible(session, guard, row, present)
    if set(recusals) != set(eligible):
        raise RecusalMissing(words("到会的人里，亲属关系有变动，要单独表决的户不一样了。请刷新页面再填。"))
    names = {one.household_id: one.number for one in queries.frozen_rows(session, guard, row.id)}
    for household_id, count in eligible.items():
        check_votes(recusals[household_id], count, f"{names[household_id]} 户")
    if not is_carried(votes, len(present)):
        raise NotCarried(
            words("赞成 {votes} 票，没有超过到会 {present} 人的一半，名单没有通过。请退回评分修改，再开评议会。"),
            votes=votes.for_,
            present=len(present),
        )
    meeting = Meeting(
        market_id=guard.market_id,
        id=key,
        appraisal_id=row.id,
        held_on=held_on,
        place_name=place_name.strip()[:60],
        panel_count=len(panel),
        present_count=len(present),
        recorded_by=guard.actor,
        recorded_at=at,
        note=note.strip()[:500],
    )
    session.add(meeting)
    session.flush()
    session.add_all(
        Attendance(market_id=guard.market_id, meeting_id=key, staff_id=staff_id, present=staff_id in present)
        for staff_id in panel
    )
    _resolve(session, guard, key, None, votes, len(present), 0)
    for household_id, count in eligible.items():
        carried = _resolve(session, guard, key, household_id, recusals[household_id], count, len(present) - count)
        if not carried:
            _set_row(session, guard, row, household_id, RowState.HELD)
    row.state = after
    session.flush()
    return key


def vote_again(
    session: Session, guard: Guard, quarter: Quarter, household_id: UUID, *, votes: Votes, key: UUID
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
    count = _eligible(session, guard, row, meeting.present_ids).get(household_id, meeting.present_count)
    check_votes(votes, count, "这一户")
    recused = meeting.present_count - count
    carried = _resolve(session, guard, meeting.id, household_id, votes, count, recused, key=key)
    if carried:
        held.state = RowState.LISTED
        session.flush()
    return carried


def _check_meeting(
    present: Collection[UUID], panel: Collection[UUID], votes: Votes, held_on: date, opened: date, today: date
) -> None:
    if not set(present) <= set(panel):
        raise NotOnPanel(words("到会名单里有人不在评议小组。请刷新页面再点名。"))
    check_quorum(len(present), len(panel))
    check_votes(votes, len(present), "整张名单")
    if not opened <= held_on <= today:
        raise Invalid(words("评议会的日期要在开始评分以后、今天以前。"))


def _eligible(session: Session, guard: Guard, row: Appraisal, present: Collection[UUID]) -> dict[UUID, int]:
    """Return how many of those present may vote on each household that is kin to one of them."""
    kin = queries.kin_of_panel(session, guard)
    listed = set(
        session.scalars(
            select(AppraisalRow.household_id).where(
                AppraisalRow.market_id == guard.market_id, AppraisalRow.appraisal_id == row.id
            )
        )
    )
    recused: dict[UUID, set[UUID]] = {}
    for one in kin:
        if one.staff_id in present and one.household_id in listed:
            recused.setdefault(one.household_id, set()).add(one.staff_id)
    return {household_id: len(present) - len(staff) for household_id, staff in recused.items()}


def _resolve(
    session: Session,
    guard: Guard,
    meeting_id: UUID,
    household_id: UUID | None,
    votes: Votes,
    eligible_count: int,
    recused_count: int,
    *,
    key: UUID | None = None,
) -> bool:
    carried = is_carried(votes, eligible_count)
    session.add(
        Resolution(
            market_id=guard.market_id,
            id=key or new_id(),
            meeting_id=meeting_id,
            household_id=household_id,
            recused_count=recused_count,
            votes_for=votes.for_,
            votes_against=votes.against,
            votes_abstained=votes.abstained,
            carried=carried,
        )
    )
    session.flush()
    return carried


def _set_row(session: Session, guard: Guard, row: Appraisal, household_id: UUID, state: RowState) -> None:
    session.execute(
        update(AppraisalRow)
        .where(
            AppraisalRow.market_id == guard.market_id,
            AppraisalRow.appraisal_id == row.id,
            AppraisalRow.household_id == household_id,
        )
        .values(state=state)
    )
