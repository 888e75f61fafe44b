"""What the reading pages say: sentences with their numbers, cases in their order, the books in plain words. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from love_market.clock import village_date, village_time
from love_market.errors import NotFound, Refused, words
from love_market.people.rules import OVERSEERS, Role

_Waiting = TypeVar("_Waiting")

MOST_CHECKED_ENTRIES = 50_000
"""More than this is recomputed by the command, not while somebody waits for a page."""

MOST_EXPORTED_ENTRIES = 20_000
"""More than this does not fit into a workbook that an old PC can open."""

KINDS: Mapping[str, str] = {
    "grant": words("额度"),
    "award": words("认定"),
    "issue": words("发券"),
    "redeem": words("兑换"),
    "reverse": words("冲正"),
    "void": words("作废"),
    "lapse": words("到期"),
    "reset": words("清零"),
    "reissue": words("补发"),
    "receive": words("入库"),
    "write_off": words("报损"),
    "count": words("盘点"),
    "settle": words("处理争议"),
}
"""The kinds of entries as the village says them."""

PLACES: Mapping[str, str] = {
    "funding": words("额度来源"),
    "budget": words("季度额度"),
    "household": words("农户"),
    "voucher": words("积分券"),
    "redeemed": words("已兑换"),
    "lapsed": words("到期清零"),
    "void": words("作废"),
    "supplier": words("进货"),
    "donor": words("捐赠"),
    "shelf": words("货架"),
    "given": words("发给村民"),
    "spoiled": words("报损"),
    "variance": words("盘点差额"),
    "disputed": words("有争议"),
    "charged": words("记在兑换机账上"),
}
"""The kinds of accounts as the village says them."""


WEEKDAYS = (words("周一"), words("周二"), words("周三"), words("周四"), words("周五"), words("周六"), words("周日"))
_DAYS_A_WEEK = 7
_SATURDAY = 5
DONE_WITHIN = timedelta(days=3)
"""What came up and has no deadline of its own is to be done within so many days."""
AT_LEISURE = timedelta(days=7)
"""What can be done at any time stands behind what the coming week brings."""


class NoSuchLine(NotFound):
    """The book has no entry of that number."""


class BookTooLong(Refused):
    """The book is longer than a page can recompute or a workbook can hold."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words that were marked for the translators, and what fills their braces."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template


def say(template: str, **values: object) -> Sentence:
    """Return a sentence; mark its template with ``words()``."""
    return Sentence(template, values)


@dataclass(frozen=True, slots=True)
class Case:
    """Something that waits for somebody: who may do it, until when (or from when on), and the way there.

    ``due_at`` is the deadline, ``opens_at`` the instant before which it cannot be done, ``since`` when it began to
    wait. ``endpoint`` with ``values`` is the page where it is done, in one step.
    """

    title: Sentence
    act: str
    endpoint: str
    roles: frozenset[Role]
    values: Mapping[str, str] = field(default_factory=dict)
    sub: Sentence | None = None
    said: str = ""
    whom: str = ""
    due_at: datetime | None = None
    opens_at: datetime | None = None
    since: datetime | None = None

    @property
    def with_whom(self) -> str:
        """Who has it, in a word."""
        if self.whom:
            return self.whom
        if self.roles == {Role.CHAIR}:
            return words("主任")
        if self.roles == OVERSEERS:
            return words("乡镇")
        if Role.CLERK in self.roles:
            return words("超市管理员")
        return words("评议小组") if Role.PANEL_MEMBER in self.roles else words("村委会")

    def is_ready(self, at: datetime) -> bool:
        """Whether it can be done now."""
        return self.opens_at is None or self.opens_at <= at

    def day(self, at: datetime) -> date:
        """Return the day it stands under: of its opening or its deadline; without one, three days after it came up.

        What came up at no time in particular stands a week ahead; nothing stands before today.
        """
        instant, today = self.opens_at or self.due_at, village_date(at)
        if instant is not None:
            return max(today, village_date(instant))
        return today + AT_LEISURE if self.since is None else max(today, village_date(self.since) + DONE_WITHIN)


def when(case: Case, at: datetime) -> tuple[Sentence, Sentence | None]:
    """Return under which day a case stands, in words, and what stands below it: the hour, or the days left or past."""
    if not case.is_ready(at) and case.opens_at is not None:
        return _until(case.opens_at, at, words("{hour} 起"))
    if case.due_at is None:
        return _how_long(case.opens_at or case.since, village_date(at))
    days = (village_date(at) - village_date(case.due_at)).days
    if days > 0:
        return say(words("过了 {days} 天"), days=days), say(words("{day}到期"), day=village_date(case.due_at))
    if case.due_at < at:
        return say(words("今天")), say(words("已过期限"))
    return _until(case.due_at, at, words("{hour} 前"))


def _until(instant: datetime, at: datetime, of_the_hour: str) -> tuple[Sentence, Sentence]:
    """Return a day that comes, and below it the hour while it is today or tomorrow, from then on the days left."""
    day, hour = village_date(instant), f"{village_time(instant):%H:%M}"
    days = (day - village_date(at)).days
    if days <= 1:
        return say(words("明天") if days else words("今天")), say(of_the_hour, hour=hour)
    name = say(WEEKDAYS[day.weekday()]) if days < _DAYS_A_WEEK else say("{day}", day=day)
    return name, say(words("还有 {days} 天"), days=days)


def _how_long(since: datetime | None, today: date) -> tuple[Sentence, Sentence | None]:
    if since is None:
        return say(words("随时")), None
    waited = (today - village_date(since)).days
    if not waited:
        return say(words("刚来的")), None
    return say(words("等了 {days} 天"), days=waited), say(words("{day}来的"), day=village_date(since))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the quarter: ``state`` is done, now or later."""

    label: str
    state: str
    text: Sentence | None = None


def in_order(cases: Iterable[Case], at: datetime) -> Sequence[Case]:
    """Return cases by their day; on one day first those that can be done, with a deadline, and waiting the longest."""
    return sorted(
        cases,
        key=lambda case: (case.day(at), not case.is_ready(at), case.due_at is None, case.due_at or case.since or at),
    )


def by_hands(
    found: Iterable[_Waiting], able: Callable[[_Waiting], frozenset[UUID]], staff_id: UUID | None
) -> tuple[Sequence[_Waiting], Sequence[_Waiting], Sequence[_Waiting]]:
    """Return of what waits that which somebody may do, that which only others may, and that which nobody may."""
    mine, others, stuck = list[_Waiting](), list[_Waiting](), list[_Waiting]()
    for one in found:
        hands = able(one)
        (mine if staff_id in hands else others if hands else stuck).append(one)
    return mine, others, stuck


def working_days_after(day: date, count: int) -> date:
    """Return the day that is so many working days on, Monday to Friday; the year's holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def split_first(cases: Sequence[Case], at: datetime) -> tuple[Case | None, Sequence[Case]]:
    """Return the first case that can be done now, and the others in their order."""
    first = next((case for case in cases if case.is_ready(at)), None)
    return first, [case for case in cases if case is not first]
