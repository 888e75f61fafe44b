"""What waits for the committee from the counter: disputes, proxies over the limit, a till gone silent."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.counter import queries as counter
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard
from love_market.reports.rules import Case, say
from love_market.tills import queries as tills
from love_market.tills.rules import moment
from love_market.vouchers import queries as vouchers


def counter_cases(session: Session, guard: Guard, at: datetime) -> Iterator[Case]:
    """Yield the disputes that wait, and the lease that ended while its holder is silent: nobody else redeems then."""
    count, since = counter.open_since(session, guard)
    if count:
        yield Case(
            say(words("有 {count} 笔兑换对不上"), count=count),
            words("去处理"),
            "counter.disputes",
            COMMITTEE,
            sub=say(words("货拿走了，账上还差着：认下、记在兑换机账上，或者改正")),
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
