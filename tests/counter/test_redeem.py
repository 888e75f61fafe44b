"""Redeeming and undoing: one entry for points and goods, once for each key, back whole on the same day."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.counter import queries, service
from love_market.counter.models import Redemption
from love_market.counter.rules import NoSuchRedemption, UndoTooLate
from love_market.db import new_id, reading, transaction
from love_market.errors import Denied
from love_market.ledger import queries as books
from love_market.ledger.rules import KeyReused
from love_market.ledger.verify import verify
from love_market.stock import queries as stock
from love_market.vouchers import loss
from love_market.vouchers import queries as vouchers
from love_market.vouchers.rules import ReasonMissing, State, TooFewPoints, VoucherMoveRefused, VoucherSpent
from tests.conftest import Clock
from tests.counter import made
from tests.counter.conftest import Ask
from tests.counter.made import Shop, asked
from tests.vouchers.made import balance


def left(session: Session, shop: Shop, clock: Clock, name: str) -> int:
    """Return what the shelf holds of a good."""
    return next(one.quantity for one in stock.shelf(session, shop.village.clerk, at=clock()) if one.name == name)


def test_a_basket_is_one_entry_with_its_points_and_goods(session: Session, shop: Shop, clock: Clock) -> None:
    before = books.head(session, shop.village.market_id).number
    key = new_id()
    basket = [shop.line("陈醋", 1), shop.line("挂面", 2), shop.line("香皂", 1)]
    receipt = made.redeem(session, shop, [shop.vouchers[0].id], basket, clock(), key)
    assert receipt.id == key
    assert (receipt.total_points, receipt.left_points, receipt.pieces) == (27, 8, 4)
    assert [(one.name, one.quantity, one.points) for one in receipt.goods] == [
        ("陈醋", 1, 7),
        ("挂面", 2, 16),
        ("香皂", 1, 4),
    ]
    head = books.head(session, shop.village.market_id)
    assert (head.number, receipt.entry_number) == (before + 1, before + 1)
    assert receipt.entry_hash == head.hash
    entry = books.entry(session, shop.village.market_id, receipt.entry_number)
    assert entry is not None
    assert sorted((leg.source.kind, leg.destination.kind, leg.amount) for leg in entry.legs) == [
        ("shelf", "given", 1),
        ("shelf", "given", 1),
        ("shelf", "given", 2),
        ("voucher", "redeemed", 27),
    ]
    assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 8
    assert left(session, shop, clock, "挂面") == 18
    face = vouchers.face(session, shop.village.clerk, shop.vouchers[0].id, at=clock())
    assert (face.state, face.refusal) == (State.HANDED_OVER, None)


def test_several_vouchers_pay_in_the_order_scanned(session: Session, shop: Shop, clock: Clock) -> None:
    ids = [shop.vouchers[index].id for index in (2, 1, 0)]
    receipt = made.redeem(session, shop, ids, [shop.line("白面", 1)], clock(), new_id())
    paid = {one.voucher_id: (one.amount_points, one.balance_after_points) for one in receipt.vouchers}
    assert paid == {ids[0]: (8, 0), ids[1]: (17, 3)}
    assert vouchers.face(session, shop.village.clerk, ids[0], at=clock()).state is State.SPENT


def test_the_same_key_books_once_and_another_basket_under_it_is_refused(ask: Ask, shop: Shop, clock: Clock) -> None:
    sent = asked(shop, ("陈醋", 1))
    first, second = ask("redeem", **sent), ask("redeem", **sent)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json() == second.get_json()
    assert first.get_json()["left_points"] == 28
    other = ask("redeem", **asked(shop, ("陈醋", 2), key=UUID(str(sent["key"]))))
    assert (other.status_code, other.get_json()["error"]) == (409, "KeyReused")
    with reading() as session:
        assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 28
        assert session.scalar(select(func.count()).select_from(Redemption)) == 1


def test_only_a_clerk_redeems(session: Session, shop: Shop, clock: Clock) -> None:
    with pytest.raises(Denied):
        service.redeem(
            session,
            shop.village.chair,
            key=new_id(),
            voucher_ids=[shop.vouchers[0].id],
            basket=[shop.line("食盐", 1)],
            at=clock(),
        )


def test_an_undo_gives_back_points_goods_and_the_voucher(session: Session, shop: Shop, clock: Clock) -> None:
    before = made.standing(session, shop, clock())
    ids = [shop.vouchers[2].id, shop.vouchers[1].id]
    done = made.redeem(session, shop, ids, [shop.line("白面", 1)], clock(), new_id())
    key = new_id()
    clerk = shop.village.clerk
    clock.at += timedelta(hours=2)
    undone = service.undo(session, clerk, done.id, reason=" 拿错了货 ", at=clock(), key=key)
    assert (undone.undone_at, undone.undone_reason) == (clock(), "拿错了货")
    assert undone.undo_entry_number == done.entry_number + 1
    assert made.standing(session, shop, clock())[1:] == before[1:]
    assert vouchers.face(session, clerk, ids[0], at=clock()).state is State.HANDED_OVER
    # Asked again it is the same; asked by another it is too late.
    assert service.undo(session, clerk, done.id, reason="拿错了货", at=clock(), key=key) == undone
    with pytest.raises(UndoTooLate, match="已经撤销过了"):
        service.undo(session, clerk, done.id, reason="拿错了货", at=clock(), key=new_id())
    again = made.redeem(session, shop, ids, [shop.line("白面", 1)], clock(), new_id())
    assert again.left_points == 3
    assert verify(session, shop.village.market_id).verified


def test_an_undo_needs_a_reason_the_same_day_and_its_own_key(session: Session, shop: Shop, clock: Clock) -> None:
    clerk, other_key = shop.village.clerk, new_id()
    done = made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("食盐", 1)], clock(), other_key)
    with pytest.raises(ReasonMissing):
        service.undo(session, clerk, done.id, reason="  ", at=clock(), key=new_id())
    with pytest.raises(KeyReused):
        service.undo(session, clerk, done.id, reason="拿错", at=clock(), key=other_key)
    with pytest.raises(NoSuchRedemption):
        service.undo(session, clerk, new_id(), reason="拿错", at=clock(), key=new_id())
    clock.at += timedelta(days=1)
    with pytest.raises(UndoTooLate, match="只能撤销当天的兑换"):
        service.undo(session, clerk, done.id, reason="拿错", at=clock(), key=new_id())
    assert queries.receipt(session, clerk, done.id).undone_at is None


@pytest.mark.parametrize("fate", ["void", "reissue"])
def test_an_undo_into_a_voucher_that_is_gone_is_refused(session: Session, shop: Shop, clock: Clock, fate: str) -> None:
    voucher, chair = shop.vouchers[0].id, shop.village.chair
    done = made.redeem(session, shop, [voucher], [shop.line("食盐", 1)], clock(), new_id())
    if fate == "void":
        loss.void(session, chair, voucher, reason="迁走", at=clock(), key=new_id())
    else:
        loss.reissue(session, chair, voucher, reason="丢了", secret="x" * 32, at=clock(), key=new_id())
    with pytest.raises(VoucherMoveRefused, match="积分退不回去"):
        service.undo(session, shop.village.clerk, done.id, reason="拿错", at=clock(), key=new_id())


def test_an_undo_gives_a_frozen_voucher_its_points_and_leaves_it_frozen(
    session: Session, shop: Shop, clock: Clock
) -> None:
    voucher, clerk = shop.vouchers[0].id, shop.village.clerk
    done = made.redeem(session, shop, [voucher], [shop.line("食盐", 1)], clock(), new_id())
    loss.freeze(session, shop.village.chair, voucher, reason="丢了", at=clock())
    service.undo(session, clerk, done.id, reason="拿错", at=clock(), key=new_id())
    face = vouchers.face(session, clerk, voucher, at=clock())
    assert (face.state, face.balance_points) == (State.FROZEN, 35)


def test_sixteen_tills_race_for_one_voucher_and_one_wins(app: Flask, shop: Shop, clock: Clock) -> None:
    voucher, together = shop.vouchers[0].id, threading.Barrier(16)
    won: list[UUID] = []
    lost: list[Exception] = []

    def till() -> None:
        key = new_id()
        with app.app_context():
            together.wait()
            try:
                with transaction() as session:
                    won.append(made.redeem(session, shop, [voucher], [shop.line("白面", 1)], clock(), key).id)
            except (VoucherSpent, TooFewPoints) as error:
                lost.append(error)

    tills = [threading.Thread(target=till) for _ in range(16)]
    for each in tills:
        each.start()
    for each in tills:
        each.join()
    assert (len(won), len(lost)) == (1, 15)
    with reading() as session:
        assert balance(session, shop.village.market_id, voucher) == 10
        assert left(session, shop, clock, "白面") == 2
        assert queries.totals(session, shop.village.clerk).points == 25
        assert vouchers.reconciliation(session, shop.village.market_id).agrees
        assert verify(session, shop.village.market_id).verified


def test_one_key_sent_by_eight_tills_at_once_is_one_redemption(app: Flask, shop: Shop, clock: Clock) -> None:
    voucher, key, together = shop.vouchers[0].id, new_id(), threading.Barrier(8)
    answers: list[int] = []

    def till() -> None:
        with app.app_context():
            together.wait()
            with transaction() as session:
                receipt = made.redeem(session, shop, [voucher], [shop.line("陈醋", 5)], clock(), key)
                answers.append(receipt.entry_number)

    tills = [threading.Thread(target=till) for _ in range(8)]
    for each in tills:
        each.start()
    for each in tills:
        each.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    with reading() as session:
        assert balance(session, shop.village.market_id, voucher) == 0
        assert left(session, shop, clock, "陈醋") == 7
