"""What waits in deeds: first reviews and second ones, for me and for others, and what nobody here may do."""

from collections.abc import Iterator

from love_market.deeds import queries as deeds
from love_market.errors import words
from love_market.people.rules import Guard
from love_market.reports.queries.first_cases import keepers_of_staff
from love_market.reports.rules import Case, by_hands, say


def deed_cases(guard: Guard, work: deeds.Work) -> Iterator[Case]:
    """Yield the deeds that wait, first reviews and second ones: those for me, and those for others."""
    mine, others, stuck = by_hands(work.deeds, lambda one: one.circle.staff_ids, guard.staff_id)
    kinds: dict[tuple[bool, bool, str], list[deeds.Waiting]] = {}
    for one in mine:
        kinds.setdefault((True, one.is_first, ""), []).append(one)
    for one in others:
        kinds.setdefault((False, one.is_first, one.circle.title), []).append(one)
    for (is_mine, is_first, whom), found in kinds.items():
        template = words("初审好事：{count} 件") if is_first else words("复核好事：{count} 件")
        yield Case(
            say(template, count=len(found)),
            words("去初审") if is_first else words("去复核"),
            "deeds.deed" if len(found) == 1 else "deeds.index",
            guard.roles if is_mine else frozenset(),
            {"deed_id": str(found[0].id)} if len(found) == 1 else {"state": "first" if is_first else "second"},
            say(words("先由网格员初审，再由村委会复核；自己报的、自家和亲属家的不审")),
            whom=whom,
            since=found[0].recorded_at,
        )
    if stuck:
        yield Case(
            say(words("没有人能审的好事：{count} 件"), count=len(stuck)),
            words("去加分工"),
            "people.staff",
            keepers_of_staff(work.people),
            sub=say(words("会审的人不是报的人，就是亲属，或者已经审过；再给一个人“评议员”的分工")),
            since=stuck[0].recorded_at,
        )
