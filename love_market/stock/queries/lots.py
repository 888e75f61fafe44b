"""Reading lots: what is left of each, which to hand out first, which come to their expiry date."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from love_market.clock import village_date, village_instant
from love_market.db import Prepared
from love_market.db.prepared import Row
from love_market.errors import words
from love_market.ledger.models import Account
from love_market.ledger.queries import balance_of
from love_market.ledger.service import Question, Turn, take_turn
from love_market.people.rules import Guard
from love_market.places.models import Market
from love_market.stock.models import Good, Lot
from love_market.stock.offers import Offer, take_from
from love_market.stock.rules import NoSuchLot, Take, is_expired, is_near_expiry, shelf_of


def _shelf_account() -> ColumnElement[bool]:
    return and_(
        Account.market_id == Lot.market_id,
        Account.kind == "shelf",
        Account.owner == Lot.id,
        Account.unit == Lot.good_id,
    )


def _first_expiring_first() -> tuple[ColumnElement[date], ...]:
    return (Lot.expires_on.asc().nulls_last(), Lot.received_at.asc(), Lot.id.asc())  # type: ignore[return-value]


# Lots put aside hold nothing: a good that is decades old has few others.
_lot_of_good = and_(Lot.market_id == Good.market_id, Lot.good_id == Good.id, Lot.emptied_at.is_(None))
_ON_OFFER = Prepared(
    select(
        Good.id,
        Good.name,
        Good.spec,
        Good.unit_name,
        Good.picture,
        Good.points_price,
        Good.withdrawn_at,
        Good.priced_at,
        Market.minimum_redemption_points,
        Lot.id,
        Lot.expires_on,
        balance_of(Lot.market_id, "shelf", Lot.id, Lot.good_id),
    )
    .join(Market, Market.id == Good.market_id)
    .outerjoin(Lot, _lot_of_good)
    .where(Good.market_id == bindparam("market_id"), Good.id.in_(bindparam("good_ids", expanding=True)))
    .order_by(*_first_expiring_first())
)


@dataclass(frozen=True, slots=True)
class LotRecord:
    """A lot (批次) with what is left of it on the shelf; ``source`` is bought or donated."""

    id: UUID
    good_id: UUID
    title: str
    unit_name: str
    picture: str
    lot_no: str
    source: str
    source_name: str
    expires_on: date | None
    unit_cost_fen: int
    quantity_received: int
    received_at: datetime
    entry_number: int
    quantity: int


def lot(session: Session, guard: Guard, lot_id: UUID) -> LotRecord:
    """Return one lot; raise ``NoSuchLot``."""
    for found in _records(session, _lots(guard).where(Lot.id == lot_id)):
        return found
    raise NoSuchLot(words("没有这批货。"))


def lots_of_good(session: Session, guard: Guard, good_id: UUID) -> Sequence[LotRecord]:
    """Return all lots of a good, the newest first, those that ran out too."""
    return _records(session, _lots(guard).where(Lot.good_id == good_id).order_by(Lot.received_at.desc(), Lot.id.desc()))


def lots_on_shelf(session: Session, guard: Guard, good_ids: Iterable[UUID] | None = None) -> Sequence[LotRecord]:
    """Return the lots that something is left of, in the order they are handed out: first expiring, then first come."""
    query = _lots(guard).where(Account.balance > 0)
    if good_ids is not None:
        query = query.where(Lot.good_id.in_(list(good_ids)))
    return _records(session, query.order_by(*_first_expiring_first()))


def lots_received_on(session: Session, guard: Guard, day: date) -> Sequence[LotRecord]:
    """Return the lots that came in on a day of the village's calendar, the newest first."""
    begun, ended = village_instant(day), village_instant(day + timedelta(days=1))
    query = _lots(guard).where(Lot.received_at >= begun, Lot.received_at < ended)
    return _records(session, query.order_by(Lot.received_at.desc(), Lot.id.desc()))


def lots_by_expiry(session: Session, guard: Guard, *, at: datetime) -> tuple[Sequence[LotRecord], Sequence[LotRecord]]:
    """Return what is left of lots past their expiry date, and of those that keep 30 days at most; soonest first."""
    today, left = village_date(at), lots_on_shelf(session, guard)
    expired = [one for one in left if is_expired(one.expires_on, today)]
    return expired, [one for one in left if is_near_expiry(one.expires_on, today)]


def latest_costs(session: Session, guard: Guard) -> dict[UUID, int]:
    """Return what one of each good last cost, in fen, by good."""
    newest = (
        select(Lot.good_id, func.max(Lot.received_at).label("received_at"))
        .where(Lot.market_id == guard.market_id, Lot.source == "bought")
        .group_by(Lot.good_id)
        .subquery()
    )
    rows = session.execute(
        select(Lot.good_id, Lot.unit_cost_fen)
        .join(newest, and_(newest.c.good_id == Lot.good_id, newest.c.received_at == Lot.received_at))
        .where(Lot.market_id == guard.market_id)
    )
    return {good_id: cost_fen for good_id, cost_fen in rows if cost_fen}


def offer_question(guard: Guard, good_ids: Sequence[UUID]) -> Question:
    """Return what to ask under the book's lock to know these goods and what is left of them; ``offered`` reads it."""
    return _ON_OFFER, {"market_id": guard.market_id, "good_ids": list(good_ids)}


def offered(turn: Turn, answer: Sequence[Row]) -> dict[UUID, Offer]:
    """Return the goods with their lots from the answer to ``offer_question``, and let the turn know the balances."""
    lots = defaultdict[UUID, list[tuple[UUID, date | None, int]]](list)
    for good_id, *_, lot_id, expires_on, balance in answer:
        if lot_id is not None:
            turn.balances[shelf_of(lot_id, good_id)] = balance
        if balance:
            lots[good_id].append((lot_id, expires_on, balance))
    goods = {row[0]: row for row in answer}
    return {one: Offer(*row[:-3], lots=tuple(lots[one])) for one, row in goods.items()}  # type: ignore[misc]  # as asked


def pick_lots(session: Session, guard: Guard, wants: Iterable[tuple[UUID, int]], *, at: datetime) -> list[Take]:
    """Choose the lots that ``(good_id, quantity)`` are taken from, as ``take_from`` does, and raise what it raises.

    Takes the market's turn to write first, so the choice still holds when its legs are posted.
    """
    wanted = list(wants)
    turn, (answer,) = take_turn(session, guard.market_id, also=[offer_question(guard, [good for good, _ in wanted])])
    return take_from(offered(turn, answer), wanted, village_date(at))


def _lots(guard: Guard) -> Select[Lot, Good, int]:
    return (
        select(Lot, Good, Account.balance)
        .join(Good, and_(Good.market_id == Lot.market_id, Good.id == Lot.good_id))
        .join(Account, _shelf_account())
        .where(Lot.market_id == guard.market_id)
    )


def _records(session: Session, query: Select[Lot, Good, int]) -> list[LotRecord]:
    return [
        LotRecord(
            id=row.id,
            good_id=row.good_id,
            title=good.title,
            unit_name=good.unit_name,
            picture=good.picture,
            lot_no=row.lot_no,
            source=row.source,
            source_name=row.source_name,
            expires_on=row.expires_on,
            unit_cost_fen=row.unit_cost_fen,
            quantity_received=row.quantity_received,
            received_at=row.received_at,
            entry_number=row.entry_number,
            quantity=balance,
        )
        for row, good, balance in session.execute(query)
    ]
