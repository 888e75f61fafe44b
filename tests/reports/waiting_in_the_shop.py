"""What may wait on a desk from the vouchers, the counter and the shelf (see ``waiting``)."""

from collections.abc import Iterator
from datetime import timedelta

from love_market.counter import disputes
from love_market.counter import queries as counter
from love_market.counter.slips import service as slips_service
from love_market.db import new_id, transaction
from love_market.places.models import Market
from love_market.stock import queries as stock_read
from love_market.stock import service as stock
from love_market.vouchers import queries as vouchers_read
from love_market.vouchers import service as vouchers
from tests.builders import Village, adopt_catalogue
from tests.conftest import Clock
from tests.counter import made
from tests.counter.happening import book, happened
from tests.counter.slips import made as slips
from tests.vouchers import made as made_vouchers


def hand_over(village: Village, clock: Clock, count: int) -> Iterator[None]:
    """As many batches of two vouchers, one of which is with its household already."""
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        found = [one.id for _ in range(count) for one in made_vouchers.vouchers(session, village, (35, 20), clock())]
        vouchers.hand_over(session, village.chair, found[::2], at=clock())
    yield
    with transaction() as session:
        vouchers.hand_over(session, village.chair, found, at=clock())


def dispute(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        shop = made.shop(session, village, clock())
    for _ in range(count):
        with transaction() as session:
            book(session, shop, happened(shop, [(new_id(), 2)], [shop.line("食盐", 1)], clock()), clock())
    yield
    with transaction() as session:
        for one in counter.open_disputes(session, village.chair):
            disputes.accept(session, village.chair, one.redemption_id, note="认下", at=clock(), key=new_id())


def slip_typed_once(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        shop = made.shop(session, village, clock())
    pad, said = slips.pad(shop, clock()), slips.typing(shop, ("食盐", 1))
    for number in range(1, count + 1):
        slips.first(shop, pad, number, said, clock())
    yield
    for number in range(1, count + 1):
        slips.second(shop, pad, number, said, clock(), by=village.clerk)


def slip_that_differs(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        shop = made.shop(session, village, clock())
    pad = slips.pad(shop, clock())
    for number in range(1, count + 1):
        slips.first(shop, pad, number, slips.typing(shop, ("食盐", 1)), clock())
        slips.second(shop, pad, number, slips.typing(shop, ("食盐", 2)), clock(), by=village.recorder)
    yield
    with transaction() as session:
        for number in range(1, count + 1):
            slips_service.spoil(session, village.chair, pad.id, number, reason="写坏了", at=clock())


def expired_lot(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        good = stock.add_good(
            session, village.clerk, key=new_id(), at=clock(), name="牛奶", spec="", unit_name="箱", points_price=22,
            tracks_expiry=True,
        )  # fmt: skip
        for n in range(count):
            stock.receive(
                session, village.clerk, key=new_id(), at=clock(), good_id=good, quantity=9, source="bought",
                lot_no=str(n), expires_on=clock().date() + timedelta(days=1),
            )  # fmt: skip
    clock.at += timedelta(days=3)
    yield
    with transaction() as session:
        for lot in stock_read.lots_by_expiry(session, village.clerk, at=clock())[0]:
            stock.write_off(session, village.clerk, key=new_id(), lot_id=lot.id, quantity=9, reason="过期", at=clock())


def counted_stocktake(village: Village, clock: Clock, count: int) -> Iterator[None]:
    assert count
    with transaction() as session:
        made.goods(session, village, clock())
        opened = stock.open_stocktake(session, village.recorder, key=new_id(), supervisor_name="监委", at=clock())
        for row in stock_read.sheet(session, village.recorder, opened):
            stock.count(session, village.clerk, opened, row.lot_id, 1, "")
    yield
    with transaction() as session:
        reasons = dict.fromkeys((row.lot_id for row in stock_read.sheet(session, village.chair, opened)), "破损")
        stock.close_stocktake(session, village.chair, opened, at=clock(), reasons=reasons, uncounted_stay=True)


def reset_to_announce(village: Village, clock: Clock, count: int) -> Iterator[None]:
    assert count
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        market = session.get_one(Market, village.market_id)
        market.reset_month, market.reset_day = 11, 20
    yield
    with transaction() as session:
        vouchers.announce_reset(session, village.chair, at=clock(), key=new_id())
        assert vouchers_read.announced(session, village.chair) is not None
