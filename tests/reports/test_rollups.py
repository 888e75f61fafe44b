"""What is counted beside the book is what the book says, however it was counted, and a page that lags counts on."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from love_market.counter import service as counter
from love_market.db import new_id, reading, transaction
from love_market.ledger import rollups as books
from love_market.ledger.models import BookRollup
from love_market.people.models import RoleGrant, Staff
from love_market.people.rules import Guard, Role
from love_market.reports import rollups
from love_market.stock import queries as stock
from love_market.stock import service as stocking
from love_market.stock.models import Lot
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop


@pytest.fixture
def shop(village: Village, clock: Clock) -> Shop:
    """A shop where three redemptions were made and one of them undone."""
    with transaction() as session:
        shop = made.shop(session, village, clock.at)
        for place in (0, 0, 1):
            made.redeem(session, shop, [shop.vouchers[place].id], [shop.line("食盐", 1)], clock.at, new_id())
        receipt = made.redeem(session, shop, [shop.vouchers[1].id], [shop.line("食盐", 1)], clock.at, new_id())
        counter.undo(session, village.clerk, receipt.id, reason="拿错了货", at=clock.at, key=new_id())
    return shop


def counted(session: Session, market_id: UUID) -> books.Rollup:
    return books.rollups(session, [market_id])[market_id]


@pytest.mark.parametrize("most", [1, 2, 3, 50])
def test_however_it_is_counted_on_the_rollup_is_the_same_and_agrees_with_the_accounts(
    shop: Shop, clock: Clock, most: int
) -> None:
    market_id, left = shop.village.market_id, 1
    with reading() as session:
        whole = books.current(session, market_id).sums
    while left:
        with transaction() as session:
            left = books.refresh(session, market_id, at=clock(), most=most)
            assert books.fault(session, market_id) is None
            assert books.current(session, market_id).sums == whole
    with reading() as session:
        standing = counted(session, market_id)
    assert (standing.sums, standing.behind, standing.sums.redemptions) == (whole, 0, 3)


def test_a_rollup_that_was_touched_is_found_and_made_again(shop: Shop, clock: Clock) -> None:
    market_id = shop.village.market_id
    with transaction() as session:
        rollups.refresh(session, market_id, at=clock())
        before = counted(session, market_id)
        session.execute(update(BookRollup).values(issued_points=BookRollup.issued_points + 1))
        assert "issued_points" in (rollups.fault(session, market_id) or "")
        books.throw_away(session, market_id)
        assert rollups.fault(session, market_id) is None
        rollups.refresh(session, market_id, at=clock())
        assert counted(session, market_id) == before


def test_a_lot_is_put_aside_days_after_it_ran_out_and_taken_out_when_a_write_off_is_taken_back(
    shop: Shop, clock: Clock
) -> None:
    village = shop.village
    with transaction() as session:
        left = {one.good_id: one for one in stock.lots_on_shelf(session, village.clerk)}
        lot = next(iter(left.values()))
        spoiled = stocking.write_off(
            session, village.clerk, key=new_id(), lot_id=lot.id, quantity=lot.quantity, reason="受潮", at=clock()
        )
        assert stocking.put_aside(session, village.market_id, at=clock() + timedelta(days=1)) == 0
        assert stocking.put_aside(session, village.market_id, at=clock() + timedelta(days=4)) == 1
        assert session.get_one(Lot, (village.market_id, lot.id)).emptied_at is not None
        stocking.take_back(session, village.clerk, spoiled.number, reason="没有潮", at=clock(), key=new_id())
        assert stocking.wrongly_aside(session, village.market_id) == 0
        shelf = {one.id: one.quantity for one in stock.shelf(session, village.clerk, at=clock())}
        assert shelf[lot.good_id] == lot.quantity
        session.execute(update(Lot).where(Lot.id == lot.id).values(emptied_at=clock()))
        assert "put aside" in (rollups.fault(session, village.market_id) or "")


def test_an_overseer_sees_what_the_markets_come_to_and_the_time_it_is_of(
    shop: Shop, clock: Clock, client: FlaskClient
) -> None:
    staff_id = new_id()
    with transaction() as session:
        session.add(Staff(id=staff_id, sign_in_name="县里人", name="县里人", password_hash="unset", created_at=clock()))
        session.flush()
        grant = RoleGrant(staff_id=staff_id, place_code="140221", role=Role.COUNTY_OVERSEER, granted_at=clock())
        session.add(grant)
    sign_in(client, Guard.of_staff(shop.village.market_id, shop.village.code, staff_id, "县里人", Role.COUNTY_OVERSEER))
    page = client.get("/overview").text
    assert "截至 10月8日 09:00，兑换了 3 次。" in page
    with transaction() as session:
        made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("食盐", 1)], clock.at, new_id())
    clock.at += timedelta(minutes=5)
    assert "截至 10月8日 09:00，兑换了 3 次。" in client.get("/overview").text
    clock.at += timedelta(minutes=6)
    assert "截至 10月8日 09:11，兑换了 4 次。" in client.get("/overview").text
