"""The steps of a quarter in words: what was done when, what comes, from when on."""

from collections.abc import Sequence
from datetime import datetime

from love_market.appraisals.rules import RowState, State
from love_market.clock import village_date, village_time
from love_market.errors import words
from love_market.reports.queries.progress import Progress
from love_market.reports.rules import Sentence, Step, say

_CLAIM, _SCORE, _MEET, _NOTICE, _CONFIRM, _ISSUE, _REDEEM = range(7)
_LABELS = (
    words("申报"),
    words("评分"),
    words("评议"),
    words("公示"),
    words("认定"),
    words("发券"),
    words("兑换"),
)


def steps(one: Progress, waiting_points: int, at: datetime) -> Sequence[Step]:
    """Return the steps of a quarter with their dates and numbers; ``waiting_points`` are in no voucher yet."""
    now = _reached(one, waiting_points, at)
    texts = (
        _claims(one, at),
        _scores(one),
        _panel(one),
        _notice(one, at),
        _confirmation(one, at),
        _issue(one, waiting_points),
        _redemption(one),
    )
    return [
        Step(label, "done" if place < now else "now" if place == now else "later", text)
        for place, (label, text) in enumerate(zip(_LABELS, texts, strict=True))
    ]


def _reached(one: Progress, waiting_points: int, at: datetime) -> int:
    match one.appraisal.state:
        case State.SCORING:
            return _CLAIM if village_date(at) <= one.appraisal.quarter.last_day else _SCORE
        case State.DELIBERATING:
            return _MEET
        case State.DECIDED:
            return _NOTICE
        case State.NOTICE:
            return _NOTICE if one.appraisal.takes_objections(at) else _CONFIRM
        case _ if waiting_points or not one.issued.vouchers:
            return _ISSUE
        case _:
            return _REDEEM if one.issued.left_points else _REDEEM + 1


def _claims(one: Progress, at: datetime) -> Sentence:
    last_day = one.appraisal.quarter.last_day
    if village_date(at) <= last_day:
        return say(words("到 {day} 为止，已认可 {count} 件"), day=last_day, count=one.deeds)
    return say(words("{day}收齐，{count} 件"), day=last_day, count=one.deeds)


def _scores(one: Progress) -> Sentence:
    if one.appraisal.state is State.SCORING:
        return say(words("已填 {filled} / {households} 户"), filled=one.filled, households=one.households)
    return say(words("{households} 户"), households=one.households)


def _panel(one: Progress) -> Sentence | None:
    if one.meeting is None:
        return None
    held_on, present = one.meeting
    return say(words("{day}，到会 {count} 人"), day=held_on, count=present)


def _notice(one: Progress, at: datetime) -> Sentence | None:
    ends = one.appraisal.notice_ends_at
    if ends is None:
        return None
    if one.appraisal.takes_objections(at):
        days = (village_date(ends) - village_date(at)).days
        left = say(words("还剩 {days} 天"), days=days) if days else say(words("今天截止"))
        return say(words("{left}，异议 {count} 件"), left=left, count=len(one.objections))
    return say(words("{day}截止"), day=village_date(ends))


def _confirmation(one: Progress, at: datetime) -> Sentence | None:
    if one.appraisal.confirmed_at is not None:
        confirmed = one.rows.get(RowState.CONFIRMED, 0)
        return say(words("{day}，{count} 户"), day=village_date(one.appraisal.confirmed_at), count=confirmed)
    ends = one.appraisal.notice_ends_at
    if ends is None:
        return None
    if at < ends:
        return say(words("{day} {hour} 以后"), day=village_date(ends), hour=f"{village_time(ends):%H:%M}")
    return say(words("{count} 户等着认定"), count=one.rows.get(RowState.LISTED, 0))


def _issue(one: Progress, waiting_points: int) -> Sentence | None:
    if one.appraisal.state is State.CONFIRMED and waiting_points:
        return say(words("{points} 分等着发券"), points=waiting_points)
    if one.issued.vouchers:
        return say(words("{count} 张，共 {points} 分"), count=one.issued.vouchers, points=one.issued.points)
    if one.total_points and one.appraisal.state is not State.SCORING:
        return say(words("{count} 户，预计 {points} 分"), count=one.filled, points=one.total_points)
    return None


def _redemption(one: Progress) -> Sentence | None:
    if not one.issued.vouchers:
        return None
    spent = one.issued.points - one.issued.left_points
    return say(words("换了 {spent} 分，还有 {left} 分"), spent=spent, left=one.issued.left_points)
