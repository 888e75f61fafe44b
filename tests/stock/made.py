"""Goods, lots and stocktakes for this room's tests, made by the real services."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.ledger import queries as ledger
from love_market.ledger import service as books
from love_market.ledger.rules import Draft
from love_market.people.rules import Guard
from love_market.stock import legs, queries, service


def good(
    session: Session,
    guard: Guard,
    at: datetime,
    name: str = "陈醋",
    *,
    spec: str = "800毫升",
    points_price: int = 7,
    barcode: str | None = None,
    tracks_expiry: bool = False,
    low_stock_quantity: int = 5,
) -> UUID:
    return service.add_good(
        session,
        guard,
        key=new_id(),
        at=at,
        name=name,
        spec=spec,
        unit_name="瓶",
        points_price=points_price,
        barcode=barcode,
        picture="vinegar",
        low_stock_quantity=low_stock_quantity,
        tracks_expiry=tracks_expiry,
    )


def lot(
    session: Session,
    guard: Guard,
    at: datetime,
    good_id: UUID,
    quantity: int,
    *,
    expires_on: date | None = None,
    source: str = "bought",
    key: UUID | None = None,
) -> UUID:
    return service.receive(
        session,
        guard,
        key=key or new_id(),
        at=at,
        good_id=good_id,
        quantity=quantity,
        source=source,
        source_name="龙泉批发部",
        lot_no="26-09",
        expires_on=expires_on,
        unit_cost_fen=650,
    )


def hand_out(session: Session, guard: Guard, at: datetime, wants: list[tuple[UUID, int]]) -> int:
    """Hand goods out as the counter does, without its points; return the entry's number."""
    takes = queries.pick_lots(session, guard, wants, at=at)
    draft = Draft("redeem", at, guard.actor, "", new_id(), legs.issue(takes), input=[str(village_date(at))])
    return books.post(session, guard.market_id, draft).number


def balances(session: Session, guard: Guard, good_id: UUID) -> dict[str, int]:
    """Return what the books hold of a good, by kind of account, without the zeros."""
    kinds = ("supplier", "donor", "shelf", "given", "spoiled", "variance")
    found = {kind: ledger.totals_by_unit(session, guard.market_id, kind).get(good_id, 0) for kind in kinds}
    return {kind: balance for kind, balance in found.items() if balance}
