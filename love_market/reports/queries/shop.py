"""Reading what became of a quarter's vouchers, what the counter handed out in its days, and what the shelf is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_instant
from love_market.counter.models import Redemption, RedemptionGood
from love_market.ledger.models import LegRow
from love_market.ledger.rules import POINTS
from love_market.people.rules import Guard
from love_market.stock.models import Good, Lot
from love_market.stock.queries.left import left_in_lot
from love_market.vouchers.models import Voucher, VoucherBatch


@dataclass(frozen=True, slots=True)
class Issued:
    """The quarter's vouchers as they are now; ``points = redeemed + lapsed + void + left``."""

    vouchers: int
    handed_over: int
    points: int
    redeemed: int
    lapsed: int
    void: int

    @property
    def left(self) -> int:
        """What is still on them."""
        return self.points - self.redeemed - self.lapsed - self.void


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A good that redemptions of the quarter's days handed out: how much, for how many points, at what cost."""

    title: str
    unit_name: str
    quantity: int
    points: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is on the market's shelf now, in points by its prices and in fen by what it cost."""

    points: int
    cost_fen: int


def issued(session: Session, guard: Guard, quarter: Quarter) -> Issued:
    """Return the quarter's vouchers, a lost one and the one that took its place as one."""
    of_quarter = (
        Voucher.market_id == guard.market_id,
        VoucherBatch.quarter == str(quarter),
        VoucherBatch.village_code == guard.village_code,
    )
    batch = (VoucherBatch.market_id == Voucher.market_id) & (VoucherBatch.id == Voucher.batch_id)
    count, handed_over = session.execute(
        select(func.count(), func.count(Voucher.handed_over_at))
        .join(VoucherBatch, batch)
        .where(*of_quarter, Voucher.reissue_of_id.is_(None))
    ).one()
    moved: dict[str, int] = {}
    for owner, opposite, sign in (
        (LegRow.source_owner, LegRow.destination_kind, 1),
        (LegRow.destination_owner, LegRow.source_kind, -1),
    ):
        kind = LegRow.source_kind if sign > 0 else LegRow.destination_kind
        rows = session.execute(
            select(opposite, func.sum(LegRow.amount))
            .select_from(Voucher)
            .join(VoucherBatch, batch)
            .join(LegRow, (LegRow.market_id == Voucher.market_id) & (owner == Voucher.id))
            .where(*of_quarter, LegRow.unit == POINTS, kind == "voucher")
            .group_by(opposite)
        )
        for name, amount in rows:
            moved[name] = moved.get(name, 0) + sign * int(amount)
    return Issued(
        vouchers=count,
        handed_over=handed_over,
        points=-moved.get("household", 0),
        redeemed=moved.get("redeemed", 0) + moved.get("disputed", 0),
        lapsed=moved.get("lapsed", 0),
        void=moved.get("void", 0),
    )


def handed_out(session: Session, guard: Guard, quarter: Quarter) -> tuple[int, Sequence[HandedOut]]:
    """Return the redemptions of the quarter's days that stand, and the goods they handed out, by points."""
    begin, end = village_instant(quarter.first_day), village_instant(quarter.last_day + timedelta(days=1))
    stands = (
        Redemption.market_id == guard.market_id,
        Redemption.redeemed_at >= begin,
        Redemption.redeemed_at < end,
        Redemption.undone_at.is_(None),
    )
    count = session.scalar(select(func.count()).where(*stands)) or 0
    points = func.sum(RedemptionGood.quantity * RedemptionGood.points_each)
    rows = session.execute(
        select(
            Good.name,
            Good.spec,
            Good.unit_name,
            func.sum(RedemptionGood.quantity),
            points,
            func.sum(RedemptionGood.quantity * Lot.unit_cost_fen),
        )
        .select_from(Redemption)
        .join(
            RedemptionGood,
            (RedemptionGood.market_id == Redemption.market_id) & (RedemptionGood.redemption_id == Redemption.id),
        )
        .join(Good, (Good.market_id == RedemptionGood.market_id) & (Good.id == RedemptionGood.good_id))
        .join(Lot, (Lot.market_id == RedemptionGood.market_id) & (Lot.id == RedemptionGood.lot_id))
        .where(*stands)
        .group_by(Good.id, Good.name, Good.spec, Good.unit_name)
        .order_by(points.desc(), Good.id)
    )
    goods = [
        HandedOut(f"{name} {spec}".strip(), unit_name, int(quantity), int(value), int(cost))
        for name, spec, unit_name, quantity, value, cost in rows
    ]
    return int(count), goods


def shelf(session: Session, guard: Guard) -> Shelf:
    """Return what the market's shelf is worth now."""
    left = left_in_lot()
    points, cost = session.execute(
        select(
            func.coalesce(func.sum(left * Good.points_price), 0), func.coalesce(func.sum(left * Lot.unit_cost_fen), 0)
        )
        .select_from(Lot)
        .join(Good, (Good.market_id == Lot.market_id) & (Good.id == Lot.good_id))
        .where(Lot.market_id == guard.market_id, Lot.emptied_at.is_(None))
    ).one()
    return Shelf(int(points), int(cost))
