"""What waits for the committee in a quarter."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals.papers import REPLY_DAYS
from love_market.appraisals.rules import RowState, State
from love_market.clock import village_date, village_instant
from love_market.deeds.reviewing import Reviewer
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.reports.queries.progress import Progress
from love_market.reports.rules import Case, say, working_days_after

_WORK_ENDS = 18
_CHAIR = frozenset({Role.CHAIR})


def quarter_cases(
    session: Session, guard: Guard, quarters: Sequence[Progress], people: Sequence[Reviewer], at: datetime
) -> Iterator[Case]:
    """Yield what waits for the committee in each quarter."""
    asked = [one.appraisal.id for one in quarters if one.is_awaiting_confirmation]
    entered = appraisals.recorders_of(session, guard, asked) if asked else {}
    for one in quarters:
        yield from _cases_of(one, _hands(guard, entered.get(one.appraisal.id, ()), people), at)


def _cases_of(one: Progress, hands: frozenset[Role] | None, at: datetime) -> Iterator[Case]:
    quarter = {"quarter": str(one.appraisal.quarter)}
    yield from _objection_cases(one)
    yield from _budget_cases(one)
    match one.appraisal.state:
        case State.SCORING:
            yield _scoring_case(one, at)
        case State.DELIBERATING:
            yield _meeting_case(one)
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
            yield from _confirm_cases(one, hands, at)


def _meeting_case(one: Progress) -> Case:
    quarter = one.appraisal.quarter
    is_on = one.meets_since is not None
    return Case(
        say(words("评议会还没开完：{quarter}") if is_on else words("开评议会：{quarter}"), quarter=quarter.title),
        words("接着开会") if is_on else words("去开会"),
        "appraisals.hold_meeting",
        COMMITTEE,
        {"quarter": str(quarter)},
        say(words("{count} 户的分已经交上来，评议员到会要够三分之二"), count=one.filled),
        since=one.meets_since or one.appraisal.submitted_at,
    )


def _objection_cases(one: Progress) -> Iterator[Case]:
    """Yield the objections of a quarter in one line: the oldest in its words, and how many wait besides it."""
    if not one.objections:
        return
    quarter, oldest = {"quarter": str(one.appraisal.quarter)}, one.objections[0]
    title = say(words("答复异议：{number} 号 {name}家"), number=oldest.number, name=oldest.head_name)
    about = say(words("{name}在 {day} 提出。答复以前，这一户先不认定。"), name=oldest.raised_by, day=oldest.raised_at)
    if len(one.objections) > 1:
        title = say(words("答复异议：{count} 件"), count=len(one.objections))
        about = say(
            words("最早的是 {number} 号 {name}家，{day} 提出。答复以前，这几户先不认定。"),
            number=oldest.number,
            name=oldest.head_name,
            day=oldest.raised_at,
        )
    is_one = len(one.objections) == 1
    yield Case(
        title,
        words("答复异议"),
        "appraisals.reply" if is_one else "appraisals.objections",
        COMMITTEE,
        quarter | {"objection_id": str(oldest.id)} if is_one else quarter,
        about,
        said=oldest.words,
        due_at=_end_of(working_days_after(village_date(oldest.raised_at), REPLY_DAYS)),
        since=oldest.raised_at,
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
    show = {"show": "unfilled"} if left and one.filled else {}
    if not one.households:
        return Case(
            say(words("还没交评议：{quarter}"), quarter=title),
            words("去填分"),
            "appraisals.grid",
            COMMITTEE,
            {"quarter": str(one.appraisal.quarter)},
            say(words("早过了季末，这一季的分一直没有交上去")) if is_over else None,
            since=_end_of(last_day) if is_over else None,
        )
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
        {"quarter": str(one.appraisal.quarter)} | show,
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


def minutes_cases(quarters: Sequence[Progress]) -> Iterator[Case]:
    """Yield the meetings whose minutes were not signed and kept, in one line that leads to the latest."""
    unsigned = [one for one in quarters if one.meeting is not None and one.lacks_signed_copy]
    if not unsigned:
        return
    latest = unsigned[0].appraisal.quarter
    title = say(words("会议记录签字：{quarter}"), quarter=latest.title)
    if len(unsigned) > 1:
        title = say(words("会议记录签字：{count} 次评议会"), count=len(unsigned))
    yield Case(
        title,
        words("去传"),
        "appraisals.minutes",
        COMMITTEE,
        {"quarter": str(latest)},
        say(words("到会的人在纸上签好字，拍照或扫描传上来，和记录放在一起")),
    )


def _end_of(on: date) -> datetime:
    return village_instant(on, _WORK_ENDS)


def _confirm_cases(one: Progress, hands: frozenset[Role] | None, at: datetime) -> Iterator[Case]:
    title, quarter = one.appraisal.quarter.title, {"quarter": str(one.appraisal.quarter)}
    listed, ends = one.rows.get(RowState.LISTED, 0), one.appraisal.notice_ends_at
    if listed:
        yield _confirm_case(one, listed, hands)
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


def _hands(guard: Guard, entered: Collection[str], people: Sequence[Reviewer]) -> frozenset[Role] | None:
    """Return whose hands a confirmation is in, as roles of the person asking; None where every chair entered scores."""
    chairs = {each.staff_id for each in people if Role.CHAIR in each.roles}
    able = {staff_id for staff_id in chairs if f"staff:{staff_id.hex}" not in entered}
    if chairs and not able:
        return None
    return frozenset() if guard.staff_id in chairs - able else _CHAIR


def _confirm_case(one: Progress, listed: int, roles: frozenset[Role] | None) -> Case:
    appraisal, quarter = one.appraisal, {"quarter": str(one.appraisal.quarter)}
    if roles is None:
        return Case(
            say(words("认定{quarter}还差一位主任"), quarter=appraisal.quarter.title),
            words("去加分工"),
            "people.staff",
            _CHAIR,
            sub=say(words("认定人不能录过分，现在的主任录过；请再给一个没有录过分的人“主任”的分工")),
            due_at=appraisal.notice_ends_at,
        )
    again = appraisal.confirmed_at is not None
    return Case(
        say(words("补认定{quarter}") if again else words("公示到期，认定{quarter}"), quarter=appraisal.quarter.title),
        words("去认定"),
        "appraisals.confirm",
        roles,
        quarter,
        say(words("{ready} 户可以认定，{waiting} 户先等；认定人不能录过分"), ready=listed, waiting=one.waiting_rows),
        whom=words("主任"),
        opens_at=appraisal.notice_ends_at,
    )
