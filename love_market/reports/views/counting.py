"""Counting on for a page: before it is read, in a transaction of its own, and only where it lags far behind."""

from datetime import datetime
from uuid import UUID

from love_market.db import reading, transaction
from love_market.reports import rollups


def count_on(market_id: UUID, at: datetime) -> None:
    """Count a market on if what is counted lags so far behind its book that pages would feel it."""
    with reading() as session:
        behind = rollups.long_behind(session, [market_id])
    for one in behind:
        with transaction() as session:
            rollups.refresh(session, one, at=at)
