"""The quarter's papers from the books: the notice, the meeting's agenda and minutes, the scores as a workbook."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.queries import ScoreSheet
from love_market.appraisals.rules import RowState, quorum_of
from love_market.appraisals.rules.refusals import NotDeliberating
from love_market.appraisals.sheet import (
    AgendaRow,
    MinutesLine,
    MinutesText,
    NoticeRow,
    NoticeText,
    lay_out_agenda,
    lay_out_minutes,
    lay_out_notice,
)
from love_market.clock import Quarter, village_date, village_time
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.workbook import SheetToWrite, Written, write_workbook

REPLY_DAYS = 5
"""Working days within which an objection is answered (domain.md §2: 3 to 5)."""


def notice(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    *,
    at: datetime,
    url: str = "",
    paper_size: Literal["a4", "a3"] = "a4",
    with_lines: bool = True,
) -> bytes:
    """Return the PDF of a quarter's public notice (公示表); ``url`` is its public page's, printed as a QR.

    Raises ``NoAppraisal`` before it is published.
    """
    view = queries.notice(session, guard, quarter)
    found, meeting = view.appraisal, queries.meeting(session, guard, view.appraisal.id)
    if found.notice_begins_at is None or found.notice_ends_at is None or found.head_hash is None:
        raise AssertionError("a quarter on notice has its times and the book's head")
    place, *above = places.lineage(session, guard.village_code)
    village = places.village(session, guard.village_code)
    text = NoticeText(
        village_name=village.short_name,
        committee_name="".join(one.name for one in reversed(above)) + committee_name(place.level, village.short_name),
        quarter_title=quarter.title,
        begins_at=found.notice_begins_at,
        ends_at=found.notice_ends_at,
        notice_days=(found.notice_ends_at - found.notice_begins_at).days,
        objection_to="村委会" if place.level == "village" else "居委会",
        objection_where="村委会办公室" if place.level == "village" else "居委会办公室",
        reply_days=REPLY_DAYS,
        head_hash=found.head_hash,
        meeting_held_on=meeting.held_on if meeting else None,
        panel_count=meeting.panel_count if meeting else 0,
        present_count=meeting.present_count if meeting else 0,
        url=url,
    )
    return lay_out_notice(text, [_printed(row) for row in view.rows], at, paper_size=paper_size, with_lines=with_lines)


def agenda(session: Session, guard: Guard, quarter: Quarter, *, at: datetime) -> bytes:
    """Return the PDF of the agenda with the list as submitted, names in full: it is for members of the panel.

    Printed again later it has the points that the meeting had before it, whatever was changed since.
    Raises ``NotDeliberating`` before the sheet is submitted.
    """
    found = queries.appraisal(session, guard, quarter)
    rows = queries.frozen_rows(session, guard, found.id)
    if not rows:
        raise NotDeliberating(words("评分还没有提交。提交评议以后才有名单可以打印。"))
    households = people.households_by_id(session, guard, [row.household_id for row in rows])
    panel = [member.name for member in people.panel(session, guard)]
    recused: dict[UUID, list[str]] = {}
    for one in queries.kin_of_panel(session, guard):
        recused.setdefault(one.household_id, []).append(one.staff_name)
    lines = [
        AgendaRow(
            household_number=row.number,
            head_name=households[row.household_id].head_name,
            group_name=row.group_name,
            points=row.submitted_points,
            recused=tuple(recused.get(row.household_id, ())),
        )
        for row in rows
    ]
    village = places.village(session, guard.village_code)
    return lay_out_agenda(village.short_name, quarter.title, panel, quorum_of(len(panel)), lines, at)


def minutes(session: Session, guard: Guard, quarter: Quarter, meeting_id: UUID | None = None, *, at: datetime) -> bytes:
    """Return the PDF of a meeting's minutes; raise ``NoMeeting``. The figures are those of the votes."""
    told = queries.minutes(session, guard, quarter, meeting_id)
    village = places.village(session, guard.village_code)
    text = MinutesText(
        village_name=village.short_name,
        quarter_title=quarter.title,
        held_on=told.meeting.held_on,
        place_name=told.meeting.place_name or "村委会",
        chair_name=told.chair_name,
        writer_name=told.writer_name,
        present=told.present,
        absent=told.absent,
        household_count=told.household_count,
        points=told.points,
        outcome="通过，进入公示" if told.meeting.outcome == "carried" else "没有通过，退回评分",
        said=tuple(filter(None, (told.meeting.note, *(one.words for one in told.said), *_late(told)))),
        amended=tuple(f"{one.words}（{one.by_name}，{_moment(one.at)}）" for one in told.amended),
    )
    return lay_out_minutes(text, [_line(item, told) for item in told.items], at)


def _line(item: queries.MinutesItem, told: queries.Minutes) -> MinutesLine:
    votes, raised, household = item.vote.votes, item.proposal, item.household
    title = "整张名单" if household is None else f"{household.number} 户 {household.head_name}"
    lines = [f"共 {told.household_count:,} 户、{told.points:,} 分"] if household is None else []
    if raised is not None:
        title += f"：{raised.rule_name} {raised.points_before} → {raised.points} 分"
        lines.append(f"{raised.raised_by_name}提：{raised.reason}")
    lines += [f"先前表决：{_votes(one)}，不算" for one in item.earlier]
    lines += [f"会后再表决：{_votes(one)}，{_result(one)}" for one in item.afterwards]
    return MinutesLine(
        title=title,
        told=tuple(lines),
        recused=item.recused,
        votes_for=votes.for_,
        votes_against=votes.against,
        votes_abstained=votes.abstained,
        result=_result(item.vote),
    )


def _votes(one: queries.ResolutionRecord) -> str:
    return f"赞成 {one.votes.for_}，反对 {one.votes.against}，弃权 {one.votes.abstained}"


def _result(one: queries.ResolutionRecord) -> str:
    return "通过" if one.carried else "没有通过"


def _late(told: queries.Minutes) -> tuple[str, ...]:
    return (f"{'、'.join(told.came_late)}没有参加整张名单的表决。",) if told.came_late else ()


def _moment(at: datetime) -> str:
    then = village_time(at)
    return f"{then.month}月{then.day}日 {then:%H:%M}"


def committee_name(level: str, short_name: str) -> str:
    """Return who publishes a notice: 守口堡村村民委员会."""
    return f"{short_name}村民委员会" if level == "village" else f"{short_name}居民委员会"


def _printed(row: queries.NoticeRow) -> NoticeRow:
    lines = [(_line_name(line), line.counted) for line in row.lines if line.counted or line.corrected_from is not None]
    if row.spared_points:
        lines.append(("扣到零为止", row.spared_points))
    return NoticeRow(
        household_number=row.number,
        head_name_masked=row.masked_name,
        group_name=row.group_name,
        points=row.points,
        lines=tuple(lines),
        state="contested" if row.state is RowState.CONTESTED else "held" if row.state is RowState.HELD else "listed",
    )


def _line_name(line: queries.NoticeLine) -> str:
    """Return an item's name with what happened to its points: nothing is put right without being said."""
    capped = "（封顶）" if line.is_capped else ""
    corrected = f"（原 {line.corrected_from}，更正）" if line.corrected_from is not None else ""
    return f"{line.name}{capped}{corrected}"


def score_sheet(village_name: str, sheet: ScoreSheet, at: datetime) -> bytes:
    """Return a quarter's scores as the village's own grid (评分表), an .xlsx that can be taken in again as it is.

    The cells are what was entered, before caps; the total is their sum, as the program that takes it in reckons too.
    It is blank where nothing was entered yet, so that nobody's blank row comes back as 0 points.
    """
    rules = sheet.rules
    rows: list[Sequence[Written]] = [
        (
            number,
            row.household.number,
            row.household.head_name,
            *(cell.entered for cell in row.cells),
            None if row.is_empty else sum(cell.entered or 0 for cell in row.cells),
        )
        for number, row in enumerate(sheet.rows, 1)
    ]
    title = f"{village_name}{sheet.appraisal.quarter.title}积分评定表"
    made = f"说明：格里是填的分，封顶以前的；扣分是负数。{village_date(at):%Y-%m-%d} 共 {len(rows)} 户。"
    return write_workbook(
        [
            SheetToWrite(
                "评分表",
                ("序号", "户编号", "户主", *(rule.name for rule in rules), "合计"),
                rows,
                title=title,
                footer=(made,),
                landscape=True,
                categories=("", "", "", *(rule.category for rule in rules), ""),
                frozen=3,
            )
        ]
    )
