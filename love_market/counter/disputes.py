"""Settling disputes (争议): accept the loss, charge who kept the counter, or correct what was booked elsewhere.

Service-like: knows no Flask.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.counter.models import Dispute
from love_market.counter.queries import DisputeRecord
from love_market.counter.queries import dispute as read_dispute
from love_market.counter.rules import DisputeSettled, NothingCovers
from love_market.errors import words
from love_market.ledger import service as ledger
from love_market.ledger.rules import POINTS, Address, Draft, Leg
from love_market.people.rules import COMMITTEE, Guard
from love_market.points import legs
from love_market.points.rules import FUNDING, charged_to, value_of
from love_market.stock import queries as stock
from love_market.stock.rules import shelf_of, variance_of
from love_market.vouchers import service as vouchers


def accept(session: Session, guard: Guard, redemption_id: UUID, *, note: str, at: datetime, key: UUID) -> None:
    """Accept the loss: the village gives the points, the goods count as lost; raise ``DisputeSettled``."""
    one = _open(session, guard, redemption_id, key)
    if one is not None:
        moves = [leg for unit, lacking in one.lacking.items() for leg in _accepted(one.redemption_id, unit, lacking)]
        _settle(session, guard, one, "accepted", moves, note=note, at=at, key=key)


def charge(session: Session, guard: Guard, redemption_id: UUID, *, note: str, at: datetime, key: UUID) -> None:
    """Charge the till at which it happened, or its clerk where there was none, with what is lacking."""
    one = _open(session, guard, redemption_id, key)
    if one is not None:
        keeper = one.till_id or one.clerk_id
        moves = [
            leg
            for unit, lacking in one.lacking.items()
            for leg in legs.cover(one.redemption_id, charged_to(keeper, unit), lacking)
        ]
        _settle(session, guard, one, "charged", moves, note=note, at=at, key=key)


def correct(
    session: Session,
    guard: Guard,
    redemption_id: UUID,
    *,
    voucher_id: UUID | None,
    note: str,
    at: datetime,
    key: UUID,
) -> None:
    """Take what is lacking from where it should have come from: another voucher, and what the shelf has by now.

    ``voucher_id`` is the voucher that pays, or gets back what was taken too much; it is needed where points are
    lacking. Raises ``NothingCovers`` where it or the shelf has too little, and what vouchers raise.
    """
    one = _open(session, guard, redemption_id, key)
    if one is None:
        return
    moves = list[Leg]()
    for unit, lacking in one.lacking.items():
        if unit != POINTS:
            moves += _from_shelf(session, guard, one.redemption_id, unit, lacking, at)
        elif voucher_id is None:
            raise NothingCovers(words("请选一张券，来付当时没有付上的 {points} 分。"), points=lacking)
        elif lacking > 0:
            vouchers.consume(session, guard, [(voucher_id, lacking)], at=at)
            moves += legs.cover(one.redemption_id, value_of(voucher_id), lacking)
        else:
            moves += legs.cover(one.redemption_id, value_of(voucher_id), lacking)
    _settle(session, guard, one, "corrected", moves, note=note, at=at, key=key)


def _open(session: Session, guard: Guard, redemption_id: UUID, key: UUID) -> DisputeRecord | None:
    """Return an open dispute under the book's lock; None where this very key settled it."""
    guard.require(*COMMITTEE)
    turn, _ = ledger.take_turn(session, guard.market_id, key=key)
    one = read_dispute(session, guard, redemption_id)
    if one.state == "open":
        return one
    before = turn.keys[key]
    if before is not None and before.number == one.settle_entry_number:
        return None
    raise DisputeSettled(words("这一笔争议已经处理过了。"))


def _settle(
    session: Session,
    guard: Guard,
    one: DisputeRecord,
    state: str,
    moves: Sequence[Leg],
    *,
    note: str,
    at: datetime,
    key: UUID,
) -> None:
    draft = Draft(
        "settle", at, guard.actor, note.strip() or "处理争议", key, moves, input=[state, one.redemption_id.hex]
    )
    posted = ledger.post(session, guard.market_id, draft)
    row = session.get_one(Dispute, (guard.market_id, one.redemption_id))
    row.state, row.note, row.settled_at, row.settled_by = state, note.strip(), at, guard.actor
    row.settle_entry_number = posted.number
    session.flush()


def _accepted(redemption_id: UUID, unit: UUID, lacking: int) -> list[Leg]:
    source: Address = FUNDING if unit == POINTS else variance_of(unit)
    return legs.cover(redemption_id, source, lacking)


def _from_shelf(
    session: Session, guard: Guard, redemption_id: UUID, good_id: UUID, lacking: int, at: datetime
) -> list[Leg]:
    takes = stock.pick_lots(session, guard, [(good_id, lacking)], at=at)
    return [leg for take in takes for leg in legs.cover(redemption_id, shelf_of(take.lot_id, good_id), take.quantity)]
