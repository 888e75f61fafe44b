from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.ledger.rules import KeyReused
from love_market.people.rules import Guard
from love_market.stock import queries, service
from love_market.stock.rules import BarcodeTaken, BarcodeWrong, GoodInvalid, GoodNameTaken, NoSuchGood, UnitFixed
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made


@pytest.fixture
def clerk(village: Village) -> Guard:
    return village.clerk


def test_the_thirty_goods_load_once(session: Session, clerk: Guard, clock: Clock) -> None:
    assert service.load_goods(session, clerk, at=clock()) == 30
    assert service.load_goods(session, clerk, at=clock()) == 0
    goods = queries.goods(session, clerk)
    assert len({one.picture for one in goods}) == 30
    assert [one.title for one in goods][:3] == ["食盐 400克", "酱油 500毫升", "陈醋 800毫升"]
    assert sum(one.tracks_expiry for one in goods) == 11
    costs = service.typical_goods()
    assert all(one.typical_cost_fen <= one.points_price * 100 for one in costs)


def test_a_good_loaded_by_hand_is_not_loaded_again(session: Session, clerk: Guard, clock: Clock) -> None:
    made.good(session, clerk, clock())
    assert service.load_goods(session, clerk, at=clock()) == 29


def test_added_twice_with_one_key_is_one_good(session: Session, clerk: Guard, clock: Clock) -> None:
    key = new_id()
    for _ in range(2):
        got = service.add_good(session, clerk, key=key, at=clock(), name="香皂", unit_name="块", points_price=4)
        assert got == key
    assert len(queries.goods(session, clerk)) == 1
    with pytest.raises(KeyReused):
        service.add_good(session, clerk, key=key, at=clock(), name="肥皂", unit_name="块", points_price=4)


def test_names_and_barcodes_are_one_good_s(session: Session, clerk: Guard, clock: Clock) -> None:
    made.good(session, clerk, clock(), barcode="6901234567892")
    with pytest.raises(GoodNameTaken, match="已经有“陈醋 800毫升”了"):
        made.good(session, clerk, clock(), "　陈醋", spec="８００毫升")
    with pytest.raises(BarcodeTaken, match="陈醋 800毫升"):
        made.good(session, clerk, clock(), "米醋", barcode="6901 2345 67892")
    other = made.good(session, clerk, clock(), "陈醋", spec="5升")
    with pytest.raises(GoodNameTaken):
        service.change_good(
            session, clerk, other, at=clock(), name="陈醋", spec="800毫升", unit_name="瓶", points_price=7, barcode=""
        )


def test_goods_without_a_barcode_do_not_clash(session: Session, clerk: Guard, clock: Clock) -> None:
    made.good(session, clerk, clock(), "毛巾", barcode="")
    made.good(session, clerk, clock(), "脸盆", barcode=None)
    assert {one.barcode for one in queries.goods(session, clerk)} == {None}


@pytest.mark.parametrize(
    "facts",
    [{"name": ""}, {"name": "醋" * 61}, {"unit_name": " "}, {"points_price": 0}, {"low_stock_quantity": -1}],
)
def test_a_good_needs_a_name_a_unit_and_a_price(
    session: Session, clerk: Guard, clock: Clock, facts: dict[str, object]
) -> None:
    whole = {"name": "醋", "unit_name": "瓶", "points_price": 7} | facts
    with pytest.raises(GoodInvalid):
        service.add_good(session, clerk, key=new_id(), at=clock(), **whole)  # type: ignore[arg-type]


def test_a_wrong_barcode_is_refused(session: Session, clerk: Guard, clock: Clock) -> None:
    with pytest.raises(BarcodeWrong):
        made.good(session, clerk, clock(), barcode="6901234567890")


def test_price_and_name_change_and_the_unit_stays_once_received(session: Session, clerk: Guard, clock: Clock) -> None:
    good_id = made.good(session, clerk, clock())
    service.change_good(session, clerk, good_id, at=clock(), name="老陈醋", unit_name="壶", points_price=9)
    assert queries.good(session, clerk, good_id).title == "老陈醋"
    made.lot(session, clerk, clock(), good_id, 3)
    service.change_good(session, clerk, good_id, at=clock(), name="老陈醋", unit_name="壶", points_price=8)
    with pytest.raises(UnitFixed, match="按“壶”入过库"):
        service.change_good(session, clerk, good_id, at=clock(), name="老陈醋", unit_name="瓶", points_price=8)
    assert queries.good(session, clerk, good_id).points_price == 8


def test_withdrawn_goods_leave_the_shelf_and_come_back(session: Session, clerk: Guard, clock: Clock) -> None:
    good_id = made.good(session, clerk, clock())
    service.withdraw_good(session, clerk, good_id, at=clock())
    assert queries.shelf(session, clerk, at=clock()) == []
    assert [one.withdrawn for one in queries.shelf(session, clerk, at=clock(), with_withdrawn=True)] == [True]
    with pytest.raises(GoodNameTaken, match="重新上架"):
        made.good(session, clerk, clock())
    service.return_good(session, clerk, good_id, at=clock())
    assert len(queries.shelf(session, clerk, at=clock())) == 1


def test_what_is_scanned_or_typed_finds_the_good(session: Session, clerk: Guard, clock: Clock) -> None:
    vinegar = made.good(session, clerk, clock(), barcode="6901234567892")
    small = made.good(session, clerk, clock(), "食用油", spec="1.8升")
    large = made.good(session, clerk, clock(), "食用油", spec="5升", barcode="0012")

    def found(text: str) -> list[UUID]:
        return [one.id for one in queries.find_goods(session, clerk, text)]

    assert found("6901234567892") == found("陈醋") == found("陈") == [vinegar]
    assert found("食用油") == [small, large]
    assert found("食用油 5升") == found("0012") == [large]
    assert found("暖壶") == found("96385074") == []
    with pytest.raises(BarcodeWrong):
        found("6901234567890")


def test_goods_of_another_market_are_not_there(session: Session, clerk: Guard, clock: Clock) -> None:
    good_id = made.good(session, clerk, clock())
    stranger = Guard.public(new_id(), "140221100201")
    assert queries.goods(session, stranger) == []
    with pytest.raises(NoSuchGood):
        queries.good(session, stranger, good_id)
