"""Counting on beside the books, in transactions of its own: what points came to, and which lots ran out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.ledger import rollups
from love_market.stock import service as stock

MOST_MARKETS = 20
"""So many markets are counted on for one page at most; the command counts all of them."""

_FRESH = timedelta(minutes=10)


def refresh(session: Session, market_id: UUID, *, at: datetime) -> int:
    """Count a market on and put aside what ran out; return how many entries are left to count."""
    left = rollups.refresh(session, market_id, at=at)
    stock.put_aside(session, market_id, at=at)
    return left


def long_behind(session: Session, market_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Return those of some markets that lag so far behind that their pages would feel it."""
    standing = rollups.rollups(session, market_ids).values()
    return [one.market_id for one in standing if one.behind > rollups.MOST_BEHIND]


def due(session: Session, market_ids: Sequence[UUID], at: datetime) -> Sequence[UUID]:
    """Return the markets that something was written for and that were not counted for a while, the oldest first."""
    standing = [one for one in rollups.rollups(session, market_ids).values() if one.behind]
    old = [one for one in standing if one.counted_at is None or one.counted_at < at - _FRESH]
    return [one.market_id for one in sorted(old, key=_age)[:MOST_MARKETS]]


def fault(session: Session, market_id: UUID) -> str | None:
    """Say where what was counted differs from the books; None where all agrees."""
    wrong = stock.wrongly_aside(session, market_id)
    if wrong:
        return f"{wrong} lots are put aside that something is left of"
    return rollups.fault(session, market_id)


def _age(one: rollups.Rollup) -> tuple[bool, float]:
    return (False, 0.0) if one.counted_at is None else (True, one.counted_at.timestamp())
