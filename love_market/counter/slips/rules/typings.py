"""What one typing of a slip says, where two of them differ, and what both come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from love_market.counter.rules import MOST_OF_ONE, BasketLine, total_points
from love_market.counter.slips.rules.states import SlipUnclear, SumDiffers, Undecided
from love_market.errors import words
from love_market.stock.rules import LARGEST_PRICE_POINTS
from love_market.vouchers.rules import Proxy

FIRST, SECOND = "first", "second"
DAY, VOUCHER, TOTAL, PROXY, GOOD = "day", "voucher", "total", "proxy", "good-"


@dataclass(frozen=True, slots=True)
class Typing:
    """What one typing of a slip says: the day, the voucher, goods with quantity and price as written, the total.

    ``proxy`` is who collected for the household, signed on the slip; None: it came itself.
    """

    day: date
    voucher_id: UUID
    lines: tuple[BasketLine, ...]
    total_points: int
    proxy: Proxy | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the row keeps it."""
        lines = [[line.good_id.hex, line.quantity, line.points_each] for line in self.lines]
        said = {"day": self.day.isoformat(), "voucher": self.voucher_id.hex, "lines": lines, "total": self.total_points}
        return said | ({"proxy": [self.proxy.name, self.proxy.relation]} if self.proxy else {})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``as_json`` made."""
        lines = tuple(BasketLine(UUID(good), quantity, each) for good, quantity, each in kept["lines"])
        proxy = Proxy(*kept["proxy"]) if "proxy" in kept else None
        return cls(date.fromisoformat(kept["day"]), UUID(kept["voucher"]), lines, kept["total"], proxy)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two typings have differently: its name, and the good where it is one."""

    field: str
    good_id: UUID | None = None


def typing_of(
    day: date, voucher_id: UUID, lines: Iterable[BasketLine], total: int, proxy: Proxy | None = None
) -> Typing:
    """Return a typing in its one spelling: a good once, in the order of ids; raise ``SlipUnclear``.

    A good that was written on two lines at one price is added up.
    """
    merged: dict[UUID, BasketLine] = {}
    for line in lines:
        before = merged.get(line.good_id)
        if before is not None and before.points_each != line.points_each:
            raise SlipUnclear(words("同一样货写了两个价。请看看纸；真是两个价，先请村委会定一个。"))
        quantity = line.quantity + (before.quantity if before else 0)
        merged[line.good_id] = BasketLine(line.good_id, quantity, line.points_each)
    if not merged:
        raise SlipUnclear(words("还没有写换了什么货。请照着纸一样一样录。"))
    for line in merged.values():
        if not 0 < line.quantity <= MOST_OF_ONE:
            raise SlipUnclear(words("数量要是 1 到 {most} 的整数。"), most=MOST_OF_ONE)
        if not 0 < line.points_each <= LARGEST_PRICE_POINTS:
            raise SlipUnclear(words("单价要是 1 到 {most} 的整数。"), most=LARGEST_PRICE_POINTS)
    return Typing(day, voucher_id, tuple(merged[one] for one in sorted(merged)), total, proxy)


def check_sum(typing: Typing, *, as_written: bool) -> None:
    """Raise ``SumDiffers`` unless the goods come to the total, or the paper was looked at and has it so."""
    came_to = total_points(typing.lines)
    if came_to != typing.total_points and not as_written:
        raise SumDiffers(
            words("各样加起来是 {sum} 分，合计写的是 {total} 分。请再看一眼纸：录错了就改；纸上就是这样，请勾上再记。"),
            sum=came_to,
            total=typing.total_points,
        )


def differences(first: Typing, second: Typing) -> tuple[Difference, ...]:
    """Return where two typings differ: day, voucher, each good, total, who collected."""
    of_first, of_second = _by_good(first), _by_good(second)
    goods = [one for one in sorted({*of_first, *of_second}) if of_first.get(one) != of_second.get(one)]
    return (
        *([Difference(DAY)] if first.day != second.day else []),
        *([Difference(VOUCHER)] if first.voucher_id != second.voucher_id else []),
        *(Difference(GOOD + one.hex, one) for one in goods),
        *([Difference(TOTAL)] if first.total_points != second.total_points else []),
        *([Difference(PROXY)] if first.proxy != second.proxy else []),
    )


def settle(first: Typing, second: Typing, picks: Mapping[str, str]) -> Typing:
    """Return what the paper says, given for each field that differs which typing is right.

    ``picks`` are ``FIRST`` or ``SECOND`` by field. Raises ``Undecided``, and ``SlipUnclear`` where no good is left.
    """
    unsaid = [one for one in differences(first, second) if picks.get(one.field) not in {FIRST, SECOND}]
    if unsaid:
        raise Undecided(words("还有 {count} 处没有选。请看着纸，每一处都选对的那一遍。"), count=len(unsaid))

    def right(field: str) -> Typing:
        return second if picks.get(field) == SECOND else first

    goods = sorted({*_by_good(first), *_by_good(second)})
    lines = [line for one in goods if (line := _by_good(right(GOOD + one.hex)).get(one)) is not None]
    total, proxy = right(TOTAL).total_points, right(PROXY).proxy
    return typing_of(right(DAY).day, right(VOUCHER).voucher_id, lines, total, proxy)


def _by_good(typing: Typing) -> dict[UUID, BasketLine]:
    return {line.good_id: line for line in typing.lines}
