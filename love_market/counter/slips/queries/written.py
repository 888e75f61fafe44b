"""What a typing says in words: whose voucher, which goods."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.counter.rules import total_points
from love_market.counter.slips.rules import Typing
from love_market.people.rules import Guard
from love_market.stock import queries as stock
from love_market.vouchers.models import Voucher
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.queries.faces import faces_of_rows
from love_market.vouchers.rules import Proxy


@dataclass(frozen=True, slots=True)
class WrittenGood:
    """So many of a good, at the price in points each that the slip has."""

    good_id: UUID
    title: str
    unit_name: str
    quantity: int
    points_each: int

    @property
    def points(self) -> int:
        """What the line comes to."""
        return self.quantity * self.points_each


@dataclass(frozen=True, slots=True)
class Written:
    """A typing in words; ``sum_points`` is what its goods come to, ``total_points`` what was written below them.

    ``proxy`` is who collected; None: the household itself.
    """

    day: date
    voucher: VoucherFace
    goods: tuple[WrittenGood, ...]
    total_points: int
    sum_points: int
    proxy: Proxy | None

    def good(self, good_id: UUID) -> WrittenGood | None:
        """Return the line of a good, if it has one."""
        return next((one for one in self.goods if one.good_id == good_id), None)


def written(session: Session, guard: Guard, typings: Iterable[Typing]) -> list[Written]:
    """Return typings in words, in their order, in a few statements for any number."""
    all_of_them = list(typings)
    rows = session.scalars(
        select(Voucher).where(
            Voucher.market_id == guard.market_id, Voucher.id.in_({one.voucher_id for one in all_of_them})
        )
    ).all()
    vouchers = {face.id: face for face in faces_of_rows(session, guard, rows)}
    goods = {one.id: one for one in stock.goods(session, guard, with_withdrawn=True)}
    return [
        Written(
            day=one.day,
            voucher=vouchers[one.voucher_id],
            goods=tuple(
                WrittenGood(
                    line.good_id,
                    goods[line.good_id].title,
                    goods[line.good_id].unit_name,
                    line.quantity,
                    line.points_each,
                )
                for line in one.lines
            ),
            total_points=one.total_points,
            sum_points=total_points(one.lines),
            proxy=one.proxy,
        )
        for one in all_of_them
    ]
