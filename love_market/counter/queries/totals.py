"""Reading what redemptions come to."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.counter.models import Redemption, RedemptionGood
from love_market.counter.queries.receipts import made_on
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Totals:
    """What the market's redemptions that stand come to: how many, their points by the price of the goods, pieces."""

    redemptions: int
    points: int
    pieces: int


def totals(session: Session, guard: Guard, *, on: date | None = None) -> Totals:
    """Return what the redemptions of the market, or of one day, come to, counted from the goods handed out.

    Those undone are left out.
    """
    redemptions, points, pieces = session.execute(
        select(
            func.count(Redemption.id.distinct()),
            func.coalesce(func.sum(RedemptionGood.quantity * RedemptionGood.points_each), 0),
            func.coalesce(func.sum(RedemptionGood.quantity), 0),
        )
        .join(
            RedemptionGood,
            (RedemptionGood.market_id == Redemption.market_id) & (RedemptionGood.redemption_id == Redemption.id),
        )
        .where(Redemption.market_id == guard.market_id, Redemption.undone_at.is_(None), *(made_on(on) if on else ()))
    ).one()
    return Totals(redemptions, int(points), int(pieces))


def taken_on(session: Session, guard: Guard, on: date) -> tuple[int, int]:
    """Return how many redemptions of a day stand, and the points they took."""
    count, points = session.execute(
        select(func.count(), func.coalesce(func.sum(Redemption.total_points), 0)).where(
            Redemption.market_id == guard.market_id, Redemption.undone_at.is_(None), *made_on(on)
        )
    ).one()
    return count, int(points)
