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
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import (
    SPENDING,
    Held,
    State,
    TooFewPoints,
    VoucherExpired,
    spending_facts,
    unknown,
)
from love_market.vouchers.service.spending import held_from, mark_paid


@dataclass(frozen=True, slots=True)
class Paid:
    """What one voucher paid of what it was asked for; ``refusal`` says why not all of it. ``held`` is None: unknown."""

    voucher_id: UUID
    asked_points: int
    points: int
    left_points: int
    held: Held | None
    refusal: LoveMarketError | None


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
    vouchers = held_from(turn, answer)
    then = _as_it_was(session, guard, vouchers, happened_at)
    paid = [_pay(vouchers.get(one), then.get(one), one, points, happened_at, refused) for one, points in payments]
    mark_paid(session, guard, [(one.held, one.left_points) for one in paid if one.held and one.points], at=at)
    return paid


def _pay(
    held: Held | None,
    then: Held | None,
    voucher_id: UUID,
    asked: int,
    happened_at: datetime,
    refused: LoveMarketError | None,
) -> Paid:
    if held is None:
        return Paid(voucher_id, asked, 0, 0, None, refused or unknown())
    day = village_date(happened_at)
    refusal = refused or _lapsed_since(held, day) or SPENDING.error(spending_facts(then, day))
    if refusal is not None:
        return Paid(voucher_id, asked, 0, held.balance_points, held, refusal)
    points = min(asked, held.balance_points)
    if points < asked:
        sentence = words("券 {serial_no} 上只有 {balance} 分，当时用了 {asked} 分。")
        refusal = TooFewPoints(sentence, serial_no=held.serial_no, balance=held.balance_points, asked=asked)
    return Paid(voucher_id, asked, points, held.balance_points - points, held, refusal)


def _lapsed_since(held: Held, day: date) -> VoucherExpired | None:
    """Return an error for one that was good on the day and was cleared before the books heard of it."""
    if held.state is not State.LAPSED or day > held.expires_on:
        return None
    sentence = words("券 {serial_no} 当时没有过期，可是送来以前已经到期清零了。")
    return VoucherExpired(sentence, serial_no=held.serial_no)


def _as_it_was(
    session: Session, guard: Guard, vouchers: Mapping[UUID, Held], happened_at: datetime
) -> dict[UUID, Held]:
    """Return the vouchers as they were: one that is frozen now may have been frozen only later."""
    frozen = [one.id for one in vouchers.values() if one.state is State.FROZEN]
    later = set[UUID]()
    if frozen:
        of_market = Voucher.market_id == guard.market_id, Voucher.id.in_(frozen)
        later = set(session.scalars(select(Voucher.id).where(*of_market, Voucher.state_changed_at > happened_at)))
    return {one.id: one._replace(state=State.HANDED_OVER) if one.id in later else one for one in vouchers.values()}
