"""Reading who acted for whom in some days (代领登记): each act with its points and goods, and sums by person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter.queries.receipts import GivenGood, Receipt, receipts_by_id
from love_market.people.rules import Guard
from love_market.vouchers import queries as vouchers
from love_market.vouchers.queries import ProxyActRecord

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class ProxyLine:
    """An act with what it came to: the points of the voucher collected, or of the household's that paid, for goods."""

    act: ProxyActRecord
    points: int
    goods: Sequence[GivenGood]

    @property
    def day(self) -> date:
        """The day it was on."""
        return village_date(self.act.acted_at)


@dataclass(frozen=True, slots=True)
class ProxySums:
    """What one person did: for how many different households, how often, the points collected and redeemed."""

    name: str
    households: int
    acts: int
    collected_points: int
    redeemed_points: int


@dataclass(frozen=True, slots=True)
class ProxyRegister:
    """The acts of some days, and what they come to by person, who acted for most first; undone ones count nowhere."""

    first: date
    last: date
    lines: Sequence[ProxyLine]
    people: Sequence[ProxySums]
    total: ProxySums


def proxy_register(session: Session, guard: Guard, first: date, last: date) -> ProxyRegister:
    """Return who acted for households of the village from one day to another."""
    lines = proxy_lines(session, guard, vouchers.proxy_acts(session, guard, first, last))
    standing = [line for line in lines if line.act.undone_at is None]
    by_name: dict[str, list[ProxyLine]] = {}
    for line in standing:
        by_name.setdefault(line.act.proxy.name, []).append(line)
    people = [_sums(name, theirs) for name, theirs in by_name.items()]
    people.sort(key=lambda one: (-one.households, -one.acts, one.name))
    return ProxyRegister(first, last, lines, people, _sums("", standing))


def proxy_lines(
    session: Session, guard: Guard, acts: Sequence[ProxyActRecord], known: Sequence[Receipt] = ()
) -> Sequence[ProxyLine]:
    """Return acts with their points and goods; ``known`` are receipts that need not be read for it."""
    made = {one.id: one for one in known}
    ids = list({act.redemption_id for act in acts if act.redemption_id is not None} - made.keys())
    for start in range(0, len(ids), _CHUNK):
        made.update(receipts_by_id(session, guard, ids[start : start + _CHUNK]))
    return [_line(act, made.get(act.redemption_id) if act.redemption_id else None) for act in acts]


def _line(act: ProxyActRecord, receipt: Receipt | None) -> ProxyLine:
    if receipt is None:
        return ProxyLine(act, act.face_points, ())
    if act.household_id is None:
        return ProxyLine(act, receipt.total_points, receipt.goods)
    paid = sum(one.amount_points for one in receipt.vouchers if one.household_id == act.household_id)
    return ProxyLine(act, paid, receipt.goods)


def _sums(name: str, lines: Sequence[ProxyLine]) -> ProxySums:
    return ProxySums(
        name,
        households=len({line.act.household_id for line in lines}),
        acts=len({(line.act.redemption_id, line.act.acted_at) for line in lines}),
        collected_points=sum(line.points for line in lines if line.act.is_collecting),
        redeemed_points=sum(line.points for line in lines if not line.act.is_collecting),
    )
