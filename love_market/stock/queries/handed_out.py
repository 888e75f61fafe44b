"""Choosing lots for goods that left the shelf already, whatever the books say is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.errors import LoveMarketError, words
from love_market.people.rules import Guard
from love_market.stock.models import Lot
from love_market.stock.offers import Offer
from love_market.stock.rules import NoSuchLot, Take, TooFewGoods, is_expired


@dataclass(frozen=True, slots=True)
class HandedOut:
    """So many of a good that left the shelf: the lots they are taken from, and how many no lot has.

    ``missing_lot_id`` is the lot that the missing ones are put down to in the register.
    """

    good_id: UUID
    takes: tuple[Take, ...]
    missing: int
    missing_lot_id: UUID | None
    refusal: LoveMarketError | None


def handed_out(
    session: Session, guard: Guard, offers: Mapping[UUID, Offer], wants: Sequence[tuple[UUID, int]], day: date
) -> list[HandedOut]:
    """Choose the lots of ``(good_id, quantity)`` that left on a day: first expiring first, expired ones last."""
    return [_handed_out(session, guard, offers[good_id], quantity, day) for good_id, quantity in wants]


def _handed_out(session: Session, guard: Guard, good: Offer, wanted: int, day: date) -> HandedOut:
    takes, missing = [], wanted
    for lot_id, _expires_on, balance in sorted(good.lots, key=lambda lot: is_expired(lot[1], day)):
        if missing:
            takes.append(Take(good.id, lot_id, min(missing, balance)))
            missing -= takes[-1].quantity
    if not missing:
        return HandedOut(good.id, tuple(takes), 0, None, None)
    sentence = words("{name}账上只有 {left} {unit_name}，当时拿走了 {wanted} {unit_name}。")
    refusal = TooFewGoods(sentence, name=good.name, unit_name=good.unit_name, wanted=wanted, left=wanted - missing)
    put_down_to = takes[-1].lot_id if takes else _any_lot(session, guard, good)
    return HandedOut(good.id, tuple(takes), missing, put_down_to, refusal)


def _any_lot(session: Session, guard: Guard, good: Offer) -> UUID:
    newest = select(Lot.id).where(Lot.market_id == guard.market_id, Lot.good_id == good.id)
    lot_id = session.scalar(newest.order_by(Lot.received_at.desc(), Lot.id.desc()).limit(1))
    if lot_id is None:
        raise NoSuchLot(words("{name}从来没有入过库，这一笔没法记。请先登记入库，再送一次。"), name=good.name)
    return lot_id
