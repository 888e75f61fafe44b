"""The loss desk (挂失): freeze, unfreeze, void, reissue. Service-like: knows no Flask."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft
from love_market.people.rules import COMMITTEE, Guard
from love_market.points import legs
from love_market.vouchers import keys, queries
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import ReasonMissing, State, VoucherExpired, check_move, serial_no
from love_market.vouchers.service import done_before, move, next_sequence, unused_short_codes, vouchers_of_village


def freeze(session: Session, guard: Guard, voucher_id: UUID, *, reason: str, at: datetime) -> None:
    """Freeze a voucher, usually reported lost; one that is frozen stays so. Raises ``ReasonMissing``, move refusals."""
    voucher = _locked(session, guard, voucher_id, reason)
    if voucher.state != State.FROZEN:
        move(voucher, State.FROZEN, at, reason.strip())
    session.flush()


def unfreeze(session: Session, guard: Guard, voucher_id: UUID, *, reason: str, at: datetime) -> None:
    """Give a frozen voucher back the state it had; one that is not frozen stays as it is."""
    voucher = _locked(session, guard, voucher_id, reason)
    if voucher.state == State.FROZEN:
        left = _left(session, guard, voucher)
        move(voucher, State.HANDED_OVER if voucher.handed_over_at or not left else State.ISSUED, at)
        if not left:
            move(voucher, State.SPENT, at)
    session.flush()


def void(session: Session, guard: Guard, voucher_id: UUID, *, reason: str, at: datetime, key: UUID) -> None:
    """Take a voucher out of use for good; what was left on it goes to ``void`` in the books.

    Asked again with the same key, nothing more happens. Raises ``ReasonMissing``, ``VoucherMoveRefused``,
    ``VoucherSpent``.
    """
    voucher = _locked(session, guard, voucher_id, reason)
    asked = [str(voucher.id)]
    if done_before(session, guard, key, "void", asked):
        return
    check_move(State(voucher.state), State.VOID)
    left = _left(session, guard, voucher)
    if not left:
        raise queries.spent(session, guard.market_id, voucher.id)
    draft = Draft("void", at, guard.actor, reason.strip(), key, legs.void(voucher.id, left), input=asked)
    ledger.post(session, guard.market_id, draft)
    move(voucher, State.VOID, at, reason.strip())
    session.flush()


def reissue(
    session: Session, guard: Guard, voucher_id: UUID, *, reason: str, secret: str, at: datetime, key: UUID
) -> UUID:
    """Replace a lost voucher by a new paper with the same balance and last day; the old one is void from then on.

    Returns the new voucher's id, which is ``key``; asked again with the same key it gives the same. Raises
    ``ReasonMissing``, ``VoucherMoveRefused``, ``VoucherSpent``, ``VoucherExpired``.
    """
    voucher = _locked(session, guard, voucher_id, reason)
    asked = [str(voucher.id)]
    if done_before(session, guard, key, "reissue", asked):
        return key
    left = _left(session, guard, voucher)
    if not left and voucher.state in {State.SPENT, State.FROZEN}:
        raise queries.spent(session, guard.market_id, voucher.id)
    check_move(State(voucher.state), State.VOID)
    if voucher.expires_on < village_date(at):
        raise VoucherExpired(words("这张券已经过期，补发的新券也不能用，所以不能补发。"))
    draft = Draft("reissue", at, guard.actor, reason.strip(), key, legs.carry(voucher.id, key, left), input=asked)
    number = ledger.post(session, guard.market_id, draft).number
    session.add(_batch_of_one(guard, voucher, key, at, number, _quarter_of(session, voucher)))
    session.flush()
    session.add(_new_paper(session, guard, voucher, key, left, secret, at))
    move(voucher, State.VOID, at, reason.strip())
    session.flush()
    return key


def _locked(session: Session, guard: Guard, voucher_id: UUID, reason: str) -> Voucher:
    guard.require(*COMMITTEE)
    if not reason.strip():
        raise ReasonMissing(words("请写明原因，公示和账本里要用。"))
    ledger.lock_book(session, guard.market_id)
    return vouchers_of_village(session, guard, [voucher_id])[0]


def _left(session: Session, guard: Guard, voucher: Voucher) -> int:
    """Return what is left on a voucher: none on a frozen one that a till had emptied before it was frozen."""
    return books.balances(session, guard.market_id, "voucher", [voucher.id]).get(voucher.id, 0)


def _quarter_of(session: Session, voucher: Voucher) -> str:
    return session.get_one(VoucherBatch, (voucher.market_id, voucher.batch_id)).quarter


def _batch_of_one(guard: Guard, old: Voucher, key: UUID, at: datetime, number: int, quarter: str) -> VoucherBatch:
    return VoucherBatch(
        market_id=guard.market_id,
        id=key,
        village_code=guard.village_code,
        quarter=quarter,
        expires_on=old.expires_on,
        issued_at=at,
        issued_by=guard.actor,
        entry_number=number,
    )


def _new_paper(
    session: Session, guard: Guard, old: Voucher, key: UUID, points: int, secret: str, at: datetime
) -> Voucher:
    quarter = _quarter_of(session, old)
    return Voucher(
        market_id=guard.market_id,
        id=key,
        batch_id=key,
        household_id=old.household_id,
        signing_key_id=keys.current_key_id(session, guard.market_id, secret, at),
        serial_no=serial_no(quarter, next_sequence(session, guard.market_id, quarter)),
        short_code=unused_short_codes(session, guard.market_id, 1)[0],
        face_points=points,
        expires_on=old.expires_on,
        state=State.ISSUED,
        state_changed_at=at,
        reissue_of_id=old.id,
    )
