"""Paying for what has happened already: a till handed goods out, and its vouchers give what they still can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db.prepared import Row
from love_market.errors import LoveMarketError, words
from love_market.ledger.service import Turn
from love_market.people.rules import Guard
from love_market.points.rules import value_of
from love_market.vouchers import queries
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import State, TooFewPoints, VoucherExpired, check_live
from love_market.vouchers.service.spending import Held, mark_paid


@dataclass(frozen=True, slots=True)
class Paid:
    """What one voucher paid of what it was asked for; ``refusal`` says why not all of it. ``held`` is None: unknown."""

    voucher_id: UUID
    asked_points: int
    points: int
    left_points: int
    held: Held | None
    refusal: LoveMarketError | None

    @property
    def short_points(self) -> int:
        """What it did not pay."""
        return self.asked_points - self.points


def pay_as_happened(
    session: Session,
    guard: Guard,
    turn: Turn,
    payments: Sequence[tuple[UUID, int]],
    *,
    happened_at: datetime,
    at: datetime,
    answer: Sequence[Row],
    refused: LoveMarketError | None = None,
) -> list[Paid]:
    """Take ``(voucher_id, points)`` from vouchers as far as they go, and mark those that this empties.

    A voucher counts as it was when it happened: one that was frozen later, or expired later, pays; one that gave its
    points to another paper or lost them has none to pay with. ``answer`` is what ``held_question`` was answered.
    ``refused``: none of them pays, and why.
    """
    rows = {row[0]: row for row in answer}
    changed = _changed_at(session, guard, [one for one, row in rows.items() if row[2] == State.FROZEN])
    paid = [
        _pay(turn, rows.get(voucher_id), voucher_id, points, happened_at, changed, refused)
        for voucher_id, points in payments
    ]
    mark_paid(session, guard, [(one.held, one.left_points) for one in paid if one.held and one.points], at=at)
    return paid


def _pay(
    turn: Turn,
    row: Row | None,
    voucher_id: UUID,
    asked: int,
    happened_at: datetime,
    changed: Mapping[UUID, datetime],
    refused: LoveMarketError | None,
) -> Paid:
    if row is None:
        return Paid(voucher_id, asked, 0, 0, None, queries.unknown())
    _, serial_no, state, reason, expires_on, household_id, head_name, balance = row
    turn.balances[value_of(voucher_id)] = balance
    held = Held(voucher_id, serial_no, State(state), household_id, head_name, balance or 0)
    if refused is not None:
        return Paid(voucher_id, asked, 0, held.balance_points, held, refused)
    refusal: LoveMarketError | None = None
    try:
        _check_lapsed(State(state), serial_no, expires_on, village_date(happened_at))
        frozen_later = state == State.FROZEN and happened_at < changed[voucher_id]
        check_live(State.HANDED_OVER if frozen_later else State(state), expires_on, village_date(happened_at), reason)
    except LoveMarketError as error:
        return Paid(voucher_id, asked, 0, held.balance_points, held, error)
    points = min(asked, held.balance_points)
    if points < asked:
        refusal = TooFewPoints(
            words("券 {serial_no} 上只有 {balance} 分，当时用了 {asked} 分。"),
            serial_no=serial_no,
            balance=held.balance_points,
            asked=asked,
        )
    return Paid(voucher_id, asked, points, held.balance_points - points, held, refusal)


def _check_lapsed(state: State, serial_no: str, expires_on: date, day: date) -> None:
    """Raise ``VoucherExpired`` for one that was good on the day and was cleared before the books heard of it."""
    if state is State.LAPSED and day <= expires_on:
        sentence = words("券 {serial_no} 当时没有过期，可是送来以前已经到期清零了。")
        raise VoucherExpired(sentence, serial_no=serial_no)


def _changed_at(session: Session, guard: Guard, voucher_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    if not voucher_ids:
        return {}
    rows = session.execute(
        select(Voucher.id, Voucher.state_changed_at).where(
            Voucher.market_id == guard.market_id, Voucher.id.in_(voucher_ids)
        )
    )
    return dict(rows.all())
