"""Settling disputes: each way out ends with nothing disputed, once, and the books go on agreeing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from love_market.counter import disputes, queries, service
from love_market.counter.queries import DisputeRecord
from love_market.counter.rules import DisputeSettled, NoSuchDispute, NothingCovers
from love_market.db import new_id
from love_market.errors import Denied
from love_market.ledger import queries as books
from love_market.ledger.rules import KeyReused
from love_market.stock import queries as stock
from love_market.stock import service as stock_service
from love_market.stock.rules import TooFewGoods
from love_market.vouchers import loss
from love_market.vouchers import queries as vouchers
from love_market.vouchers.rules import State
from tests.conftest import Clock
from tests.counter.happening import assert_books_agree, book, disputed, happened, ways
from tests.counter.made import Shop
from tests.vouchers import made as voucher_made
from tests.vouchers.made import balance

Settle = Callable[..., None]


@pytest.fixture
def open_one(session: Session, shop: Shop, clock: Clock) -> UUID:
    """Four bags of flour for a voucher of 35 points: 65 points and a bag are lacking."""
    told = happened(shop, [(shop.vouchers[0].id, 100)], [shop.line("白面", 4)], clock())
    book(session, shop, told, clock())
    assert disputed(session, shop, told.key) == {"分": -65, "白面": -1}
    clock.at += timedelta(days=1)
    return told.key


def read(session: Session, shop: Shop, redemption_id: UUID) -> DisputeRecord:
    return queries.dispute(session, shop.village.chair, redemption_id)


def more_for_the_first(session: Session, shop: Shop, clock: Clock, *points: int) -> list[UUID]:
    """Give the first household more vouchers, and the shelf another bag of flour."""
    made = []
    for each in points:
        (voucher,) = voucher_made.vouchers(session, shop.village, (each,), clock())
        made.append(voucher.id)
        clock.at += timedelta(minutes=1)
    stock_service.receive(
        session, shop.village.clerk, key=new_id(), at=clock(), good_id=shop.goods["白面"], quantity=1, source="bought"
    )
    return made


@pytest.mark.parametrize(
    ("settle", "state", "legs"),
    [
        (disputes.accept, "accepted", [("funding", "disputed", 65), ("variance", "disputed", 1)]),
        (disputes.charge, "charged", [("charged", "disputed", 1), ("charged", "disputed", 65)]),
    ],
)
def test_a_loss_is_accepted_or_charged_once(
    session: Session, shop: Shop, clock: Clock, open_one: UUID, settle: Settle, state: str, legs: list[object]
) -> None:
    key, chair = new_id(), shop.village.chair
    head = books.head(session, shop.village.market_id).number
    for _ in range(2):
        settle(session, chair, open_one, note=" 店里没看清 ", at=clock(), key=key)
    one = read(session, shop, open_one)
    assert (one.state, one.note, one.settled_at, one.lacking) == (state, "店里没看清", clock(), {})
    assert one.settle_entry_number == head + 1 == books.head(session, shop.village.market_id).number
    assert ways(session, shop, head + 1) == legs
    assert disputed(session, shop, open_one) == {}
    if state == "charged":
        held = books.held_by_owner(session, shop.village.market_id, "charged", [shop.village.clerk.require_staff()])
        assert sorted(held[shop.village.clerk.require_staff()].values()) == [-65, -1]
    assert_books_agree(session, shop, clock())
    with pytest.raises(DisputeSettled):
        settle(session, chair, open_one, note="再来", at=clock(), key=new_id())
    other = disputes.charge if settle is disputes.accept else disputes.accept
    with pytest.raises(DisputeSettled):
        other(session, chair, open_one, note="再来", at=clock(), key=key)
    with pytest.raises(DisputeSettled):
        service.undo(session, shop.village.clerk, open_one, reason="拿错", at=clock(), key=new_id(),
                     made_at=clock() - timedelta(days=1))  # fmt: skip


def test_a_correction_takes_it_from_other_papers_of_the_house_and_from_the_shelf(
    session: Session, shop: Shop, clock: Clock, open_one: UUID
) -> None:
    chair, market_id = shop.village.chair, shop.village.market_id
    first, second = more_for_the_first(session, shop, clock, 40, 30)
    assert [
        one.id for one in queries.correcting_vouchers(session, chair, read(session, shop, open_one), at=clock())
    ] == [
        first,
        second,
    ]
    head, key = books.head(session, market_id).number, new_id()
    for _ in range(2):
        disputes.correct(session, chair, open_one, voucher_ids=[second, first], note="拿错了券", at=clock(), key=key)
    one = read(session, shop, open_one)
    assert (one.state, one.settle_entry_number, one.lacking) == ("corrected", head + 1, {})
    assert ways(session, shop, head + 1) == [
        ("shelf", "disputed", 1),
        ("voucher", "disputed", 30),
        ("voucher", "disputed", 35),
    ]
    assert (balance(session, market_id, first), balance(session, market_id, second)) == (5, 0)
    assert vouchers.face(session, chair, second, at=clock()).state is State.SPENT
    assert {one.name: one.quantity for one in stock.shelf(session, chair, at=clock())}["白面"] == 0
    assert disputed(session, shop, open_one) == {}
    assert_books_agree(session, shop, clock())
    with pytest.raises(DisputeSettled):
        disputes.correct(session, chair, open_one, voucher_ids=[first], note="再来", at=clock(), key=new_id())


def test_a_correction_by_the_paper_that_took_a_lost_ones_place(session: Session, shop: Shop, clock: Clock) -> None:
    lost, chair = shop.vouchers[0].id, shop.village.chair
    happened_at = clock.at
    clock.at += timedelta(hours=1)
    paper = loss.reissue(session, chair, lost, reason="丢了", secret="x" * 32, at=clock(), key=new_id())
    told = happened(shop, [(lost, 16)], [shop.line("挂面", 2)], happened_at)
    book(session, shop, told, clock())
    assert [
        one.id for one in queries.correcting_vouchers(session, chair, read(session, shop, told.key), at=clock())
    ] == [paper]
    disputes.correct(session, chair, told.key, voucher_ids=[paper], note="旧券换新券", at=clock(), key=new_id())
    assert balance(session, shop.village.market_id, paper) == 19
    assert disputed(session, shop, told.key) == {}
    assert_books_agree(session, shop, clock())


@pytest.mark.parametrize("wrong", ["none", "others", "few", "goods", "frozen"])
def test_a_correction_that_covers_too_little_changes_nothing(
    session: Session, shop: Shop, clock: Clock, open_one: UUID, wrong: str
) -> None:
    chair = shop.village.chair
    (first,) = more_for_the_first(session, shop, clock, 70)
    if wrong == "goods":
        lots = stock.lots_on_shelf(session, shop.village.clerk, [shop.goods["白面"]])
        stock_service.write_off(session, chair, lot_id=lots[0].id, quantity=1, reason="破损", at=clock(), key=new_id())
    if wrong == "frozen":
        loss.freeze(session, chair, first, reason="丢了", at=clock())
    if wrong == "few":
        told = happened(shop, [(first, 9)], [shop.line("陈醋", 1), shop.line("食盐", 1)], clock())
        book(session, shop, told, clock())
    chosen = {"none": [], "others": [shop.vouchers[1].id]}.get(wrong, [first])
    before = books.head(session, shop.village.market_id)
    error = TooFewGoods if wrong == "goods" else NothingCovers
    said = {"none": "请选一张这户的券", "few": "一共 61 分，要付 65 分", "goods": "白面"}.get(wrong, "不是这户的")
    with pytest.raises(error, match=said):
        disputes.correct(session, chair, open_one, voucher_ids=chosen, note="试", at=clock(), key=new_id())
    assert books.head(session, shop.village.market_id) == before
    assert read(session, shop, open_one).state == "open"


def test_what_was_taken_too_much_goes_back_to_the_voucher_that_was_spent(
    session: Session, shop: Shop, clock: Clock
) -> None:
    clerk, chair, soap = shop.village.clerk, shop.village.chair, shop.goods["香皂"]
    good = stock.good(session, clerk, soap)
    stock_service.change_good(
        session, clerk, soap, at=clock(), name=good.name, spec=good.spec, unit_name=good.unit_name, points_price=3
    )
    clock.at += timedelta(hours=1)
    told = happened(shop, [(shop.vouchers[2].id, 8)], [shop.line("香皂", 2)], clock())
    book(session, shop, told, clock())
    assert read(session, shop, told.key).lacking == {UUID(int=0): -2}
    disputes.correct(
        session, chair, told.key, voucher_ids=[shop.vouchers[2].id], note="价钱改过", at=clock(), key=new_id()
    )
    face = vouchers.face(session, chair, shop.vouchers[2].id, at=clock())
    assert (face.balance_points, face.state, face.refusal) == (2, State.HANDED_OVER, None)
    assert disputed(session, shop, told.key) == {}
    assert_books_agree(session, shop, clock())


def test_only_the_committee_settles_and_only_what_is_disputed(
    session: Session, shop: Shop, clock: Clock, open_one: UUID
) -> None:
    for settle in (disputes.accept, disputes.charge):
        with pytest.raises(Denied):
            settle(session, shop.village.clerk, open_one, note="", at=clock(), key=new_id())
        with pytest.raises(NoSuchDispute):
            settle(session, shop.village.chair, new_id(), note="", at=clock(), key=new_id())
    used = new_id()
    disputes.accept(session, shop.village.chair, open_one, note="认了", at=clock(), key=used)
    told = happened(shop, [(shop.vouchers[2].id, 25)], [shop.line("陈醋", 3), shop.line("食盐", 2)], clock())
    book(session, shop, told, clock())
    with pytest.raises(KeyReused):
        disputes.accept(session, shop.village.chair, told.key, note="认了", at=clock(), key=used)


def test_open_ones_stand_oldest_first_and_settled_ones_latest_first(
    session: Session, shop: Shop, clock: Clock, open_one: UUID
) -> None:
    chair = shop.village.chair
    told = happened(shop, [(new_id(), 2)], [shop.line("食盐", 1)], clock())
    book(session, shop, told, clock())
    assert [one.redemption_id for one in queries.open_disputes(session, chair)] == [open_one, told.key]
    count, since = queries.open_since(session, chair)
    assert (count, since) == (2, clock() - timedelta(days=1))
    for one in (told.key, open_one):
        clock.at += timedelta(minutes=1)
        disputes.accept(session, chair, one, note="认了", at=clock(), key=new_id())
    assert [one.redemption_id for one in queries.settled_disputes(session, chair)] == [open_one, told.key]
    assert queries.open_since(session, chair) == (0, None)
    elsewhere = shop.village.chair.__class__.public(new_id(), shop.village.code)
    assert queries.settled_disputes(session, elsewhere) == []
