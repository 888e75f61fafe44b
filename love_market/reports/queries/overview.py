"""Reading what the markets of a township or county come to, from their rollups: as many rows as markets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.ledger import rollups
from love_market.ledger.rollups import Sums


@dataclass(frozen=True, slots=True)
class Figures:
    """What some markets come to together and each by itself; ``as_of`` is when the one counted longest ago was."""

    total: Sums
    markets: Mapping[UUID, Sums]
    as_of: datetime | None


def figures(session: Session, market_ids: Iterable[UUID], at: datetime) -> Figures:
    """Return what some markets come to (one statement). What nothing was written for since it was counted is of now.

    ``as_of`` is None while one of them was never counted.
    """
    standing = rollups.rollups(session, set(market_ids))
    behind = [one.counted_at for one in standing.values() if one.behind]
    counted = [instant for instant in behind if instant is not None]
    return Figures(
        total=sum((one.sums for one in standing.values()), Sums()),
        markets={market_id: one.sums for market_id, one in standing.items()},
        as_of=None if len(counted) < len(behind) else min(counted, default=at),
    )
