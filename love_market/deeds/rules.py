"""Scoring rules and deeds, the pure part: what a rule is, what counts under a cap, which name means which rule."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from love_market.errors import Denied, Invalid, NotFound, Refused, words
from love_market.people.rules import COMMITTEE, VILLAGE_STAFF, Role

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
PERIODS: Mapping[str, str] = {"quarter": words("每季"), "year": words("每年"), "event": words("每件")}
STATES: Mapping[str, str] = {
    "claimed": words("等审"),
    "accepted": words("已认可"),
    "refused": words("已退回"),
    "withdrawn": words("已撤回"),
}
ADOPTERS, RECORDERS, REVIEWERS = COMMITTEE, VILLAGE_STAFF - {Role.CLERK}, VILLAGE_STAFF - {Role.CLERK}

# What must never be scored (domain.md §3), with the words that give it away in a rule's name.
NEVER_SCORED: Mapping[str, tuple[str, ...]] = {
    words("上访信访"): ("上访", "信访"),
    words("宗教信仰"): ("宗教", "信教", "信仰"),
    words("生病"): ("生病", "患病", "疾病"),
    words("欠债"): ("欠债", "欠款", "贷款", "欠费"),
    words("生育"): ("生育", "二孩", "三孩", "计生", "计划生育"),
    words("入户调查怎么回答"): ("满意度", "问卷", "答卷", "入户调查", "测评"),
}

MOST_POINTS_A_UNIT, MOST_POINTS, MOST_TIMES, MOST_RULES = 500, 30_000, 200, 120
OLDEST_DAYS = 400
LONGEST_NAME, LONGEST_UNIT, LONGEST_EVIDENCE, LONGEST_NOTE = 30, 8, 120, 200
LONGEST_WORDS, LONGEST_REASON, LONGEST_MEMBER = 500, 200, 60


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


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as drafted: ``points`` for one unit, negative for a penalty; ``cap_points`` is a size, never negative.

    ``cap_period`` is quarter, year, event or None. Without a ``code`` it gets one from its name.
    """

    category: str
    name: str
    points: int
    unit_name: str
    cap_points: int | None = None
    cap_period: str | None = None
    evidence: str = ""
    code: str = ""


class Named(Protocol):
    """Anything with a rule's name."""

    @property
    def name(self) -> str:
        """The rule's name."""


class Capped(Protocol):
    """Anything with a rule's points and cap."""

    @property
    def points(self) -> int:
        """Points for one unit."""

    @property
    def cap_points(self) -> int | None:
        """The size that a sum is capped at."""

    @property
    def cap_period(self) -> str | None:
        """Over what the cap holds."""


_Rule = TypeVar("_Rule", bound=Named)


_AMOUNT_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*分[^()\[\]]*[)\]]")
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "庭院整洁": ("庭院卫生", "院落整洁", "院落卫生", "庭院干净"),
    "垃圾分类": ("生活垃圾分类", "垃圾分类投放"),
    "村庄清扫": ("村庄清洁", "村庄保洁", "集体大扫除"),
    "植树护绿": ("植树", "植树造林", "义务植树"),
    "厕所管护": ("厕所卫生", "户厕管护"),
    "参加会议": ("参会", "开会", "村民会议"),
    "建议采纳": ("建言献策", "合理化建议", "建议被采纳"),
    "义务劳动": ("义务工", "义务投工", "公益劳动"),
    "培训宣讲": ("参加培训", "学习培训", "培训学习"),
    "志愿服务": ("志愿活动", "志愿者服务", "志愿服务活动"),
    "圆微心愿": ("微心愿", "认领微心愿", "实现微心愿"),
    "邻里助老": ("帮助老人", "帮老助残", "敬老助残", "扶老助残"),
    "防火防汛": ("防火防汛值守", "防火巡查", "防汛值守"),
    "孝老爱亲": ("孝老敬亲", "孝敬老人", "敬老孝亲"),
    "移风易俗": ("喜事新办", "婚丧简办", "红白事简办", "婚事新办丧事简办"),
    "不要高价彩礼": ("零彩礼", "低彩礼", "拒绝高价彩礼"),
    "化解纠纷": ("化解矛盾", "化解自家纠纷"),
    "帮人调解": ("调解纠纷", "参与调解"),
    "隐患上报": ("上报隐患", "报告隐患"),
    "考上本科": ("本科录取", "考取本科"),
    "考上专科": ("专科录取", "考取专科"),
    "技能证书": ("职业技能证书", "考取技能证书"),
    "应征入伍": ("参军", "参军入伍", "入伍"),
    "无偿献血": ("献血", "义务献血"),
    "乱倒垃圾": ("乱扔垃圾", "乱丢垃圾", "垃圾乱倒", "垃圾乱扔"),
    "散养牲畜": ("牲畜散养", "散养家畜"),
    "焚烧秸秆": ("秸秆焚烧", "烧秸秆"),
    "占用公地": ("乱占公地", "侵占公地", "占用公共用地"),
    "聚众赌博": ("赌博", "参与赌博"),
    "虚报积分": ("虚假申报", "弄虚作假"),
}
_CANONICAL = {alias: name for name, aliases in _SYNONYMS.items() for alias in aliases}


def plain(name: str) -> str:
    """Return a name as it is compared: one width, lower case, without blanks, points and an amount in brackets."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _AMOUNT_IN_BRACKETS.sub("", text)
    return "".join(char for char in text if char.isalnum())


def match_rule(name: str, rules: Iterable[_Rule]) -> _Rule | None:
    """Return the rule that a column's head means: by name, else by a synonym; never by likeness.

    None where no rule, or more than one, is meant.
    """
    asked = plain(name)
    if not asked:
        return None
    offered = [(plain(rule.name), rule) for rule in rules]
    named = [rule for own, rule in offered if own == asked]
    if not named:
        group = _CANONICAL.get(asked, asked)
        named = [rule for own, rule in offered if _CANONICAL.get(own, own) == group]
    return named[0] if len(named) == 1 else None


def never_scored(name: str) -> str | None:
    """Return what must never be scored that a rule's name points to, if anything (domain.md §3)."""
    return next((topic for topic, signs in NEVER_SCORED.items() if any(sign in name for sign in signs)), None)


def counted(entered: int, rule: Capped, *, already: int = 0) -> int:
    """Return the points that count of a household's sum for one rule in one quarter.

    ``already`` is what counted in earlier quarters of the same year (a yearly cap takes it into account). A penalty's
    cap bounds its size. Points against the rule's own sign never count. A cap by event binds each deed, not the sum.
    """
    sign = 1 if rule.points > 0 else -1
    size = max(entered * sign, 0)
    if rule.cap_points is not None and rule.cap_period in {"quarter", "year"}:
        used = abs(already) if rule.cap_period == "year" else 0
        size = min(size, max(rule.cap_points - used, 0))
    return size * sign


def counted_unit(unit_name: str) -> str:
    """Return a unit as it stands after a number: 次 stays, 半天 becomes 个半天."""
    return f"个{unit_name}" if unit_name in {"半天", "月", "季", "季度", "小时", "星期"} else unit_name


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
        raise DeedDateWrong(words("日期在今天以后。好事做了再记。"))
    if done_on < today - timedelta(days=OLDEST_DAYS):
        raise DeedDateWrong(words("日期太早了，只能记 {days} 天以内的事。"), days=OLDEST_DAYS)
