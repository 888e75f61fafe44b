"""Reading what is left on the shelf, past lots put aside: as long as the shelf, however many lots there ever were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, func, select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import Prepared
from love_market.ledger import queries as ledger
from love_market.ledger.models import Account
from love_market.people.rules import Guard
from love_market.stock.models import Good, Lot
from love_market.stock.rules import is_expired, is_near_expiry


@dataclass(frozen=True, slots=True)
class LotLeft:
    """What is left of one lot."""

    id: UUID
    good_id: UUID
    title: str
    unit_name: str
    expires_on: date | None
    quantity: int


def on_shelf() -> ColumnElement[bool]:
    """Return the condition that joins a lot with its account."""
    return and_(
        Account.market_id == Lot.market_id,
        Account.kind == "shelf",
        Account.owner == Lot.id,
        Account.unit == Lot.good_id,
    )


def left_in_lot() -> ScalarSelect[int]:
    """Return what is left of a lot, for a question about lots."""
    return ledger.balance_of(Lot.market_id, "shelf", Lot.id, Lot.good_id)


_LOTS_LEFT = Prepared(
    select(Lot.id, Lot.good_id, Good.name, Good.spec, Good.unit_name, Lot.expires_on, left_in_lot())
    .join(Good, and_(Good.market_id == Lot.market_id, Good.id == Lot.good_id))
    .where(Lot.market_id == bindparam("market_id"), Lot.emptied_at.is_(None))
    .order_by(Lot.expires_on.asc().nulls_last(), Lot.received_at, Lot.id)
)


def lots_left(session: Session, guard: Guard) -> Sequence[LotLeft]:
    """Return the lots that something is left of, in the order they are handed out: first expiring, then first come."""
    rows = _LOTS_LEFT.rows(session, market_id=guard.market_id)
    return [
        LotLeft(lot_id, good_id, f"{name} {spec}".strip(), unit_name, expires_on, left)
        for lot_id, good_id, name, spec, unit_name, expires_on, left in rows
        if left
    ]


def quantities_left(session: Session, market_id: UUID) -> dict[UUID, int]:
    """Return what is left of each good by the books, expired lots too; without goods that ran out long ago."""
    rows = session.execute(
        select(Lot.good_id, func.sum(left_in_lot()))
        .where(Lot.market_id == market_id, Lot.emptied_at.is_(None))
        .group_by(Lot.good_id)
    )
    return {good_id: int(quantity) for good_id, quantity in rows}


def by_expiry(lots: Sequence[LotLeft], at: datetime) -> tuple[Sequence[LotLeft], Sequence[LotLeft]]:
    """Return the lots that expired, and those that keep 30 days at most, in the order they came in."""
    today = village_date(at)
    expired = [one for one in lots if is_expired(one.expires_on, today)]
    return expired, [one for one in lots if is_near_expiry(one.expires_on, today)]
