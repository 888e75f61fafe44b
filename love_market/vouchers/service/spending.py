"""Spending at the counter: what can be spent, taking it, and giving it back when a redemption is undone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger.rules import Leg
from love_market.people.rules import Guard
from love_market.points import legs
from love_market.vouchers import queries
from love_market.vouchers.rules import State, TooFewPoints, VoucherMoveRefused, check_live
from love_market.vouchers.service.rows import move, vouchers_by_id


def spendable(session: Session, guard: Guard, voucher_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, int]:
    """Return what can be spent from each voucher now; call it under the book's lock.

    Raises ``VoucherUnknown``, ``VoucherVoid``, ``VoucherFrozen``, ``VoucherExpired``, ``VoucherSpent``.
    """
    vouchers = vouchers_by_id(session, guard, voucher_ids)
    balances = books.balances(session, guard.market_id, "voucher", voucher_ids)
    for voucher in vouchers:
        check_live(State(voucher.state), voucher.expires_on, village_date(at), voucher.state_reason)
        if not balances.get(voucher.id):
            raise queries.spent(session, guard.market_id, voucher.id)
    return balances


def consume(
    session: Session, guard: Guard, payments: Sequence[tuple[UUID, int]], *, at: datetime
) -> tuple[list[Leg], dict[UUID, int]]:
    """Take ``(voucher_id, points)`` from vouchers and mark those that this empties.

    Returns the point legs for the entry that the caller posts in the same transaction, and what is left on each.
    A voucher whose hand-over nobody wrote down counts as handed over to whoever brings it. Raises what ``spendable``
    raises, and ``TooFewPoints``.
    """
    ids = [voucher_id for voucher_id, _ in payments]
    balances = spendable(session, guard, ids, at=at)
    left = {voucher_id: balances[voucher_id] - points for voucher_id, points in payments}
    for voucher in vouchers_by_id(session, guard, ids):
        if left[voucher.id] < 0:
            raise TooFewPoints(
                words("券 {serial_no} 上只剩 {balance} 分，不够付。"),
                serial_no=voucher.serial_no,
                balance=balances[voucher.id],
            )
        if voucher.state == State.ISSUED:
            move(voucher, State.HANDED_OVER, at)
            voucher.handed_over_at = at
        if left[voucher.id] == 0:
            move(voucher, State.SPENT, at)
    session.flush()
    return legs.spend(payments), left


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
