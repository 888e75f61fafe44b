"""What waits for the committee in a quarter."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals.papers import REPLY_DAYS
from love_market.appraisals.rules import RowState, State
from love_market.clock import village_date, village_instant
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.reports.queries.progress import Progress
from love_market.reports.rules import Case, say, working_days_after

_WORK_ENDS = 18
_CHAIR = frozenset({Role.CHAIR})
_RECORDER = frozenset({Role.RECORDER})


def quarter_cases(session: Session, guard: Guard, one: Progress, at: datetime) -> Iterator[Case]:
    """Yield what waits for the committee in one quarter."""
    quarter = {"quarter": str(one.appraisal.quarter)}
    yield from _objection_cases(one)
    yield from _budget_cases(one)
    yield from _minutes_cases(one)
    match one.appraisal.state:
        case State.SCORING:
            yield _scoring_case(one, at)
        case State.DELIBERATING:
            yield Case(
                say(words("开评议会：{quarter}"), quarter=one.appraisal.quarter.title),
                words("去开会"),
                "appraisals.hold_meeting",
                COMMITTEE,
                quarter,
                say(words("{count} 户的分已经交上来，评议员到会要够三分之二"), count=one.filled),
            )
        case State.DECIDED:
            yield Case(
                say(words("发布公示：{quarter}"), quarter=one.appraisal.quarter.title),
                words("去发布"),
                "appraisals.publish",
                COMMITTEE,
                quarter,
                say(words("评议会已经通过，{count} 户共 {points} 分"), count=one.filled, points=one.total_points),
            )
        case _:
            yield from _confirm_cases(session, guard, one, at)


def _objection_cases(one: Progress) -> Iterator[Case]:
    for objection in one.objections:
        yield Case(
            say(words("答复异议：{number} 号 {name}家"), number=objection.number, name=objection.head_name),
            words("答复异议"),
            "appraisals.reply",
            COMMITTEE,
            {"quarter": str(one.appraisal.quarter), "objection_id": str(objection.id)},
            say(
                words("{name}在 {day} 提出。答复以前，这一户先不认定。"),
                name=objection.raised_by,
                day=objection.raised_at,
            ),
            said=objection.words,
            due_at=_end_of(working_days_after(village_date(objection.raised_at), REPLY_DAYS)),
            since=objection.raised_at,
        )


def _budget_cases(one: Progress) -> Iterator[Case]:
    over = one.total_points - one.appraisal.budget_points
    if over > 0 and not one.is_awarded:
        yield Case(
            say(words("额度不够：{quarter}还差 {points} 分"), quarter=one.appraisal.quarter.title, points=over),
            words("看额度"),
            "appraisals.add_budget",
            COMMITTEE,
            {"quarter": str(one.appraisal.quarter)},
            say(
                words("可发 {budget} 分，拟发 {total} 分。认定以前要追加额度，不然发不出去"),
                budget=one.appraisal.budget_points,
                total=one.total_points,
            ),
            due_at=one.appraisal.notice_ends_at,
        )


def _scoring_case(one: Progress, at: datetime) -> Case:
    title, last_day = one.appraisal.quarter.title, one.appraisal.quarter.last_day
    left, is_over = one.households - one.filled, village_date(at) > last_day
    if left:
        what, act = say(words("填分：还有 {count} 户没填"), count=left), words("去填分")
    elif is_over:
        what, act = say(words("分填齐了，交评议：{quarter}"), quarter=title), words("去提交")
    else:
        what, act = say(words("评分：{quarter}"), quarter=title), words("去填分")
    return Case(
        what,
        act,
        "appraisals.grid",
        COMMITTEE,
        {"quarter": str(one.appraisal.quarter)},
        say(
            words("{quarter}，已填 {filled} / {households} 户，共 {points} 分"),
            quarter=title,
            filled=one.filled,
            households=one.households,
            points=one.total_points,
        ),
        due_at=None if is_over else _end_of(last_day),
        since=_end_of(last_day) if is_over else None,
    )


def _minutes_cases(one: Progress) -> Iterator[Case]:
    if one.meeting is not None and one.lacks_signed_copy:
        yield Case(
            say(words("会议记录签字：{quarter}"), quarter=one.appraisal.quarter.title),
            words("去传"),
            "appraisals.minutes",
            _RECORDER,
            {"quarter": str(one.appraisal.quarter)},
            say(words("到会的 {count} 人在纸上签好字，拍照或扫描传上来，和记录放在一起"), count=one.meeting[1]),
        )


def _end_of(on: date) -> datetime:
    return village_instant(on, _WORK_ENDS)


def _confirm_cases(session: Session, guard: Guard, one: Progress, at: datetime) -> Iterator[Case]:
    title, quarter = one.appraisal.quarter.title, {"quarter": str(one.appraisal.quarter)}
    listed, ends = one.rows.get(RowState.LISTED, 0), one.appraisal.notice_ends_at
    is_barred = guard.roles & _CHAIR and guard.actor in appraisals.recorders(session, guard, one.appraisal.id)
    if listed and not is_barred:
        yield Case(
            say(words("公示到期，认定{quarter}"), quarter=title),
            words("去认定"),
            "appraisals.confirm",
            _CHAIR,
            quarter,
            say(
                words("{ready} 户可以认定，{waiting} 户先等；认定人不能录过分"), ready=listed, waiting=one.waiting_rows
            ),
            opens_at=ends,
        )
    held = one.rows.get(RowState.HELD, 0)
    if held and ends is not None and at >= ends:
        yield Case(
            say(words("再表决：{count} 户上次没通过"), count=held),
            words("去表决"),
            "appraisals.quarter",
            COMMITTEE,
            quarter,
            say(words("{quarter}的评议会没有通过这几户，表决以后才能认定"), quarter=title),
        )
