"""Reading what a till carries of the shelf, to redeem without a network: goods with their lots."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.people.rules import Guard
from love_market.stock.models import Good
from love_market.stock.queries.goods import GoodRecord, good_record
from love_market.stock.queries.left import lots_left


@dataclass(frozen=True, slots=True)
class CarriedGood:
    """A good with what is left of its lots ``(expires_on, quantity)``, in the order they are handed out."""

    good: GoodRecord
    lots: tuple[tuple[date | None, int], ...]


def carried_goods(
    session: Session, guard: Guard, *, touched: Collection[UUID] | None = None, since: datetime | None = None
) -> Sequence[CarriedGood]:
    """Return the market's goods in the order of the shelf; with ``since``, those changed then and those ``touched``."""
    lots = defaultdict[UUID, list[tuple[date | None, int]]](list)
    for lot in lots_left(session, guard):
        lots[lot.good_id].append((lot.expires_on, lot.quantity))
    rows = session.scalars(
        select(Good).where(Good.market_id == guard.market_id).order_by(Good.position, Good.name, Good.spec)
    )
    return [
        CarriedGood(good_record(row), tuple(lots[row.id]))
        for row in rows
        if since is None or row.id in (touched or ()) or (row.changed_at or row.created_at) > since
    ]


def marks(session: Session, guard: Guard) -> tuple[int, int, int, datetime | None]:
    """Return how many goods there are, how many withdrawn, what their prices come to, and when one changed last.

    What matters most at the counter tells by itself, also where two servers' clocks differ.
    """
    goods, withdrawn, prices, changed_at = session.execute(
        select(
            func.count(),
            func.count(Good.withdrawn_at),
            func.coalesce(func.sum(Good.points_price), 0),
            func.max(func.coalesce(Good.changed_at, Good.created_at)),
        ).where(Good.market_id == guard.market_id)
    ).one()
    return goods, withdrawn, int(prices), changed_at
