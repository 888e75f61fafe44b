from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.ledger import queries as books
from love_market.ledger.verify import verify
from love_market.people.rules import RoleMissing
from love_market.stock import queries, service
from love_market.stock.rules import (
    CountOutdated,
    DifferenceUnexplained,
    NoSuchLot,
    NoSuchStocktake,
    NotAllCounted,
    QuantityWrong,
    SamePerson,
    StocktakeEnded,
    StocktakeOpen,
    SupervisorMissing,
)
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made


@pytest.fixture
def lots(session: Session, village: Village, clock: Clock) -> tuple[UUID, UUID]:
    """Ten bottles of vinegar and six towels."""
    at = clock()
    vinegar = made.good(session, village.clerk, at)
    towels = made.good(session, village.clerk, at, "毛巾", spec="")
    return made.lot(session, village.clerk, at, vinegar, 10), made.lot(session, village.clerk, at, towels, 6)


@pytest.fixture
def opened(session: Session, village: Village, clock: Clock) -> Callable[[], UUID]:
    def open_() -> UUID:
        return service.open_stocktake(session, village.clerk, key=new_id(), supervisor_name="石监督", at=clock())

    return open_


def test_differences_become_one_entry(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake, (vinegar, towels) = opened(), lots
    service.count(session, village.clerk, stocktake, vinegar, 8)
    service.count(session, village.clerk, stocktake, towels, 7)
    before = books.head(session, village.market_id).number
    number = service.close_stocktake(
        session, village.chair, stocktake, at=clock(), reasons={vinegar: "打碎没记", towels: "漏记入库"}
    )
    assert number == before + 1 == books.head(session, village.market_id).number
    entry = books.entry(session, village.market_id, number)
    assert entry is not None
    assert (entry.kind, entry.reason, entry.actor) == ("count", "2026-10-08 盘点，监督人石监督", village.chair.actor)
    good_of = {lot: queries.lot(session, village.clerk, lot).good_id for lot in lots}
    assert made.balances(session, village.clerk, good_of[vinegar]) == {"supplier": -10, "shelf": 8, "variance": 2}
    assert made.balances(session, village.clerk, good_of[towels]) == {"supplier": -6, "shelf": 7, "variance": -1}
    record = queries.stocktake(session, village.clerk, stocktake)
    assert (record.state, record.closed_by_name, record.entry_number) == ("closed", "石主", number)
    rows = queries.differences(session, village.clerk, stocktake)
    assert [(row.counted, row.book, row.difference, row.reason) for row in rows] == [
        (8, 10, -2, "打碎没记"),
        (7, 6, 1, "漏记入库"),
    ]
    assert verify(session, village.market_id).verified


def test_closed_again_it_is_the_same_entry(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake = opened()
    for lot in lots:
        service.count(session, village.clerk, stocktake, lot, 5, "丢失")
    first = service.close_stocktake(session, village.recorder, stocktake, at=clock())
    assert service.close_stocktake(session, village.recorder, stocktake, at=clock()) == first
    assert books.head(session, village.market_id).number == first


def test_nothing_different_writes_nothing(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake, before = opened(), books.head(session, village.market_id)
    service.count(session, village.clerk, stocktake, lots[0], 10)
    service.count(session, village.clerk, stocktake, lots[1], 6)
    assert service.close_stocktake(session, village.chair, stocktake, at=clock()) is None
    assert books.head(session, village.market_id) == before


def test_it_takes_two_and_a_member_of_the_committee(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID]
) -> None:
    key = new_id()
    with pytest.raises(SamePerson, match="监督人要是另一个人"):
        service.open_stocktake(session, village.chair, key=key, supervisor_name=" 石主", at=clock())
    with pytest.raises(SupervisorMissing):
        service.open_stocktake(session, village.chair, key=key, supervisor_name="  ", at=clock())
    service.open_stocktake(session, village.chair, key=key, supervisor_name="石监督", at=clock())
    for lot in lots:
        service.count(session, village.clerk, key, lot, 5, "丢失")
    with pytest.raises(RoleMissing):
        service.close_stocktake(session, village.clerk, key, at=clock())
    with pytest.raises(SamePerson, match="另一位"):
        service.close_stocktake(session, village.chair, key, at=clock())
    assert service.close_stocktake(session, village.recorder, key, at=clock()) is not None


def test_one_at_a_time_and_opened_twice_is_once(
    session: Session, village: Village, clock: Clock, opened: Callable[[], UUID]
) -> None:
    stocktake = opened()
    again = service.open_stocktake(session, village.clerk, key=stocktake, supervisor_name="石监督", at=clock())
    assert again == stocktake
    with pytest.raises(StocktakeOpen, match="店员开始的盘点还没有结"):
        opened()
    service.drop_stocktake(session, village.clerk, stocktake, at=clock())
    assert opened() != stocktake


def test_dropped_it_moves_nothing_and_takes_no_more(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake, before = opened(), books.head(session, village.market_id)
    service.count(session, village.clerk, stocktake, lots[0], 1)
    with pytest.raises(RoleMissing):
        service.drop_stocktake(session, village.grid_worker, stocktake, at=clock())
    for _ in range(2):
        service.drop_stocktake(session, village.chair, stocktake, at=clock())
    assert books.head(session, village.market_id) == before
    with pytest.raises(StocktakeEnded, match="作废"):
        service.count(session, village.clerk, stocktake, lots[0], 1)
    with pytest.raises(StocktakeEnded):
        service.close_stocktake(session, village.chair, stocktake, at=clock())


def test_every_difference_needs_a_reason_and_every_lot_a_count(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake = opened()
    service.count(session, village.clerk, stocktake, lots[0], 9)
    with pytest.raises(NotAllCounted, match="还有 1 批没有点：毛巾"):
        service.close_stocktake(session, village.chair, stocktake, at=clock())
    with pytest.raises(DifferenceUnexplained, match="陈醋 800毫升点的数和账上不一样"):
        service.close_stocktake(session, village.chair, stocktake, at=clock(), uncounted_stay=True)
    reasons = {lots[0]: "丢失", lots[1]: "没有点过的不算"}
    assert service.close_stocktake(session, village.chair, stocktake, at=clock(), reasons=reasons, uncounted_stay=True)
    towels = queries.lot(session, village.clerk, lots[1])
    assert towels.quantity == 6


def test_what_moves_after_counting_is_no_difference(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake = opened()
    service.count(session, village.clerk, stocktake, lots[0], 10)
    service.count(session, village.clerk, stocktake, lots[1], 5, "丢失")
    vinegar = queries.lot(session, village.clerk, lots[0]).good_id
    made.hand_out(session, village.clerk, clock(), [(vinegar, 4)])
    made.lot(session, village.clerk, clock.at.replace(hour=3), vinegar, 12)  # came in after the sheet was made
    assert len(queries.sheet(session, village.clerk, stocktake)) == 2
    assert service.close_stocktake(session, village.chair, stocktake, at=clock())
    assert made.balances(session, village.clerk, vinegar) == {"supplier": -22, "shelf": 18, "given": 4}


def test_a_shortage_that_was_handed_out_meanwhile_is_counted_again(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake = opened()
    service.count(session, village.clerk, stocktake, lots[0], 5, "丢失")
    vinegar = queries.lot(session, village.clerk, lots[0]).good_id
    made.hand_out(session, village.clerk, clock(), [(vinegar, 8)])
    with session.begin_nested(), pytest.raises(CountOutdated, match="请重点这一批"):
        service.close_stocktake(session, village.chair, stocktake, at=clock(), uncounted_stay=True)
    service.count_again(session, village.clerk, stocktake, lots[0])
    service.count(session, village.clerk, stocktake, lots[0], 2)
    assert service.close_stocktake(session, village.chair, stocktake, at=clock(), uncounted_stay=True) is None


def test_the_sheet_is_blind_and_lists_what_ran_out(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    vinegar = queries.lot(session, village.clerk, lots[0]).good_id
    made.hand_out(session, village.clerk, clock(), [(vinegar, 10)])
    stocktake = opened()
    rows = queries.sheet(session, village.clerk, stocktake)
    assert [(row.lot_id, row.counted) for row in rows] == [(lots[0], None), (lots[1], None)]
    assert not {"book", "quantity", "book_quantity"} & set(queries.SheetRow.__slots__)
    service.count(session, village.clerk, stocktake, lots[0], 2)  # two were behind the others
    assert queries.sheet(session, village.clerk, stocktake)[0].counted == 2


def test_what_cannot_be_counted(
    session: Session, village: Village, clock: Clock, lots: tuple[UUID, UUID], opened: Callable[[], UUID]
) -> None:
    stocktake = opened()
    with pytest.raises(QuantityWrong):
        service.count(session, village.clerk, stocktake, lots[0], -1)
    with pytest.raises(NoSuchLot):
        service.count(session, village.clerk, stocktake, new_id(), 1)
    with pytest.raises(NoSuchStocktake):
        service.count(session, village.clerk, new_id(), lots[0], 1)
    with pytest.raises(NoSuchStocktake):
        service.close_stocktake(session, village.chair, new_id(), at=clock())
