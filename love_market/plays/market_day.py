"""A market day: goods come in, vouchers are redeemed in mixed baskets, a few are undone, the shelf is counted."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from love_market.clock import Quarter, village_date
from love_market.counter import queries as counter
from love_market.counter import service as counter_service
from love_market.counter.rules import BasketLine, NoSuchRedemption
from love_market.db import reading, transaction
from love_market.plays.stage import Cast, key_of
from love_market.stock import queries as stock
from love_market.stock import service as stock_service
from love_market.stock.queries import GoodRecord, ShelfGood
from love_market.vouchers.queries import VoucherFace

_Item = TypeVar("_Item")


class Watch(Protocol):
    """Shows how far a long step is: takes what it goes over and its name, gives the same things."""

    def __call__(self, things: Sequence[_Item], name: str, /) -> Iterable[_Item]:
        """Go over the things."""


_KEEPS_DAYS = 400
_SHARE_REDEEMED = 0.6
_SHARE_OF_VALUE_ON_SHELF = 1.4
_MOST_OF_ONE = 4
_EVERY_SEVENTH = 7


@dataclass
class Shelf:
    """What can still be put in a basket, as the day goes on."""

    goods: list[ShelfGood]
    left: dict[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = {good.id: good.quantity for good in self.goods}

    def basket(self, chance: random.Random, points: int) -> list[BasketLine]:
        """Fill a basket with a mix of goods for at most so many points, most of them."""
        wanted: dict[UUID, BasketLine] = {}
        target = max(chance.randint(points * 2 // 5, points), min(points, 2))
        while affordable := [good for good in self.goods if good.points_price <= target and self.left[good.id]]:
            good = chance.choice(affordable)
            many = min(target // good.points_price, self.left[good.id], chance.randint(1, _MOST_OF_ONE))
            before = wanted[good.id].quantity if good.id in wanted else 0
            wanted[good.id] = BasketLine(good.id, before + many, good.points_price)
            self.left[good.id] -= many
            target -= many * good.points_price
        return list(wanted.values())


def receive_goods(cast: Cast, quarter: Quarter, points: int, at: datetime) -> int:
    """Receive so much of every good on the list that the shelf is worth more than the vouchers; return pieces."""
    with reading() as session:
        goods = stock.goods(session, cast.clerk)
    costs = {good.name: good.typical_cost_fen for good in stock_service.typical_goods()}
    pieces = 0
    with transaction() as session:
        for index, good in enumerate(goods):
            quantity = int(points * _SHARE_OF_VALUE_ON_SHELF) // (len(goods) * good.points_price) + 3
            donated = index % _EVERY_SEVENTH == 0
            stock_service.receive(
                session,
                cast.clerk,
                key=_key(cast, quarter, "receive", good.id),
                good_id=good.id,
                quantity=quantity,
                source="donated" if donated else "bought",
                source_name="虚构商会" if donated else "虚构批发部",
                lot_no=f"{at:%y%m}-{index + 1:02}",
                expires_on=_keeps_until(good, village_date(at)),
                unit_cost_fen=0 if donated else costs.get(good.name, good.points_price * 90),
                at=at,
            )
            pieces += quantity
    return pieces


def redeem_vouchers(
    cast: Cast, quarter: Quarter, vouchers: Sequence[VoucherFace], at: datetime, watch: Watch
) -> list[UUID]:
    """Redeem about 60 % of the vouchers, each in part or whole, some two in one basket; return the redemptions' ids.

    What a basket holds is drawn by chance from the village and the quarter, so the same play gives the same day.
    A redemption that stands already is not made again.
    """
    chance = random.Random(f"{cast.clerk.village_code}/{quarter}")  # noqa: S311 a play, to be played again
    holding = [voucher for voucher in vouchers if voucher.face_points > 1]
    chosen = sorted(chance.sample(holding, round(len(holding) * _SHARE_REDEEMED)), key=lambda one: one.serial_no)
    with reading() as session:
        shelf = Shelf([good for good in stock.shelf(session, cast.clerk, at=at) if good.quantity])
    redeemed = []
    for index, group in enumerate(watch(_grouped(chosen), "兑换")):
        key = _key(cast, quarter, "redeem", *[voucher.id for voucher in group])
        basket = shelf.basket(chance, sum(voucher.face_points for voucher in group))
        stands = _stands(cast, key)
        if stands or basket:
            redeemed.append(key)
        if stands or not basket:
            continue
        with transaction() as session:
            counter_service.redeem(
                session,
                cast.clerk,
                key=key,
                voucher_ids=[voucher.id for voucher in group],
                basket=basket,
                at=at + timedelta(seconds=40 * index),
            )
    return redeemed


def undo_some(cast: Cast, quarter: Quarter, redeemed: Sequence[UUID]) -> int:
    """Undo a few redemptions on the day they were made; return how many."""
    chosen = redeemed[5 :: max(len(redeemed) // 3, 1)][:3]
    for redemption_id in chosen:
        with transaction() as session:
            made = counter.receipt(session, cast.clerk, redemption_id)
            counter_service.undo(
                session,
                cast.clerk,
                redemption_id,
                reason="演练：拿错了货",
                at=made.redeemed_at + timedelta(minutes=3),
                key=_key(cast, quarter, "undo", redemption_id),
            )
    return len(chosen)


def count_stock(cast: Cast, quarter: Quarter, at: datetime) -> int:
    """Count every lot of the sheet, one of them a piece short, and close the count; return how many lots."""
    stocktake_id = _key(cast, quarter, "stocktake")
    with transaction() as session:
        stock_service.open_stocktake(session, cast.clerk, key=stocktake_id, supervisor_name="演练监督员", at=at)
        record = stock.stocktake(session, cast.clerk, stocktake_id)
        sheet = stock.sheet(session, cast.clerk, stocktake_id)
        if record.state == "open":
            left = {lot.id: lot.quantity for lot in stock.lots_on_shelf(session, cast.clerk)}
            missing = next(iter(left), None)
            for row in sheet:
                short = row.lot_id == missing
                why = "演练：少了一件，原因待查" if short else ""
                quantity = left.get(row.lot_id, 0) - short
                stock_service.count(session, cast.clerk, stocktake_id, row.lot_id, quantity, why)
            stock_service.close_stocktake(session, cast.chair, stocktake_id, at=at + timedelta(hours=1))
    return len(sheet)


def _grouped(vouchers: Sequence[VoucherFace]) -> list[list[VoucherFace]]:
    """Put the vouchers into baskets: mostly one each, now and then two neighbours' in one."""
    groups: list[list[VoucherFace]] = []
    for index, voucher in enumerate(vouchers):
        if index % _EVERY_SEVENTH == 1:
            groups[-1].append(voucher)
        else:
            groups.append([voucher])
    return groups


def _key(cast: Cast, quarter: Quarter, *act: object) -> UUID:
    return key_of(cast.clerk.market_id, cast.clerk.village_code, quarter, *act)


def _stands(cast: Cast, redemption_id: UUID) -> bool:
    with reading() as session:
        try:
            counter.receipt(session, cast.clerk, redemption_id)
        except NoSuchRedemption:
            return False
    return True


def _keeps_until(good: GoodRecord, today: date) -> date | None:
    return today + timedelta(days=_KEEPS_DAYS) if good.tracks_expiry else None
