"""Spending at the counter: what can be spent, taking it, and giving it back when a redemption is undone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import Instant, Prepared
from love_market.db.prepared import Row
from love_market.errors import words
from love_market.ledger.models import Account
from love_market.ledger.rules import POINTS, Leg
from love_market.ledger.service import Question, Turn, take_turn
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.points import legs
from love_market.points.rules import value_of
from love_market.vouchers import queries
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import Held, State, TooFewPoints, VoucherMoveRefused, check_move, unknown
from love_market.vouchers.service.rows import move, vouchers_by_id

_HELD = Prepared(
    select(
        Voucher.id,
        Voucher.serial_no,
        Voucher.state,
        Voucher.state_reason,
        Voucher.expires_on,
        Voucher.household_id,
        Household.head_name,
        Account.balance,
    )
    .join(Household, and_(Household.market_id == Voucher.market_id, Household.id == Voucher.household_id))
    .outerjoin(
        Account,
        and_(
            Account.market_id == Voucher.market_id,
            Account.kind == "voucher",
            Account.owner == Voucher.id,
            Account.unit == POINTS,
        ),
    )
    .where(Voucher.market_id == bindparam("market_id"), Voucher.id.in_(bindparam("voucher_ids", expanding=True)))
)
_at = bindparam("at", type_=Instant())
_PAY = Prepared(
    update(Voucher)
    .where(Voucher.market_id == bindparam("market"), Voucher.id == bindparam("voucher_id"))
    .values(
        state=bindparam("to"),
        state_reason="",
        state_changed_at=_at,
        handed_over_at=func.coalesce(Voucher.handed_over_at, _at),
    )
)


def held_question(guard: Guard, voucher_ids: Sequence[UUID]) -> Question:
    """Return what to ask under the book's lock to know what these vouchers are; ``held_from`` reads the answer."""
    return _HELD, {"market_id": guard.market_id, "voucher_ids": list(voucher_ids)}


def held_from(turn: Turn, answer: Sequence[Row]) -> dict[UUID, Held]:
    """Return the vouchers from the answer to ``held_question``, and let the turn know what is left on them."""
    found = {}
    for voucher_id, serial_no, state, reason, expires_on, household_id, head_name, balance in answer:
        turn.balances[value_of(voucher_id)] = balance
        found[voucher_id] = Held(
            voucher_id, serial_no, State(state), reason, expires_on, household_id, head_name, balance or 0
        )
    return found


def spendable(session: Session, guard: Guard, voucher_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, Held]:
    """Return what can be spent from each voucher now, in the order asked for, under the book's lock.

    Raises ``VoucherUnknown``, ``VoucherVoid``, ``VoucherFrozen``, ``VoucherExpired``, ``VoucherSpent``.
    """
    turn, (answer,) = take_turn(session, guard.market_id, also=[held_question(guard, voucher_ids)])
    found = held_from(turn, answer)
    if any(voucher_id not in found for voucher_id in voucher_ids):
        raise unknown()
    for voucher_id in voucher_ids:
        refusal = queries.refusal(session, guard, found[voucher_id], village_date(at))
        if refusal is not None:
            raise refusal
    return {voucher_id: found[voucher_id] for voucher_id in voucher_ids}


def consume(
    session: Session,
    guard: Guard,
    payments: Sequence[tuple[UUID, int]],
    *,
    at: datetime,
    held: Mapping[UUID, Held] | None = None,
) -> tuple[list[Leg], dict[UUID, int]]:
    """Take ``(voucher_id, points)`` from vouchers and mark those that this empties.

    Returns the point legs for the entry that the caller posts in the same transaction, and what is left on each.
    A voucher whose hand-over nobody wrote down counts as handed over to whoever brings it. ``held`` is what
    ``held_from`` returned in this turn, once it is decided that they can pay. Raises what ``spendable`` raises, and
    ``TooFewPoints``.
    """
    held = held or spendable(session, guard, [voucher_id for voucher_id, _ in payments], at=at)
    left = {voucher_id: held[voucher_id].balance_points - points for voucher_id, points in payments}
    for voucher in (held[voucher_id] for voucher_id in left):
        if left[voucher.id] < 0:
            raise TooFewPoints(
                words("券 {serial_no} 上只剩 {balance} 分，不够付。"),
                serial_no=voucher.serial_no,
                balance=voucher.balance_points,
            )
    mark_paid(session, guard, [(held[voucher_id], points) for voucher_id, points in left.items()], at=at)
    return legs.spend(payments), left


def mark_paid(session: Session, guard: Guard, paid: Iterable[tuple[Held, int]], *, at: datetime) -> None:
    """Move vouchers that paid to the state that follows: each with what is left on it. A frozen one stays frozen."""
    moved = [
        {"market": guard.market_id, "voucher_id": voucher.id, "to": after, "at": at}
        for voucher, left in paid
        if voucher.state is not State.FROZEN and (after := _after(voucher.state, emptied=left == 0)) != voucher.state
    ]
    _PAY.later(session, *moved)


def restore(session: Session, guard: Guard, voucher_ids: Sequence[UUID], *, at: datetime) -> None:
    """Give vouchers that an undone redemption had emptied their life back; call it with the reversing entry.

    Raises ``VoucherMoveRefused`` for one that was voided, reissued or let lapse since: its points would be lost in it.
    """
    for voucher in vouchers_by_id(session, guard, voucher_ids):
        if voucher.state in {State.VOID, State.LAPSED}:
            raise VoucherMoveRefused(
                words("券 {serial_no} 在这以后已经作废或补发，积分退不回去，不能撤销。请到村委会更正。"),
                serial_no=voucher.serial_no,
            )
        if voucher.state == State.SPENT:
            move(voucher, State.HANDED_OVER, at)
    session.flush()


def _after(state: State, *, emptied: bool) -> State:
    """Return the state of a voucher that pays: by the table of moves, over the hand-over where it was not noted."""
    if state is State.ISSUED:
        check_move(state, State.HANDED_OVER)
        state = State.HANDED_OVER
    if emptied:
        check_move(state, State.SPENT)
        state = State.SPENT
    return state
