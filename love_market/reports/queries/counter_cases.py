"""What waits from the counter: disputes, proxies over the limit, a till gone silent, slips of the blackout pad."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.counter import queries as counter
from love_market.counter.slips import queries as slips
from love_market.counter.slips.rules import FIRST, KEEPERS, SECOND, State, show_number
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.reports.rules import Case, say
from love_market.tills import queries as tills
from love_market.tills.rules import moment
from love_market.vouchers import queries as vouchers

_SLIPS = {
    State.AGAIN: (
        words("停电本要重录：{count} 张"),
        words("去录"),
        words("从 {no} 起，照纸上的重录"),
    ),
    State.ONCE: (
        words("停电本等录第二遍：{count} 张"),
        words("去录"),
        words("从 {no} 起；换一个人录更稳，两遍一样就入账"),
    ),
    State.DIFFERS: (
        words("停电本两遍不一样：{count} 张"),
        words("去看纸上的"),
        words("从 {no} 起，对着纸定哪一遍对"),
    ),
    State.WAITING: (
        words("停电本等着入账：{count} 张"),
        words("去入账"),
        words("从 {no} 起，上面写着为什么没入账"),
    ),
}


def counter_cases(session: Session, guard: Guard, at: datetime) -> Iterator[Case]:
    """Yield the disputes that wait, and the lease that ended while its holder is silent: nobody else redeems then."""
    count, since = counter.open_since(session, guard)
    if count:
        only = counter.open_disputes(session, guard, limit=1)[0] if count == 1 else None
        yield Case(
            say(words("有 {count} 笔兑换对不上"), count=count),
            words("去处理"),
            "counter.dispute" if only else "counter.disputes",
            COMMITTEE,
            {"redemption_id": str(only.redemption_id)} if only else {},
            say(words("货拿走了，账上还差着：认下、记在兑换机账上，或者改正")),
            since=since,
        )
    beyond, first = vouchers.unseen_since(session, guard)
    if beyond:
        yield Case(
            say(words("有人一天代办得超过了户数：{count} 户"), count=beyond),
            words("去看"),
            "counter.proxies",
            COMMITTEE,
            sub=say(words("断网、停电时办的，账照记了；请问一问这几户知不知道")),
            since=first,
        )
    lease = tills.lease(session, guard)
    if lease.till_id is not None and lease.ends_at is not None and not lease.runs(at):
        yield Case(
            say(words("{name}断了联系，别的机器不能兑换"), name=tills.till(session, guard, lease.till_id).name),
            words("去看"),
            "tills.index",
            COMMITTEE,
            sub=say(words("它的离线时段 {until} 完了，还没有联网；等不了就由村里定"), until=moment(lease.ends_at)),
            since=lease.ends_at,
        )


def slip_cases(session: Session, guard: Guard) -> Iterator[Case]:
    """Yield the slips of the blackout pad that were typed and are not booked yet, a line for each thing to do."""
    found: dict[State, list[slips.OpenSlips]] = {}
    for one in slips.open_slips(session, guard):
        found.setdefault(one.state, []).append(one)
    for state, (title, act, about) in _SLIPS.items():
        if not (waiting := found.get(state)):
            continue
        endpoint, values = _way(waiting)
        yield Case(
            say(title, count=sum(one.count for one in waiting)),
            act,
            endpoint,
            frozenset({Role.CLERK}) if state is State.WAITING else frozenset(KEEPERS),
            values,
            say(about, no=show_number(waiting[0].first_number)),
            since=min(one.since for one in waiting),
        )


def _way(waiting: Sequence[slips.OpenSlips]) -> tuple[str, dict[str, str]]:
    """Return where slips in one state are done, of several pads in the first one."""
    first = waiting[0]
    if first.state in {State.AGAIN, State.ONCE}:
        which = {"which": SECOND if first.state is State.ONCE else FIRST, "number": str(first.first_number)}
        return "counter.slips.type_slips", {"pad_id": str(first.pad_id)} | which
    if first.count == 1:
        return "counter.slips.slip", {"number": str(first.first_number)}
    return "counter.slips.pad", {"pad_id": str(first.pad_id)}
