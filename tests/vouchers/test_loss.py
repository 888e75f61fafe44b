"""The loss desk: freeze and give back, reissue, void; the identity holds through all of it."""

import pytest
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.errors import Denied
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.rules import KeyReused
from love_market.ledger.verify import verify
from love_market.vouchers import loss, queries, service
from love_market.vouchers.queries import Reconciliation
from love_market.vouchers.rules import (
    ReasonMissing,
    State,
    VoucherExpired,
    VoucherFrozen,
    VoucherMoveRefused,
    VoucherSpent,
    VoucherVoid,
)
from tests.builders import Village
from tests.conftest import Clock
from tests.databases import SECRET
from tests.vouchers import made


def spend(session: Session, village: Village, voucher_id: object, points: int, clock: Clock) -> None:
    """Spend points of a voucher as the counter does."""
    assert isinstance(voucher_id, type(new_id()))
    service.consume(session, village.clerk, [(voucher_id, points)], at=clock())
    ledger.post(session, village.market_id, made.spending(village, voucher_id, points, clock()))


def test_frozen_is_refused_and_given_back_works(session: Session, village: Village, clock: Clock) -> None:
    voucher = made.vouchers(session, village, (35,), clock())[0].id
    loss.freeze(session, village.chair, voucher, reason="丢了", at=clock())
    loss.freeze(session, village.chair, voucher, reason="又说丢了", at=clock())
    with pytest.raises(VoucherFrozen, match="已经冻结：丢了"):
        service.spendable(session, village.clerk, [voucher], at=clock())
    with pytest.raises(VoucherMoveRefused):
        service.hand_over(session, village.chair, [voucher], at=clock())
    loss.unfreeze(session, village.chair, voucher, reason="找到了", at=clock())
    assert queries.face(session, village.chair, voucher, at=clock()).state is State.ISSUED
    spend(session, village, voucher, 27, clock)
    loss.freeze(session, village.chair, voucher, reason="丢了", at=clock())
    loss.unfreeze(session, village.chair, voucher, reason="找到了", at=clock())
    face = queries.face(session, village.chair, voucher, at=clock())
    assert (face.state, face.balance_points, face.refusal) == (State.HANDED_OVER, 8, None)


def test_a_reissue_kills_the_old_paper_and_carries_the_balance(
    session: Session, village: Village, clock: Clock
) -> None:
    old = made.vouchers(session, village, (35,), clock())[0]
    url = made.url_of(session, village.market_id, old)
    spend(session, village, old.id, 10, clock)
    loss.freeze(session, village.chair, old.id, reason="丢了", at=clock())
    key = new_id()
    for _ in range(2):  # asked twice, it is one
        new_key = loss.reissue(session, village.chair, old.id, reason="找不到", secret=SECRET, at=clock(), key=key)
        assert new_key == key
    new = queries.face(session, village.chair, key, at=clock())
    assert (new.face_points, new.balance_points, new.expires_on, new.state) == (25, 25, old.expires_on, State.ISSUED)
    assert (new.household_id, new.serial_no) == (old.household_id, "2026-3-0002")
    assert new.short_code != old.short_code
    dead = queries.from_scan(session, village.clerk, url, at=clock())
    assert (dead.state, dead.balance_points) == (State.VOID, 0)
    assert isinstance(dead.refusal, VoucherVoid)
    alive = queries.from_scan(session, village.clerk, made.url_of(session, village.market_id, new), at=clock())
    assert (alive.id, alive.refusal) == (key, None)
    spend(session, village, key, 25, clock)
    replaced = queries.reissue_of(session, village.chair, old.id)
    assert replaced is not None
    assert replaced.id == key
    assert queries.batch(session, village.chair, key).reissue
    assert queries.reconciliation(session, village.market_id) == Reconciliation(35, 35, 0, 0, 0)


def test_a_void_voucher_keeps_its_points_in_the_books(session: Session, village: Village, clock: Clock) -> None:
    first, second = made.vouchers(session, village, (35, 20), clock())
    spend(session, village, first.id, 10, clock)
    key = new_id()
    for _ in range(2):
        loss.void(session, village.chair, first.id, reason="户已迁走", at=clock(), key=key)
    assert queries.reconciliation(session, village.market_id) == Reconciliation(55, 10, 20, 0, 25)
    with pytest.raises(KeyReused):
        loss.void(session, village.chair, second.id, reason="另一张", at=clock(), key=key)
    with pytest.raises(VoucherMoveRefused, match="现在是“已作废”"):
        loss.reissue(session, village.chair, first.id, reason="后悔", secret=SECRET, at=clock(), key=new_id())
    with pytest.raises(VoucherMoveRefused):
        loss.freeze(session, village.chair, first.id, reason="后悔", at=clock())


def test_a_spent_or_expired_voucher_is_not_reissued(session: Session, village: Village, clock: Clock) -> None:
    first, second = made.vouchers(session, village, (35, 20), clock())
    spend(session, village, first.id, 35, clock)
    with pytest.raises(VoucherSpent, match="用完了"):
        loss.reissue(session, village.chair, first.id, reason="丢了", secret=SECRET, at=clock(), key=new_id())
    clock.at = clock.at.replace(year=2027, month=12)
    with pytest.raises(VoucherExpired, match="不能补发"):
        loss.reissue(session, village.chair, second.id, reason="丢了", secret=SECRET, at=clock(), key=new_id())


def test_every_act_needs_a_reason_and_the_committee(session: Session, village: Village, clock: Clock) -> None:
    voucher = made.vouchers(session, village, (35,), clock())[0].id
    number = books.head(session, village.market_id).number
    for guard, reason, refusal in ((village.chair, "  ", ReasonMissing), (village.clerk, "丢了", Denied)):
        with pytest.raises(refusal):
            loss.freeze(session, guard, voucher, reason=reason, at=clock())
        with pytest.raises(refusal):
            loss.unfreeze(session, guard, voucher, reason=reason, at=clock())
        with pytest.raises(refusal):
            loss.void(session, guard, voucher, reason=reason, at=clock(), key=new_id())
        with pytest.raises(refusal):
            loss.reissue(session, guard, voucher, reason=reason, secret=SECRET, at=clock(), key=new_id())
    assert books.head(session, village.market_id).number == number


def test_issued_is_redeemed_outstanding_lapsed_and_void(session: Session, village: Village, clock: Clock) -> None:
    vouchers = made.vouchers(session, village, (35, 20, 8, 46, 12), clock())
    spend(session, village, vouchers[0].id, 35, clock)
    spend(session, village, vouchers[1].id, 5, clock)
    loss.void(session, village.chair, vouchers[2].id, reason="迁走", at=clock(), key=new_id())
    loss.reissue(session, village.chair, vouchers[3].id, reason="丢了", secret=SECRET, at=clock(), key=new_id())
    loss.freeze(session, village.chair, vouchers[4].id, reason="丢了", at=clock())
    found = queries.reconciliation(session, village.market_id)
    assert found == Reconciliation(issued=121, redeemed=40, outstanding=73, lapsed=0, void=8)
    assert found.agrees
    clock.at = clock.at.replace(year=2027, month=12)
    assert service.lapse_expired(session, village.chair, at=clock(), key=new_id()) == 73
    assert queries.reconciliation(session, village.market_id) == Reconciliation(121, 40, 0, 73, 8)
    assert verify(session, village.market_id).verified
