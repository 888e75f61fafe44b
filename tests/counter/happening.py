"""What happened at a till without a network, as tests tell it, and what the books make of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.counter.happened import Booked, Happened, book_happened
from love_market.counter.models import Dispute
from love_market.counter.rules import BasketLine
from love_market.db import new_id
from love_market.ledger import queries as books
from love_market.ledger import rollups
from love_market.ledger.rules import POINTS
from love_market.ledger.verify import verify
from love_market.reports.queries import books as book_pages
from love_market.vouchers import queries as vouchers
from tests.counter.made import Shop

Way = tuple[str, str, int]


def happened(
    shop: Shop,
    payments: Sequence[tuple[UUID, int]],
    basket: Sequence[BasketLine],
    at: datetime,
    **more: Any,  # noqa: ANN401 whatever else is to be told
) -> Happened:
    """Return a basket that was handed out by the shop's clerk."""
    clerk = shop.village.clerk
    asked: dict[str, Any] = {
        "key": new_id(),
        "at": at,
        "clerk_id": clerk.require_staff(),
        "clerk_name": clerk.name,
        "payments": tuple(payments),
        "basket": tuple(basket),
    }
    return Happened(**asked | more)


def book(session: Session, shop: Shop, told: Happened, at: datetime) -> Booked:
    """Book it as the books hear of it."""
    return book_happened(session, shop.village.clerk, told, at=at)


def ways(session: Session, shop: Shop, number: int) -> list[Way]:
    """Return an entry's legs: from what kind of account to which, and how much; sorted."""
    entry = books.entry(session, shop.village.market_id, number)
    assert entry is not None
    return sorted((leg.source.kind, leg.destination.kind, leg.amount) for leg in entry.legs)


def disputed(session: Session, shop: Shop, redemption_id: UUID) -> dict[str, int]:
    """Return what a redemption's accounts of what is disputed hold that is not zero: by good, points under 分."""
    names = {good_id: name for name, good_id in shop.goods.items()} | {POINTS: "分"}
    held = books.held_by_owner(session, shop.village.market_id, "disputed", [redemption_id])
    return {names[unit]: amount for unit, amount in held.get(redemption_id, {}).items() if amount}


def dispute_row(session: Session, shop: Shop, redemption_id: UUID) -> tuple[str, str] | None:
    """Return the state and the reason of a dispute's row."""
    row = session.execute(
        select(Dispute.state, Dispute.reason).where(
            Dispute.market_id == shop.village.market_id, Dispute.redemption_id == redemption_id
        )
    ).one_or_none()
    return None if row is None else (row.state, row.reason)


def assert_books_agree(session: Session, shop: Shop, at: datetime) -> None:
    """Recompute the book, the sums that are kept of it, and where all points and goods are."""
    market_id = shop.village.market_id
    verdict = verify(session, market_id)
    assert verdict.verified, verdict.fault
    rollups.refresh(session, market_id, at=at)
    assert rollups.fault(session, market_id) is None
    assert vouchers.reconciliation(session, market_id).agrees
    assert [flow.title for flow in book_pages.flows(session, shop.village.chair) if not flow.agrees] == []
