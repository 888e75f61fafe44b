"""Booking goods that were handed out already: which lots they left, and what no lot had."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from love_market.counter import queries
from love_market.counter.rules import BasketLine
from love_market.db import new_id
from love_market.stock import queries as stock
from love_market.stock import service as stock_service
from love_market.stock.rules import NoSuchLot
from love_market.vouchers import queries as vouchers
from love_market.vouchers.rules import State
from tests.conftest import Clock
from tests.counter.happening import assert_books_agree, book, disputed, happened, ways
from tests.counter.made import Shop


def test_goods_that_no_lot_has_are_disputed_in_their_unit(session: Session, shop: Shop, clock: Clock) -> None:
    told = happened(shop, [(shop.vouchers[0].id, 35), (shop.vouchers[1].id, 20), (shop.vouchers[2].id, 45)],
                    [shop.line("白面", 4)], clock())  # fmt: skip
    booked = book(session, shop, told, clock())
    assert ways(session, shop, booked.receipt.entry_number) == [
        ("disputed", "given", 1),
        ("disputed", "redeemed", 37),
        ("shelf", "given", 3),
        ("voucher", "redeemed", 8),
        ("voucher", "redeemed", 20),
        ("voucher", "redeemed", 35),
    ]
    assert disputed(session, shop, told.key) == {"分": -37, "白面": -1}
    assert booked.reasons[1] == "白面账上只有 3 袋，当时拿走了 4 袋。"
    assert queries.receipt(session, shop.village.clerk, told.key).pieces == 4
    assert vouchers.face(session, shop.village.clerk, shop.vouchers[0].id, at=clock()).state is State.SPENT
    assert_books_agree(session, shop, clock())


def test_a_shelf_that_is_empty_puts_it_down_to_the_last_lot(session: Session, shop: Shop, clock: Clock) -> None:
    clerk, steamer = shop.village.clerk, shop.goods["蒸锅"]
    told = happened(shop, [(shop.vouchers[0].id, 160)], [shop.line("蒸锅", 1)], clock())
    with pytest.raises(NoSuchLot, match="请先登记入库"):
        book(session, shop, told, clock())
    stock_service.receive(session, clerk, key=new_id(), at=clock(), good_id=steamer, quantity=1, source="bought")
    lot = stock.lots_of_good(session, clerk, steamer)[0].id
    stock_service.write_off(session, clerk, lot_id=lot, key=new_id(), at=clock(), quantity=1, reason="破损")
    assert book(session, shop, told, clock()).receipt.pieces == 1
    assert disputed(session, shop, told.key) == {"分": -125, "蒸锅": -1}
    assert_books_agree(session, shop, clock())


def test_only_expired_lots_still_left_the_shelf(session: Session, shop: Shop, clock: Clock) -> None:
    clerk = shop.village.clerk
    milk = stock_service.add_good(
        session,
        clerk,
        key=new_id(),
        at=clock(),
        name="牛奶",
        spec="",
        unit_name="盒",
        points_price=3,
        tracks_expiry=True,
    )
    for days, quantity in ((2, 5), (40, 1)):
        stock_service.receive(
            session, clerk, key=new_id(), at=clock(), good_id=milk, quantity=quantity, source="bought",
            expires_on=clock().date() + timedelta(days=days),
        )  # fmt: skip
    shop.goods["牛奶"] = milk  # type: ignore[index]
    clock.at += timedelta(days=5)
    line = BasketLine(milk, 2, 3)
    told = happened(shop, [(shop.vouchers[0].id, 6)], [line], clock())
    booked = book(session, shop, told, clock())
    # The good lot first, then the one past its day: it is gone all the same, and nothing is lacking.
    assert ways(session, shop, booked.receipt.entry_number) == [
        ("shelf", "given", 1),
        ("shelf", "given", 1),
        ("voucher", "redeemed", 6),
    ]
    assert booked.reasons == ()
    assert_books_agree(session, shop, clock())
