"""What waits in penalties and vetoes: proof, telling, a reply or the end of its time, a second person."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from love_market.deeds import queries as deeds
from love_market.deeds.queries import Undecided
from love_market.deeds.reviewing import Reviewer
from love_market.deeds.rules import DECIDERS, VETO_JUDGES
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.reports.queries.first_cases import keepers_of_staff
from love_market.reports.rules import Case, by_hands, say

_TELLERS = COMMITTEE | {Role.GRID_WORKER}
_NOBODY = frozenset[Role]()


def penalty_cases(guard: Guard, work: deeds.Work) -> Iterator[Case]:
    """Yield the penalties that wait for proof, for their slip, and for a decision: mine, and those of others."""
    found = work.penalties
    yield from _case(
        found.noted,
        words("扣分缺凭据：{count} 条"),
        words("去补凭据"),
        words("从评分表里来的，没有凭据不能告知，也不能扣；记错的撤掉"),
        _TELLERS,
        show="noted",
    )
    yield from _case(
        found.recorded,
        words("扣分还没告知：{count} 条"),
        words("去告知"),
        words("印出告知单交到户里，答复的时间从那时算起"),
        _TELLERS,
        show="recorded",
    )
    stuck = list[Undecided]()
    for kind, title, show in (
        (found.replied, words("扣分有答复了：{count} 条"), "replied"),
        (found.silent, words("答复的时间到了：{count} 条扣分"), "silent"),
    ):
        mine, others, nobodys = by_hands(kind, _deciders, guard.staff_id)
        stuck += nobodys
        about = words("要由另一个人定：不能定自己记的，也不能定自家和亲属的")
        yield from _case(mine, title, words("去定"), about, DECIDERS, show=show)
        yield from _case(others, title, words("去定"), about, _NOBODY, whom=words("评议小组"))
    yield from _stuck(stuck, words("没有人能定的扣分：{count} 条"), work.people)


def veto_cases(guard: Guard, work: deeds.Work) -> Iterator[Case]:
    """Yield the vetoes that wait for their second person: mine, and those of others."""
    mine, others, stuck = by_hands(work.vetoes, _deciders, guard.staff_id)
    title = words("一票否决等另一人确认：{count} 条")
    about = words("确认以前不算数；不能确认自己记的，也不能确认自家和亲属的")
    whom = words("评议小组")
    for found, roles in ((mine, VETO_JUDGES), (others, _NOBODY)):
        yield from _case(found, title, words("去确认"), about, roles, whom=whom, one="veto", many="vetoes")
    yield from _stuck(stuck, words("没有人能确认的一票否决：{count} 条"), work.people)


def _deciders(one: Undecided) -> frozenset[UUID]:
    return one.deciders


def _case(
    found: Sequence[Undecided],
    title: str,
    act: str,
    about: str,
    roles: frozenset[Role],
    *,
    whom: str = "",
    one: str = "penalty",
    many: str = "penalties",
    show: str = "",
) -> Iterator[Case]:
    """Yield one line for all of a kind: of one by its page, of several by the list."""
    if not found:
        return
    is_one = len(found) == 1
    yield Case(
        say(title, count=len(found)),
        act,
        f"deeds.{one if is_one else many}",
        roles,
        {f"{one}_id": str(found[0].id)} if is_one else {"show": show} if show else {},
        say(about),
        whom=whom,
        since=min(each.since for each in found),
    )


def _stuck(found: Sequence[Undecided], title: str, people: Sequence[Reviewer]) -> Iterator[Case]:
    if found:
        yield Case(
            say(title, count=len(found)),
            words("去加分工"),
            "people.staff",
            keepers_of_staff(people),
            sub=say(words("能定的人不是记的人，就是亲属；再给一个人“评议员”的分工")),
            since=min(each.since for each in found),
        )
