"""The quarter's papers: the notice to pin up (公示表), the meeting's agenda and minutes. Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from love_market.clock import village_date, village_time
from love_market.paper import qr_code, typeset

RowState = Literal["listed", "contested", "held"]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One household on the notice: ``lines`` are the items that counted and their points, deductions negative."""

    household_number: str
    head_name_masked: str
    group_name: str
    points: int
    lines: tuple[tuple[str, int], ...] = ()
    state: RowState = "listed"


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What a notice says besides its rows.

    ``committee_name`` heads it, in full (阳高县龙泉镇守口堡村民委员会); ``begins_at`` and ``ends_at`` are instants,
    printed by the village's clock; ``objection_to`` is who takes objections, with a telephone, and
    ``objection_where`` the place; ``head_hash`` is the book's when the notice began; ``url``, when given, is drawn
    as a QR to the public page.
    """

    village_name: str
    committee_name: str
    quarter_title: str
    begins_at: datetime
    ends_at: datetime
    notice_days: int
    objection_to: str
    objection_where: str
    reply_days: int
    head_hash: str
    meeting_held_on: date | None = None
    panel_count: int = 0
    present_count: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One household of the list as members hold it; ``recused`` names who of the panel is kin."""

    household_number: str
    head_name: str
    group_name: str
    points: int
    recused: tuple[str, ...] = ()


def lay_out_agenda(
    village_name: str,
    quarter_title: str,
    panel: Sequence[str],
    quorum: int,
    rows: Sequence[AgendaRow],
    at: datetime,
) -> bytes:
    """Return the PDF of the agenda (议程和名单): what is to be done in order, then the list in large print."""
    data = {
        "village": village_name,
        "quarter_title": quarter_title,
        "printed_on": village_date(at).isoformat(),
        "panel": panel,
        "quorum": quorum,
        "total_points": sum(row.points for row in rows),
        "rows": [asdict(row) for row in rows],
    }
    return typeset("appraisals/agenda", data, at)


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """One item of the minutes as printed; ``told`` are further words below it."""

    title: str
    told: tuple[str, ...]
    recused: tuple[str, ...]
    votes_for: int
    votes_against: int
    votes_abstained: int
    result: str


@dataclass(frozen=True, slots=True)
class MinutesText:
    """What the minutes say besides their items; ``said`` and ``amended`` are lines that are ready to print."""

    village_name: str
    quarter_title: str
    held_on: date
    place_name: str
    chair_name: str
    writer_name: str
    present: tuple[str, ...]
    absent: tuple[str, ...]
    household_count: int
    points: int
    outcome: str
    said: tuple[str, ...] = ()
    amended: tuple[str, ...] = ()


def lay_out_minutes(minutes: MinutesText, lines: Sequence[MinutesLine], at: datetime) -> bytes:
    """Return the PDF of the minutes (会议记录), A4, with a line to sign on for everybody who was there."""
    data = {
        **asdict(minutes),
        "village": minutes.village_name,
        "held_on": minutes.held_on.isoformat(),
        "printed_on": village_date(at).isoformat(),
        "lines": [asdict(line) for line in lines],
    }
    return typeset("appraisals/minutes", data, at)


def lay_out_notice(
    notice: NoticeText,
    rows: Sequence[NoticeRow],
    at: datetime,
    *,
    paper_size: Literal["a4", "a3"] = "a4",
    with_lines: bool = True,
) -> bytes:
    """Return the PDF of a notice, households in the order given; A3 is the same, 1.4 times as large.

    ``with_lines`` prints what each household's points are made of; without it the households stand in two columns.
    """
    ends = village_time(notice.ends_at)
    data = {
        "village": notice.village_name,
        "committee": notice.committee_name,
        "quarter_title": notice.quarter_title,
        "head_hash": notice.head_hash,
        "printed_on": village_date(at).isoformat(),
        "begins_on": village_date(notice.begins_at).isoformat(),
        "ends_at": f"{ends.year}年{ends.month}月{ends.day}日 {ends:%H:%M}",
        "notice_days": notice.notice_days,
        "meeting_held_on": notice.meeting_held_on.isoformat() if notice.meeting_held_on else None,
        "panel_count": notice.panel_count,
        "present_count": notice.present_count,
        "objection_to": notice.objection_to,
        "objection_where": notice.objection_where,
        "reply_days": notice.reply_days,
        "qr": qr_code(notice.url).svg if notice.url else None,
        "household_count": len(rows),
        "total_points": sum(row.points for row in rows),
        "paper_size": paper_size,
        "with_lines": with_lines,
        "rows": [
            {
                "household_number": row.household_number,
                "head_name_masked": row.head_name_masked,
                "group_name": row.group_name,
                "points": row.points,
                "lines": row.lines,
                "state": row.state,
            }
            for row in rows
        ],
    }
    return typeset("appraisals/notice", data, at)
