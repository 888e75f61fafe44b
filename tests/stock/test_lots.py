from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.ledger import queries as books
from love_market.ledger.rules import AlreadyReversed, KeyReused, NoSuchEntry
from love_market.ledger.verify import verify
from love_market.people.rules import Guard
from love_market.stock import queries, service
from love_market.stock.rules import (
    EntryNotOurs,
    ExpiredAlready,
    ExpiryMissing,
    GoodInvalid,
    GoodWithdrawn,
    LotExpired,
    NoSuchGood,
    NoSuchLot,
    QuantityWrong,
    ReasonMissing,
    TooFewGoods,
)
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made


@pytest.fixture
def clerk(village: Village) -> Guard:
    return village.clerk


@pytest.fixture
def vinegar(session: Session, clerk: Guard, clock: Clock) -> UUID:
    return made.good(session, clerk, clock())


@pytest.fixture
def eggs(session: Session, clerk: Guard, clock: Clock) -> UUID:
    return made.good(session, clerk, clock(), "鸡蛋", spec="30枚", tracks_expiry=True)


def test_receiving_moves_goods_from_supplier_or_donor(
    session: Session, clerk: Guard, clock: Clock, vinegar: UUID
) -> None:
    bought = made.lot(session, clerk, clock(), vinegar, 24)
    made.lot(session, clerk, clock(), vinegar, 6, source="donated")
    assert made.balances(session, clerk, vinegar) == {"supplier": -24, "donor": -6, "shelf": 30}
    lot = queries.lot(session, clerk, bought)
    assert (lot.quantity, lot.unit_cost_fen, lot.source_name, lot.lot_no) == (24, 650, "龙泉批发部", "26-09")
    entry = books.entry(session, clerk.market_id, lot.entry_number)
    assert entry is not None
    assert (entry.kind, entry.actor, entry.reason) == ("receive", clerk.actor, "买入 龙泉批发部 26-09")


def test_received_twice_with_one_key_is_one_lot(session: Session, clerk: Guard, clock: Clock, vinegar: UUID) -> None:
    key = new_id()
    for _ in range(2):
        assert made.lot(session, clerk, clock(), vinegar, 24, key=key) == key
    assert made.balances(session, clerk, vinegar)["shelf"] == 24
    with pytest.raises(KeyReused):
        made.lot(session, clerk, clock(), vinegar, 25, key=key)


def test_a_repeat_is_answered_even_when_it_could_not_be_received_now(
    session: Session, clerk: Guard, clock: Clock, vinegar: UUID
) -> None:
    key = new_id()
    made.lot(session, clerk, clock(), vinegar, 24, key=key)
    service.withdraw_good(session, clerk, vinegar, at=clock())
    assert made.lot(session, clerk, clock(), vinegar, 24, key=key) == key
    with pytest.raises(GoodWithdrawn, match="重新上架"):
        made.lot(session, clerk, clock(), vinegar, 24)


def test_what_cannot_be_received(session: Session, clerk: Guard, clock: Clock, vinegar: UUID, eggs: UUID) -> None:
    today = village_date(clock())
    with pytest.raises(QuantityWrong):
        made.lot(session, clerk, clock(), vinegar, 0)
    with pytest.raises(ExpiryMissing, match="鸡蛋要记保质期"):
        made.lot(session, clerk, clock(), eggs, 5)
    with pytest.raises(ExpiredAlready, match="2026-10-07"):
        made.lot(session, clerk, clock(), eggs, 5, expires_on=today - timedelta(days=1))
    with pytest.raises(NoSuchGood):
        made.lot(session, clerk, clock(), new_id(), 5)
    with pytest.raises(GoodInvalid):
        made.lot(session, clerk, clock(), vinegar, 5, source="stolen")
    assert books.head(session, clerk.market_id).number == 0


def test_first_expiring_goes_first_and_undated_last(session: Session, clerk: Guard, clock: Clock, eggs: UUID) -> None:
    late = made.lot(session, clerk, clock(), eggs, 5, expires_on=date(2026, 12, 1))
    soon = made.lot(session, clerk, clock(), eggs, 3, expires_on=date(2026, 10, 20))
    assert queries.pick_lots(session, clerk, [(eggs, 2)], at=clock()) == [(eggs, soon, 2)]
    assert queries.pick_lots(session, clerk, [(eggs, 2), (eggs, 4)], at=clock()) == [(eggs, soon, 3), (eggs, late, 3)]


def test_expired_lots_are_never_picked(session: Session, clerk: Guard, clock: Clock, eggs: UUID) -> None:
    old = made.lot(session, clerk, clock(), eggs, 5, expires_on=date(2026, 10, 20))
    clock.at += timedelta(days=13)  # 21 October
    with pytest.raises(LotExpired) as refusal:
        queries.pick_lots(session, clerk, [(eggs, 2)], at=clock())
    assert (refusal.value.name, refusal.value.wanted, refusal.value.left) == ("鸡蛋", 2, 0)
    fresh = made.lot(session, clerk, clock(), eggs, 4, expires_on=date(2026, 11, 20))
    assert queries.pick_lots(session, clerk, [(eggs, 4)], at=clock()) == [(eggs, fresh, 4)]
    with pytest.raises(LotExpired, match="没过期的只剩 4 瓶"):
        queries.pick_lots(session, clerk, [(eggs, 5)], at=clock())
    with pytest.raises(TooFewGoods, match="鸡蛋只剩 4 瓶，要 10 瓶"):
        queries.pick_lots(session, clerk, [(eggs, 10)], at=clock())
    one = next(good for good in queries.shelf(session, clerk, at=clock()) if good.id == eggs)
    assert (one.quantity, one.expired_quantity, one.nearest_expiry) == (4, 5, date(2026, 11, 20))
    expired, near = queries.lots_by_expiry(session, clerk, at=clock())
    assert ([lot.id for lot in expired], [lot.id for lot in near]) == ([old], [fresh])


def test_the_last_good_day_still_counts(session: Session, clerk: Guard, clock: Clock, eggs: UUID) -> None:
    made.lot(session, clerk, clock(), eggs, 5, expires_on=village_date(clock()))
    assert len(queries.pick_lots(session, clerk, [(eggs, 5)], at=clock())) == 1
    clock.at = clock.at.replace(hour=15, minute=59)  # 23:59 in the village
    assert len(queries.pick_lots(session, clerk, [(eggs, 5)], at=clock())) == 1
    clock.at += timedelta(minutes=1)
    with pytest.raises(LotExpired):
        queries.pick_lots(session, clerk, [(eggs, 5)], at=clock())


def test_withdrawn_unknown_and_senseless_wants_are_refused(
    session: Session, clerk: Guard, clock: Clock, vinegar: UUID
) -> None:
    made.lot(session, clerk, clock(), vinegar, 5)
    with pytest.raises(QuantityWrong):
        queries.pick_lots(session, clerk, [(vinegar, 0)], at=clock())
    with pytest.raises(NoSuchGood):
        queries.pick_lots(session, clerk, [(new_id(), 1)], at=clock())
    service.withdraw_good(session, clerk, vinegar, at=clock())
    with pytest.raises(GoodWithdrawn):
        queries.pick_lots(session, clerk, [(vinegar, 1)], at=clock())


def test_a_basket_of_any_size_takes_one_statement(session: Session, clerk: Guard, clock: Clock) -> None:
    service.load_goods(session, clerk, at=clock())
    goods = queries.goods(session, clerk)
    for one in goods:
        for days in (40, 80):
            made.lot(session, clerk, clock(), one.id, 3, expires_on=village_date(clock()) + timedelta(days=days))
    asked: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    takes = queries.pick_lots(session, clerk, [(one.id, 4) for one in goods], at=clock())
    assert (len(takes), len(asked)) == (60, 1)
    asked.clear()
    assert sum(one.quantity for one in queries.shelf(session, clerk, at=clock())) == 180
    assert len(asked) == 2


def test_writing_off_moves_to_spoiled_once(session: Session, clerk: Guard, clock: Clock, vinegar: UUID) -> None:
    lot_id, key = made.lot(session, clerk, clock(), vinegar, 10), new_id()

    def write_off(quantity: int, reason: str = "破损", key: UUID | None = None) -> None:
        service.write_off(
            session, clerk, key=key or new_id(), lot_id=lot_id, quantity=quantity, reason=reason, at=clock()
        )

    write_off(3, key=key)
    write_off(3, key=key)
    assert made.balances(session, clerk, vinegar) == {"supplier": -10, "shelf": 7, "spoiled": 3}
    with pytest.raises(TooFewGoods, match="只剩 7 瓶，不能报损 8 瓶"):
        write_off(8)
    with pytest.raises(ReasonMissing):
        write_off(1, reason=" ")
    with pytest.raises(NoSuchLot):
        service.write_off(session, clerk, key=new_id(), lot_id=new_id(), quantity=1, reason="破损", at=clock())


def test_a_mistaken_receipt_is_taken_back_once(session: Session, clerk: Guard, clock: Clock, vinegar: UUID) -> None:
    lot_id, key = made.lot(session, clerk, clock(), vinegar, 100), new_id()
    number = queries.lot(session, clerk, lot_id).entry_number
    for _ in range(2):
        service.take_back(session, clerk, number, reason="多打了一个零", at=clock(), key=key)
    assert made.balances(session, clerk, vinegar) == {}
    with pytest.raises(AlreadyReversed):
        service.take_back(session, clerk, number, reason="再来", at=clock(), key=new_id())


def test_what_left_the_shelf_cannot_be_taken_back(session: Session, clerk: Guard, clock: Clock, vinegar: UUID) -> None:
    lot_id = made.lot(session, clerk, clock(), vinegar, 10)
    given = made.hand_out(session, clerk, clock(), [(vinegar, 4)])
    number = queries.lot(session, clerk, lot_id).entry_number
    with pytest.raises(TooFewGoods, match="入库 10 瓶，架上只剩 6 瓶"):
        service.take_back(session, clerk, number, reason="错了", at=clock(), key=new_id())
    with pytest.raises(EntryNotOurs):
        service.take_back(session, clerk, given, reason="错了", at=clock(), key=new_id())
    with pytest.raises(NoSuchEntry):
        service.take_back(session, clerk, 99, reason="错了", at=clock(), key=new_id())


def test_the_card_tells_everything_that_moved(session: Session, clerk: Guard, clock: Clock, vinegar: UUID) -> None:
    made.lot(session, clerk, clock(), vinegar, 10)
    second = made.lot(session, clerk, clock(), vinegar, 5, source="donated")
    made.hand_out(session, clerk, clock(), [(vinegar, 12)])  # out of two lots, one line
    spoiled = service.write_off(session, clerk, key=new_id(), lot_id=second, quantity=2, reason="破损", at=clock())
    service.take_back(session, clerk, spoiled.number, reason="没有破", at=clock(), key=new_id())
    card = queries.stock_card(session, clerk, vinegar)
    assert [(line.kind, line.change, line.balance_after, line.opposite) for line in card.lines] == [
        ("reverse", 2, 3, "spoiled"),
        ("write_off", -2, 1, "spoiled"),
        ("redeem", -12, 3, "given"),
        ("receive", 5, 15, "donor"),
        ("receive", 10, 10, "supplier"),
    ]
    assert (card.balance, card.before) == (3, None)
    assert {line.who for line in card.lines} == {"店员"}
    assert (card.lines[1].reversed_by, card.lines[0].reverses) == (5, 4)
    assert [line.may_take_back for line in card.lines] == [False, False, False, True, True]
    assert card.lines[4].source_name == "龙泉批发部"


def test_a_long_card_is_read_in_pages(
    session: Session, clerk: Guard, clock: Clock, vinegar: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("love_market.stock.queries.card._SPARE", 0)
    for _ in range(6):
        made.lot(session, clerk, clock(), vinegar, 2)
        made.hand_out(session, clerk, clock(), [(vinegar, 1)])
    whole = queries.stock_card(session, clerk, vinegar).lines
    assert [line.number for line in whole] == list(range(12, 0, -1))
    assert (whole[0].balance_after, whole[-1].balance_after) == (6, 2)
    paged: list[queries.CardLine] = []
    before = None
    while True:
        card = queries.stock_card(session, clerk, vinegar, before=before, limit=5)
        paged += card.lines
        before = card.before
        if before is None:
            break
    assert paged == whole


@pytest.mark.usefixtures("eggs")
def test_low_means_no_more_than_the_line(session: Session, clerk: Guard, clock: Clock, vinegar: UUID) -> None:
    made.lot(session, clerk, clock(), vinegar, 6)
    assert {one.name: one.low for one in queries.shelf(session, clerk, at=clock())} == {"陈醋": False, "鸡蛋": True}
    made.hand_out(session, clerk, clock(), [(vinegar, 1)])
    assert queries.latest_costs(session, clerk) == {vinegar: 650}
    assert verify(session, clerk.market_id).verified
