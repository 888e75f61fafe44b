"""Settling disputes (争议): accept the loss, charge who kept the counter, or correct what was booked elsewhere.

Service-like: knows no Flask.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.counter.models import Dispute
from love_market.counter.queries import DisputeRecord, correcting_vouchers
from love_market.counter.queries import dispute as read_dispute
from love_market.counter.rules import DisputeSettled, NothingCovers, split_payment
from love_market.errors import words
from love_market.ledger import service as ledger
from love_market.ledger.rules import POINTS, Address, Draft, Leg
from love_market.people.rules import COMMITTEE, Guard
from love_market.points import legs
from love_market.points.rules import FUNDING, charged_to, value_of
from love_market.stock import queries as stock
from love_market.stock.rules import shelf_of, variance_of
from love_market.vouchers import service as vouchers
from love_market.vouchers.rules import TooFewPoints


def accept(session: Session, guard: Guard, redemption_id: UUID, *, note: str, at: datetime, key: UUID) -> None:
    """Accept the loss: the village gives the points, the goods count as lost; raise ``DisputeSettled``."""
    one = _open(session, guard, redemption_id, "accepted", key)
    if one is not None:
        moves = [leg for unit, lacking in one.lacking.items() for leg in _accepted(one.redemption_id, unit, lacking)]
        _settle(session, guard, one, "accepted", moves, note=note, at=at, key=key)


def charge(session: Session, guard: Guard, redemption_id: UUID, *, note: str, at: datetime, key: UUID) -> None:
    """Charge the till at which it happened, or its clerk where there was none, with what is lacking."""
    one = _open(session, guard, redemption_id, "charged", key)
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
    voucher_ids: Sequence[UUID],
    note: str,
    at: datetime,
    key: UUID,
) -> None:
    """Take what is lacking from where it should have come from: other vouchers, and what the shelf has by now.

    ``voucher_ids`` are vouchers of the households that the goods went to: they pay in this order, or the first gets
    back what was taken too much; needed where points are lacking. Raises ``NothingCovers`` where they have too little,
    and what vouchers and the shelf raise.
    """
    one = _open(session, guard, redemption_id, "corrected", key)
    if one is None:
        return
    moves = list[Leg]()
    for unit, lacking in one.lacking.items():
        if unit != POINTS:
            moves += _from_shelf(session, guard, one.redemption_id, unit, lacking, at)
        elif lacking > 0:
            payers = _theirs(session, guard, one, voucher_ids, at)
            moves += _from_vouchers(session, guard, one.redemption_id, payers, lacking, at)
        else:
            takers = _theirs(session, guard, one, voucher_ids, at)[:1]
            vouchers.restore(session, guard, takers, at=at)
            moves += [leg for taker in takers for leg in legs.cover(one.redemption_id, value_of(taker), lacking)]
    _settle(session, guard, one, "corrected", moves, note=note, at=at, key=key)


def _open(session: Session, guard: Guard, redemption_id: UUID, state: str, key: UUID) -> DisputeRecord | None:
    """Return an open dispute under the book's lock; None where this very key settled it this very way."""
    guard.require(*COMMITTEE)
    turn, _ = ledger.take_turn(session, guard.market_id, key=key)
    one = read_dispute(session, guard, redemption_id)
    if one.state == "open":
        return one
    before = turn.keys[key]
    if before is not None and (one.settle_entry_number, one.state) == (before.number, state):
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


def _theirs(
    session: Session, guard: Guard, one: DisputeRecord, voucher_ids: Sequence[UUID], at: datetime
) -> list[UUID]:
    """Return the vouchers chosen, once each; raise ``NothingCovers`` for none, or for one of another household."""
    allowed = {voucher.id for voucher in correcting_vouchers(session, guard, one, at=at)}
    chosen = list(dict.fromkeys(voucher_ids))
    if not chosen:
        raise NothingCovers(words("请选一张这户的券。"))
    if not allowed.issuperset(chosen):
        raise NothingCovers(words("选的券现在不能用，或者不是这户的。请刷新页面再选一次。"))
    return chosen


def _from_vouchers(
    session: Session, guard: Guard, redemption_id: UUID, voucher_ids: Sequence[UUID], lacking: int, at: datetime
) -> list[Leg]:
    held = vouchers.spendable(session, guard, voucher_ids, at=at)
    try:
        payments = split_payment(lacking, [(one.id, one.balance_points) for one in held.values()])
    except TooFewPoints as error:
        have = sum(one.balance_points for one in held.values())
        raise NothingCovers(
            words("选的券上一共 {have} 分，要付 {points} 分。请再选一张，或者用别的办法处理。"),
            have=have,
            points=lacking,
        ) from error
    paid = [(one.voucher_id, one.points) for one in payments]
    vouchers.consume(session, guard, paid, at=at, held=held)
    return [leg for voucher, points in paid for leg in legs.cover(redemption_id, value_of(voucher), points)]


def _from_shelf(
    session: Session, guard: Guard, redemption_id: UUID, good_id: UUID, lacking: int, at: datetime
) -> list[Leg]:
    takes = stock.pick_lots(session, guard, [(good_id, lacking)], at=at)
    return [leg for take in takes for leg in legs.cover(redemption_id, shelf_of(take.lot_id, good_id), take.quantity)]
