"""The panel's meeting as it goes: begun, who is here, closed. Every act is kept at once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, AppraisalRow, Attendance, Meeting
from love_market.appraisals.queries import Sitting
from love_market.appraisals.rules import LIST, Act, RowState, State, check_quorum, is_carried, step, were_there
from love_market.appraisals.rules.refusals import (
    CardOfNobody,
    ItemOpen,
    MeetingGoesOn,
    NoMeeting,
    NotCarried,
    NotOnPanel,
)
from love_market.appraisals.service.notice import correct
from love_market.appraisals.service.opening import locked
from love_market.clock import Quarter, village_date
from love_market.errors import Invalid, words
from love_market.people import queries as people
from love_market.people.rules import COMMITTEE, Guard
from love_market.people.token import card_key_in

LONGEST_PLACE = 60
_OWN = frozenset({"本人", "本户", "户主", "自家"})
"""Relations that say that somebody is of a household, not only kin to it."""

_MOST_NAMED = 3
_GOES_ON = words("评议会已经开始记了，别的设备上也能接着记。请刷新页面。")
_NONE = words("评议会还没有开始记，或者已经散会。请回这个季度看看。")
_STRANGER = words("到会名单里有人不在评议小组。请刷新页面再点名。")


def begin(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    *,
    key: UUID,
    held_on: date,
    place_name: str,
    chaired_by: UUID | None,
    at: datetime,
) -> UUID:
    """Begin a meeting, written down by who asks; return its id, which is ``key``. Who chairs is here.

    Raises ``NotDeliberating``, ``MeetingGoesOn``, ``NotOnPanel`` for a chair who is not, ``Invalid`` for the day.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    if session.get(Meeting, (guard.market_id, key)) is not None:
        return key
    step(Act.MEET, State(row.state))
    if _going_on(session, guard, row) is not None:
        raise MeetingGoesOn(_GOES_ON)
    meeting = Meeting(
        market_id=guard.market_id,
        id=key,
        appraisal_id=row.id,
        written_by=guard.require_staff(),
        panel_count=0,
        present_count=0,
        recorded_by=guard.actor,
        recorded_at=at,
    )
    _describe(session, guard, row, meeting, held_on, place_name, chaired_by, at)
    session.add(meeting)
    session.flush()
    if chaired_by is not None:
        session.add(Attendance(market_id=guard.market_id, meeting_id=key, staff_id=chaired_by, present=True))
        session.flush()
    return key


def amend(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    *,
    held_on: date,
    place_name: str,
    chaired_by: UUID | None,
    at: datetime,
) -> None:
    """Put right when and where the meeting is and who chairs it, while it goes on; raises as ``begin`` does."""
    row, meeting = going_on(session, guard, quarter)
    _describe(session, guard, row, meeting, held_on, place_name, chaired_by, at)
    session.flush()


def attend(session: Session, guard: Guard, quarter: Quarter, staff_id: UUID, *, here: bool) -> None:
    """Note that a member of the panel is here, or is not (any more); raise ``NoMeeting``, ``NotOnPanel``."""
    _, meeting = going_on(session, guard, quarter)
    if staff_id not in {member.id for member in people.panel(session, guard)}:
        raise NotOnPanel(_STRANGER)
    attendance = session.get(Attendance, (guard.market_id, meeting.id, staff_id))
    if attendance is None:
        attendance = Attendance(market_id=guard.market_id, meeting_id=meeting.id, staff_id=staff_id)
        session.add(attendance)
    attendance.present = here
    session.flush()


def attend_by_card(session: Session, guard: Guard, quarter: Quarter, code: str) -> str:
    """Note that the member of the panel whose household's card was scanned is here; return the name.

    Raises ``CardOfNobody`` also where two of one household are on the panel; else as ``attend`` does.
    """
    guard.require(*COMMITTEE)
    card_key = card_key_in(code)
    holder = people.card_holder(session, guard.market_id, card_key) if card_key else None
    if holder is None or holder.household.village_code != guard.village_code:
        raise CardOfNobody(words("这不是本村在用的户卡。请扫评议员自家的户卡，或者点名字。"))
    household = holder.household
    kin = [one for one in queries.kin_of_panel(session, guard) if one.household_id == household.id]
    named = {household.head_name, *(one.name for one in people.members(session, guard, household.id))}
    own = [one for one in kin if one.relation in _OWN] or [one for one in kin if one.staff_name in named]
    told = {"number": household.number, "name": household.head_name}
    if not own:
        raise CardOfNobody(
            words("{number} 户 {name}家没有记在哪位评议员名下。请点名字；亲属页里记上“本人”，下次就能扫。"), **told
        )
    if len(own) > 1:
        names = "、".join(one.staff_name for one in own)
        raise CardOfNobody(words("{number} 户 {name}家有 {names}，请点名字。"), names=names, **told)
    attend(session, guard, quarter, own[0].staff_id, here=True)
    return own[0].staff_name


def close(session: Session, guard: Guard, quarter: Quarter, *, key: UUID, at: datetime) -> UUID:
    """Close the meeting, correct the rows as carried, hold those not carried, and move the quarter on.

    Returns the meeting's id, the same again for the same key. Raises ``ItemOpen``, ``NotCarried`` for the list,
    ``QuorumMissing``, ``NoMeeting``, ``NotDeliberating``; then nothing is changed.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    before = session.scalar(
        select(Meeting).where(
            Meeting.market_id == guard.market_id, Meeting.appraisal_id == row.id, Meeting.closed_key == key
        )
    )
    if before is not None:
        return before.id
    after = step(Act.MEET, State(row.state))
    meeting, sitting = _going_on(session, guard, row), queries.sitting(session, guard, row.id)
    if meeting is None or sitting is None:
        raise NoMeeting(_NONE)
    _check_done(sitting)
    for item in sitting.items:
        if item.about == LIST or item.vote is None or item.about.household_id is None:
            continue
        line = session.get_one(AppraisalRow, (guard.market_id, row.id, item.about.household_id))
        if item.proposal is None and not item.vote.carried:
            line.state = RowState.HELD
        elif item.proposal is not None and item.vote.carried:
            correct(session, guard, row, line, {item.proposal.rule_id: item.proposal.points})
    _end(session, guard, row, meeting, sitting, "carried", at)
    meeting.closed_key = key
    row.state = after
    session.flush()
    return meeting.id


def give_back(session: Session, guard: Guard, row: Appraisal, *, at: datetime) -> None:
    """End a meeting that goes on because the sheet goes back to scoring; its votes stay on record."""
    meeting, sitting = _going_on(session, guard, row), queries.sitting(session, guard, row.id)
    if meeting is None or sitting is None:
        return
    _end(session, guard, row, meeting, sitting, "returned", at)


def going_on(session: Session, guard: Guard, quarter: Quarter) -> tuple[Appraisal, Meeting]:
    """Return the quarter, locked, and its meeting that goes on; raise ``NotDeliberating``, ``NoMeeting``."""
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    step(Act.MEET, State(row.state))
    meeting = _going_on(session, guard, row)
    if meeting is None:
        raise NoMeeting(_NONE)
    return row, meeting


def _check_done(sitting: Sitting) -> None:
    if sitting.open_items:
        names = [
            words("整张名单") if one.household is None else f"{one.household.number} 户" for one in sitting.open_items
        ]
        raise ItemOpen(
            words("还有 {count} 项没有表决：{names}。表决完再散会。"),
            count=len(names),
            names="、".join(names[:_MOST_NAMED]) + ("……" if len(names) > _MOST_NAMED else ""),
        )
    vote = sitting.meeting.votes[LIST]
    check_quorum(len(vote.voters), len(sitting.members))
    if not is_carried(vote.votes, len(vote.voters)):
        raise NotCarried(
            words("赞成 {votes} 票，没有超过到会 {present} 人的一半，名单没有通过。请退回评分修改，再开评议会。"),
            votes=vote.votes.for_,
            present=len(vote.voters),
        )


def _describe(
    session: Session,
    guard: Guard,
    row: Appraisal,
    meeting: Meeting,
    held_on: date,
    place_name: str,
    chaired_by: UUID | None,
    at: datetime,
) -> None:
    if not village_date(row.opened_at) <= held_on <= village_date(at):
        raise Invalid(words("评议会的日期要在开始评分以后、今天以前。"))
    if chaired_by is not None and chaired_by not in {member.id for member in people.panel(session, guard)}:
        raise NotOnPanel(words("主持人要是评议小组的人。请从名单里选。"))
    meeting.held_on, meeting.place_name, meeting.chaired_by = held_on, place_name.strip()[:LONGEST_PLACE], chaired_by


def _going_on(session: Session, guard: Guard, row: Appraisal) -> Meeting | None:
    return session.scalar(
        select(Meeting).where(
            Meeting.market_id == guard.market_id, Meeting.appraisal_id == row.id, Meeting.outcome.is_(None)
        )
    )


def _end(
    session: Session, guard: Guard, row: Appraisal, meeting: Meeting, sitting: Sitting, outcome: str, at: datetime
) -> None:
    """Write down who of the whole panel was there, and what the list came to."""
    session.flush()
    there = were_there(sitting.meeting.present_ids, [one.vote for one in sitting.items if one.vote])
    panel = {member.id for member in sitting.members} | there
    for staff_id in panel:
        key = {"market_id": guard.market_id, "meeting_id": meeting.id, "staff_id": staff_id}
        session.merge(Attendance(**key, present=staff_id in there))
    meeting.panel_count, meeting.present_count = len(panel), len(there)
    meeting.household_count, meeting.list_points = queries.list_totals(session, guard, row.id)
    meeting.outcome, meeting.closed_at = outcome, at
