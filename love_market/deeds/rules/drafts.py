"""What a rule is as it is drafted, who may adopt one, and every way of refusing a draft or a version."""

from collections.abc import Mapping
from dataclasses import dataclass

from love_market.errors import Invalid, NotFound, Refused, words
from love_market.people.rules import COMMITTEE

CATEGORIES: Mapping[str, str] = {
    words("环境"): "environment",
    words("参与"): "participation",
    words("志愿"): "volunteering",
    words("家风"): "family",
    words("和谐"): "harmony",
    words("教育"): "education",
    words("奉献"): "dedication",
    words("产业"): "industry",
    words("扣分"): "penalty",
}
"""The categories of rules in their order, each with the name of its picture."""
PENALTY = "扣分"
VETO = words("一票否决")
"""The category of rules that bar the star household title for a time and move no points (domain.md §3 row 37)."""
PERIODS: Mapping[str, str] = {"quarter": words("每季"), "year": words("每年"), "event": words("每件")}
ADOPTERS = COMMITTEE

MOST_POINTS_A_UNIT, MOST_RULES, MOST_VETO_DAYS = 500, 120, 1100
LONGEST_NAME, LONGEST_UNIT, LONGEST_EVIDENCE, LONGEST_NOTE, LONGEST_FAMILY = 30, 8, 120, 200, 20


class RuleWrong(Invalid):
    """A drafted rule is out of bounds."""


class RuleTwice(RuleWrong):
    """Two drafted rules have one name or one code."""


class NoSuchVersion(NotFound):
    """The village has no such version of its rules."""


class NothingChanged(Refused):
    """The drafted rules are those that stand."""


class VersionMovedOn(Refused):
    """Somebody adopted another version since the draft was begun."""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as drafted: ``points`` for one unit, negative for a penalty; ``cap_points`` is a size, never negative.

    ``cap_period`` is quarter, year, event or None. Without a ``code`` it gets one from its name. Of the rules of one
    ``family`` only the highest counts in a year. A veto has ``veto_days`` after which it expires, and no points.
    """

    category: str
    name: str
    points: int
    unit_name: str
    cap_points: int | None = None
    cap_period: str | None = None
    evidence: str = ""
    code: str = ""
    family: str = ""
    veto_days: int | None = None
