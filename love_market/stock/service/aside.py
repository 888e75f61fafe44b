"""Putting lots aside that ran out, so that what reads the shelf need not pass them; and taking them back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.orm import Session

from love_market.clock import village_date, village_instant
from love_market.ledger import service as ledger
from love_market.ledger.models import Account, Entry, LegRow
from love_market.stock.models import Lot
from love_market.stock.queries.left import on_shelf

_QUIET_DAYS = 2
"""A redemption may be undone on its day; a lot that nothing left for this long is not filled again by that."""


def put_aside(session: Session, market_id: UUID, *, at: datetime) -> int:
    """Put a market's lots aside that ran out days ago; return how many.

    Takes the market's turn to write only where there are any, so that nothing comes back while it is decided.
    """
    if not session.scalars(_empty(market_id, at).limit(1)).all():
        return 0
    ledger.lock_book(session, market_id)
    ids = session.scalars(_empty(market_id, at)).all()
    session.execute(update(Lot).where(Lot.market_id == market_id, Lot.id.in_(ids)).values(emptied_at=at))
    return len(ids)


def take_out(session: Session, market_id: UUID, lot_ids: Iterable[UUID]) -> None:
    """Let lots count as on the shelf again, before something comes back into them; under the book's lock."""
    session.execute(
        update(Lot)
        .where(Lot.market_id == market_id, Lot.id.in_(list(lot_ids)), Lot.emptied_at.is_not(None))
        .values(emptied_at=None)
    )


def wrongly_aside(session: Session, market_id: UUID) -> int:
    """Return how many lots are put aside though the books say that something is left: 0, or a fault."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Lot)
            .join(Account, on_shelf())
            .where(Lot.market_id == market_id, Lot.emptied_at.is_not(None), Account.balance != 0)
        )
        or 0
    )


def _empty(market_id: UUID, at: datetime) -> Select[UUID]:
    before = village_instant(village_date(at) - timedelta(days=_QUIET_DAYS))
    last = (
        select(func.max(LegRow.entry_number))
        .where(LegRow.market_id == Lot.market_id, LegRow.source_owner == Lot.id, LegRow.unit == Lot.good_id)
        .scalar_subquery()
    )
    return (
        select(Lot.id)
        .join(Account, on_shelf())
        .join(Entry, and_(Entry.market_id == Lot.market_id, Entry.number == last))
        .where(Lot.market_id == market_id, Lot.emptied_at.is_(None), Account.balance == 0, Entry.at < before)
    )
