"""The quarter's papers from the books: the notice to pin up, and the score sheet as a workbook."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.queries import ScoreSheet
from love_market.appraisals.rules import RowState
from love_market.appraisals.sheet import NoticeRow, NoticeText, lay_out_notice
from love_market.clock import Quarter, village_date
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


def committee_name(level: str, short_name: str) -> str:
    """Return who publishes a notice: 守口堡村村民委员会."""
    return f"{short_name}村民委员会" if level == "village" else f"{short_name}居民委员会"


def _printed(row: queries.NoticeRow) -> NoticeRow:
    return NoticeRow(
        household_number=row.number,
        head_name_masked=row.masked_name,
        group_name=row.group_name,
        points=row.points,
        lines=tuple(
            (f"{line.name}（封顶）" if line.is_capped else line.name, line.counted)
            for line in row.lines
            if line.counted
        ),
        state="contested" if row.state is RowState.CONTESTED else "held" if row.state is RowState.HELD else "listed",
    )


def score_sheet(village_name: str, sheet: ScoreSheet, at: datetime) -> bytes:
    """Return a quarter's scores as the village's own grid (评分表), an .xlsx that can be taken in again as it is.

    The cells are what was entered, before caps; the total is their sum, as the program that takes it in reckons too.
    """
    rules = sheet.rules
    rows: list[Sequence[Written]] = [
        (
            number,
            row.household.number,
            row.household.head_name,
            *(cell.entered for cell in row.cells),
            sum(cell.entered or 0 for cell in row.cells),
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
