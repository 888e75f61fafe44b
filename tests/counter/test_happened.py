"""Booking what happened already: one entry as it was, what the books lack disputed, once for each key."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from love_market.counter import queries, service
from love_market.counter.models import TillRedemption
from love_market.counter.rules import BasketLine, BasketUnclear
from love_market.db import new_id
from love_market.ledger import queries as books
from love_market.ledger.rules import KeyReused
from love_market.stock.rules import NoSuchGood
from love_market.tills.rules import TillCutOff
from love_market.vouchers import loss
from love_market.vouchers import queries as vouchers
from love_market.vouchers import service as vouchers_service
from love_market.vouchers.rules import State, VoucherSpent
from tests.conftest import Clock
from tests.counter import made
from tests.counter.happening import (
    Way,
    assert_books_agree,
    book,
    dispute_row,
    disputed,
    happened,
    ways,
)
from tests.counter.made import Shop
from tests.counter.troubles import Trouble, expire, freeze, nothing, reissue, reprice, spend, void
from tests.vouchers.made import balance

HOUR = timedelta(hours=1)


WHOLE: list[Way] = [("shelf", "given", 2), ("voucher", "redeemed", 16)]
DEARER: list[Way] = [("disputed", "redeemed", 4), *WHOLE]
SOME: list[Way] = [("disputed", "redeemed", 6), ("shelf", "given", 2), ("voucher", "redeemed", 10)]
UNPAID: list[Way] = [("disputed", "redeemed", 16), ("shelf", "given", 2)]


@pytest.mark.parametrize(
    ("trouble", "order", "legs", "left", "lacking", "reason"),
    [
        (nothing, "before", WHOLE, 19, {}, None),
        (spend, "before", SOME, 0, {"分": -6}, "上只有 10 分，当时用了 16 分"),
        (void, "before", UNPAID, 0, {"分": -16}, "已经作废：迁走了"),
        (void, "after", UNPAID, 0, {"分": -16}, "已经作废：迁走了"),
        (reissue, "before", UNPAID, 0, {"分": -16}, "已经作废：丢了"),
        (freeze, "before", UNPAID, 35, {"分": -16}, "已经冻结：丢了"),
        (freeze, "after", WHOLE, 19, {}, None),
        (expire, "before", UNPAID, 35, {"分": -16}, "到期，不能再用"),
        (expire, "after", WHOLE, 19, {}, None),
        (reprice, "before", DEARER, 19, {"分": -4}, "挂面那时已经是 10 分，机器上还是 8 分"),
        (reprice, "after", WHOLE, 19, {}, None),
    ],
    ids=["none", "spent", "void", "void-later", "reissued", "frozen", "frozen-later", "expired", "expired-later",
         "repriced", "repriced-later"],
)  # fmt: skip
def test_two_noodles_for_sixteen_points(
    session: Session,
    shop: Shop,
    clock: Clock,
    trouble: Trouble,
    order: str,
    legs: list[Way],
    left: int,
    lacking: dict[str, int],
    reason: str | None,
) -> None:
    voucher_id, happened_at = shop.vouchers[0].id, clock.at + HOUR
    if order == "before":
        trouble(session, shop, clock)
        happened_at = clock.at + HOUR
    clock.at = happened_at + HOUR
    if order == "after":
        trouble(session, shop, clock)
    told = happened(shop, [(voucher_id, 16)], [shop.line("挂面", 2)], happened_at)
    booked = book(session, shop, told, clock())
    assert ways(session, shop, booked.receipt.entry_number) == legs
    assert balance(session, shop.village.market_id, voucher_id) == left
    assert disputed(session, shop, told.key) == lacking
    row = dispute_row(session, shop, told.key)
    if reason is None:
        assert (row, booked.reasons, booked.receipt.dispute) == (None, (), "")
    else:
        assert row is not None
        assert (row[0], booked.receipt.dispute) == ("open", "open")
        assert reason in row[1]
    assert booked.receipt == queries.receipt(session, shop.village.clerk, told.key)
    assert (booked.receipt.redeemed_at, booked.receipt.total_points, booked.receipt.pieces) == (happened_at, 16, 2)
    again = book(session, shop, told, clock())
    assert (again.receipt, again.before) == (booked.receipt, True)
    assert_books_agree(session, shop, clock())
    # The same key for something else is none of that.
    other = happened(shop, [(voucher_id, 8)], [shop.line("挂面", 1)], happened_at, key=told.key)
    with pytest.raises(KeyReused):
        book(session, shop, other, clock())


def test_points_cleared_before_the_books_heard_of_it_are_disputed_in_words(
    session: Session, shop: Shop, clock: Clock
) -> None:
    happened_at = clock.at
    clock.at += timedelta(days=400)
    vouchers_service.lapse_expired(session, shop.village.chair, at=clock(), key=new_id())
    told = happened(shop, [(shop.vouchers[0].id, 2)], [shop.line("食盐", 1)], happened_at)
    booked = book(session, shop, told, clock())
    assert "当时没有过期，可是送来以前已经到期清零了" in booked.reasons[0]
    assert disputed(session, shop, told.key) == {"分": -2}
    assert_books_agree(session, shop, clock())


def test_a_voucher_nobody_knows_pays_nothing_and_leaves_no_row(session: Session, shop: Shop, clock: Clock) -> None:
    told = happened(
        shop, [(new_id(), 2), (shop.vouchers[1].id, 7)], [shop.line("食盐", 1), shop.line("陈醋", 1)], clock()
    )
    booked = book(session, shop, told, clock())
    assert disputed(session, shop, told.key) == {"分": -2}
    assert [one.serial_no for one in booked.receipt.vouchers] == [shop.vouchers[1].serial_no]
    alone = happened(shop, [(new_id(), 2)], [shop.line("食盐", 1)], clock())
    assert book(session, shop, alone, clock()).receipt.vouchers == ()
    assert_books_agree(session, shop, clock())


def test_a_price_that_fell_before_gives_too_much_which_is_disputed_too(
    session: Session, shop: Shop, clock: Clock
) -> None:
    reprice(session, shop, clock, price=5)
    clock.at += HOUR
    told = happened(shop, [(shop.vouchers[0].id, 16)], [shop.line("挂面", 2)], clock())
    booked = book(session, shop, told, clock())
    assert ways(session, shop, booked.receipt.entry_number) == [
        ("redeemed", "disputed", 6),
        ("shelf", "given", 2),
        ("voucher", "redeemed", 16),
    ]
    assert disputed(session, shop, told.key) == {"分": 6}
    assert_books_agree(session, shop, clock())


def test_what_is_short_by_as_much_as_a_price_fell_is_no_dispute(session: Session, shop: Shop, clock: Clock) -> None:
    reprice(session, shop, clock, price=7)
    clock.at += HOUR
    told = happened(shop, [(shop.vouchers[0].id, 36)], [shop.line("挂面", 1), shop.line("陈醋", 4)], clock())
    booked = book(session, shop, told, clock())
    assert (booked.reasons, dispute_row(session, shop, told.key)) == ((), None)
    assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 0
    assert_books_agree(session, shop, clock())


def test_a_till_that_was_cut_off_takes_nothing_from_vouchers(session: Session, shop: Shop, clock: Clock) -> None:
    told = happened(
        shop, [(shop.vouchers[0].id, 2)], [shop.line("食盐", 1)], clock(), refused=TillCutOff("停用以后才送来。")
    )
    booked = book(session, shop, told, clock())
    assert booked.reasons == ("停用以后才送来。",)
    assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 35
    assert [one.balance_after_points for one in booked.receipt.vouchers] == [35]
    assert_books_agree(session, shop, clock())


@pytest.mark.parametrize("wrong", ["sums", "good", "twice"])
def test_what_cannot_have_happened_is_refused_and_nothing_is_booked(
    session: Session, shop: Shop, clock: Clock, wrong: str
) -> None:
    voucher, before = shop.vouchers[0].id, books.head(session, shop.village.market_id)
    salt = shop.line("食盐", 1)
    told, error = {
        "sums": (happened(shop, [(voucher, 3)], [salt], clock()), BasketUnclear),
        "good": (happened(shop, [(voucher, 2)], [BasketLine(new_id(), 1, 2)], clock()), NoSuchGood),
        "twice": (happened(shop, [(voucher, 4)], [salt, salt], clock()), BasketUnclear),
    }[wrong]
    with pytest.raises(error):
        book(session, shop, told, clock())
    assert books.head(session, shop.village.market_id) == before
    assert session.get(TillRedemption, (shop.village.market_id, told.key)) is None


def test_the_undo_of_a_disputed_redemption_ends_the_dispute(session: Session, shop: Shop, clock: Clock) -> None:
    before = made.standing(session, shop, clock())
    spent = happened(shop, [(shop.vouchers[2].id, 25)], [shop.line("白面", 1)], clock())
    booked = book(session, shop, spent, clock())
    assert disputed(session, shop, spent.key) == {"分": -17}
    undone = service.undo(session, shop.village.clerk, spent.key, reason="拿错了货", at=clock(), key=new_id())
    assert (undone.undo_entry_number, undone.dispute) == (booked.receipt.entry_number + 1, "undone")
    assert disputed(session, shop, spent.key) == {}
    assert made.standing(session, shop, clock())[1:] == before[1:]
    row = dispute_row(session, shop, spent.key)
    assert row is not None
    assert row[0] == "undone"
    assert_books_agree(session, shop, clock())


def test_a_voucher_frozen_after_it_was_emptied_is_spent_once_it_is_found(
    session: Session, shop: Shop, clock: Clock
) -> None:
    voucher, chair, happened_at = shop.vouchers[2].id, shop.village.chair, clock.at
    clock.at += HOUR
    loss.freeze(session, chair, voucher, reason="丢了", at=clock())
    told = happened(shop, [(voucher, 8)], [shop.line("挂面", 1)], happened_at)
    assert book(session, shop, told, clock()).reasons == ()
    face = vouchers.face(session, chair, voucher, at=clock())
    assert (face.state, face.balance_points) == (State.FROZEN, 0)
    for act in (void, reissue):
        with pytest.raises(VoucherSpent):
            act(session, shop, clock, 2)
    loss.unfreeze(session, chair, voucher, reason="找到了", at=clock())
    assert vouchers.face(session, chair, voucher, at=clock()).state is State.SPENT
    assert_books_agree(session, shop, clock())
