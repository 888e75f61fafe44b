"""Cases drawn by chance: mostly baskets that can be redeemed, each rule broken now and then."""

import random
from collections.abc import Mapping
from typing import Any

from tests.counter.vectors.shapes import TODAY, Asked, acting, asked, good, offline, voucher

_DAYS = ("2026-09-30", "2026-10-07", TODAY, "2026-10-09", "2027-04-30")
_SOON = (*_DAYS[3:], TODAY)
_HOURS = ("2026-10-08T01:59:59.999Z", "2026-10-08T02:00:00.000Z", "2026-10-08T02:00:00.001Z", "2026-10-08T18:00:00Z")
_STATES = ("issued", "handed_over", "handed_over", "handed_over", "frozen", "spent", "lapsed", "void")
_LIMITS = (0, 1, 2, 3, 3, 3)
_NAMES = ("陈醋", "挂面", "香皂", "食盐")


def drawn(chance: random.Random) -> Asked:
    """Return a question."""

    def seldom(one_in: int = 12) -> bool:
        return chance.randrange(one_in) == 0

    goods = [_good(chance, name, withdrawn=seldom(25)) for name in _NAMES[: chance.randint(1, 4)]]
    vouchers = [_voucher(chance, ordinary=not seldom(5)) for _ in range(chance.randint(1, 3))]
    lines: list[tuple[Any, ...]] = [(number, chance.randint(1, 3)) for number in range(len(goods))]
    lines = chance.sample(lines, chance.randint(not seldom(40), len(lines)))
    if seldom(25):
        lines = [(number, chance.choice((0, -1, 999, 1000, 1.5))) for number, *_ in lines]
    if seldom(25):
        lines = [(number, quantity, chance.randint(1, 9)) for number, quantity, *_ in lines]
    if seldom(40):
        lines.append((chance.choice((0, len(goods))), 1, 1))
    paying = chance.sample(range(len(vouchers)), chance.randint(not seldom(40), len(vouchers)))
    if seldom(40):
        paying.append(chance.choice((0, len(vouchers))))
    return asked(
        *lines,
        goods=goods,
        vouchers=vouchers,
        paying=paying,
        today=chance.choice(_DAYS) if seldom() else TODAY,
        minimum=chance.choice((1, 1, 1, 1, 5, 20)),
        offline=_offline(chance, ordinary=not seldom(4)) if seldom(3) else None,
        acting=acting(*chance.choices(range(5), k=chance.randint(0, 4)), limit=chance.choice(_LIMITS))
        if seldom(3)
        else None,
    )


def _good(chance: random.Random, name: str, *, withdrawn: bool) -> Mapping[str, Any]:
    days = sorted(chance.choices(_DAYS, k=chance.randint(0, 2)))
    lots: list[tuple[int, str | None]] = [(chance.choice((0, 1, 2, 5)), day) for day in days]
    if chance.randrange(4):
        lots.append((chance.choice((2, 20)), None))
    made = good(chance.randint(3, 9), name=name, withdrawn=withdrawn)
    return {**made, "lots": [{"expires_on": day, "quantity": quantity} for quantity, day in lots]}


def _voucher(chance: random.Random, *, ordinary: bool) -> Mapping[str, Any]:
    whose = chance.randrange(3)
    if ordinary:
        state, until = chance.choice(_STATES[:3]), chance.choice(_SOON)
        return voucher(chance.randint(1, 90), state=state, until=until, household=whose)
    state = chance.choice(_STATES)
    points = chance.randint(0, 40) if state in _STATES[:5] else 0
    return voucher(
        points,
        state=state,
        reason=chance.choice(("", "丢了", "户已迁走")),
        until=chance.choice(_DAYS),
        known=chance.randrange(3) > 0,
        household=whose,
    )


def _offline(chance: random.Random, *, ordinary: bool) -> Mapping[str, Any]:
    limit = chance.choice((0, 0, 5, 20, 60))
    if ordinary:
        return offline(limit_points=limit)
    return offline(
        now=chance.choice(_HOURS),
        latest_at=chance.choice(_HOURS),
        lease_ends_at=chance.choice((None, *_HOURS)),
        cut_off=chance.randrange(4) == 0,
        limit_points=limit,
    )
