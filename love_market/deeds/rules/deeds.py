"""Deeds, the pure part: their states, who records and judges them, what they are worth, all refusals."""

from collections.abc import Mapping
from datetime import date, timedelta

from love_market.deeds.rules.counting import Capped
from love_market.errors import Denied, Invalid, NotFound, Refused, words
from love_market.people.rules import COMMITTEE, JUDGES, Role

STATES: Mapping[str, str] = {
    "claimed": words("等审"),
    "accepted": words("已认可"),
    "refused": words("已退回"),
    "withdrawn": words("已撤回"),
}
RECORDERS = REVIEWERS = JUDGES
DECIDERS = COMMITTEE | {Role.PANEL_MEMBER}
"""Who decides on what takes something from a household: penalties, vetoes."""


MOST_POINTS, MOST_TIMES = 30_000, 200
OLDEST_DAYS = 400
LONGEST_WORDS, LONGEST_REASON, LONGEST_MEMBER = 500, 200, 60


class RuleNotCurrent(Refused):
    """The rule is not in the version that stands now."""


class NoSuchDeed(NotFound):
    """The village has no such deed."""


class DeedDateWrong(Invalid):
    """The day of a deed is in the future or too long ago."""


class DeedTimesWrong(Invalid):
    """The count of a deed is out of bounds."""


class DeedWordsWrong(Invalid):
    """What was written about a deed is missing or too long."""


class SameDeedTwice(Refused):
    """The household has this deed on this day already."""


class DeedAlreadyReviewed(Refused):
    """A deed is accepted, refused or withdrawn once."""


class OwnRecord(Denied):
    """Who recorded a deed does not review it."""


class NotOwnRecord(Denied):
    """Only who recorded a deed withdraws it."""


def deed_points(rule: Capped, times: int) -> int:
    """Return the points of a deed done so many times; raise ``DeedTimesWrong``."""
    if type(times) is not int or not 1 <= times <= MOST_TIMES or abs(rule.points * times) > MOST_POINTS:
        raise DeedTimesWrong(
            words("次数要是 1 到 {most} 的整数。"), most=min(MOST_TIMES, MOST_POINTS // abs(rule.points))
        )
    if rule.cap_period == "event" and rule.cap_points is not None and abs(rule.points * times) > rule.cap_points:
        raise DeedTimesWrong(words("这一项一件事最多 {cap} 分。另一件事请另记。"), cap=rule.cap_points)
    return rule.points * times


def check_date(done_on: date, today: date) -> None:
    """Raise ``DeedDateWrong`` for a day in the future or more than 400 days ago."""
    if done_on > today:
        raise DeedDateWrong(words("日期在今天以后。事情过了再记。"))
    if done_on < today - timedelta(days=OLDEST_DAYS):
        raise DeedDateWrong(words("日期太早了，只能记 {days} 天以内的事。"), days=OLDEST_DAYS)
