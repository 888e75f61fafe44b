"""What two typings agree on is booked, once, on the slip's day; what refuses it leaves nothing behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask

from love_market.clock import village_instant, village_time
from love_market.counter import queries as counter
from love_market.counter.slips import service
from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.rules import (
    State,
    redemption_key,
)
from love_market.db import new_id, reading, retrying, transaction
from love_market.ledger.rules import POINTS
from love_market.ledger.verify import verify
from love_market.vouchers import loss
from love_market.vouchers.rules import ReasonMissing
from tests.conftest import Clock
from tests.counter import made as shops
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.made import DAY, left, typing


def test_two_typings_that_agree_are_booked_on_the_slips_day(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    assert made.first(shop, pad, 1, typing(shop), clock()) is State.ONCE
    assert left(shop) == 35
    assert made.second(shop, pad, 1, typing(shop), clock()) is State.BOOKED
    assert left(shop) == 12
    slip = made.read_slip(shop, 1)
    assert slip.redemption_id == redemption_key(shop.village.market_id, 1)
    assert slip.by_one
    with reading() as session:
        receipt = counter.receipt(session, shop.village.clerk, slip.redemption_id)
        assert (receipt.redeemed_at, receipt.total_points) == (village_instant(DAY, 12), 23)
        assert {good.name: good.quantity for good in receipt.goods} == {"陈醋": 1, "挂面": 2}
        assert counter.totals(session, shop.village.clerk, on=DAY).redemptions == 1
        assert verify(session, shop.village.market_id).verified
    assert slip.entry_number == receipt.entry_number


def test_a_slip_of_today_is_booked_now(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    said = typing(shop, day=date(2026, 10, 10))
    assert made.twice(shop, pad, [1], said, clock()) == [State.BOOKED]
    with reading() as session:
        booked = counter.receipt(session, shop.village.clerk, redemption_key(shop.village.market_id, 1))
        assert booked.redeemed_at == clock()


def test_a_days_pages_leave_out_nothing_that_was_booked_later(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    for hour in (9, 11, 15):
        with transaction() as session:
            at, key = village_instant(DAY, hour), new_id()
            shops.redeem(session, shop, [shop.vouchers[1].id], [shop.line("食盐", 1)], at, key)
    made.twice(shop, pad, [1, 2], typing(shop, ("食盐", 1)), clock())
    found, before = [], None
    with reading() as session:
        while page := counter.receipts(session, shop.village.clerk, DAY, before=before, limit=1):
            found.append(village_time(page[0].redeemed_at).hour)
            before = page[0].entry_number
    assert found == [15, 12, 12, 11, 9]


def test_asked_again_it_is_booked_once(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    for _ in range(2):
        assert made.first(shop, pad, 1, typing(shop), clock()) is State.ONCE
    for _ in range(2):
        assert made.second(shop, pad, 1, typing(shop), clock()) is State.BOOKED
    with transaction() as session:
        assert service.try_again(session, shop.village.clerk, 1, at=clock()) is State.BOOKED
    assert left(shop) == 12


def test_eight_second_typings_at_once_are_one_booking(app: Flask, shop: Shop, pad: PadRecord, clock: Clock) -> None:
    made.first(shop, pad, 1, typing(shop), clock())
    start = Barrier(8)

    def run(_: int) -> State:
        with app.app_context():
            start.wait()
            return retrying(lambda: made.second(shop, pad, 1, typing(shop), clock()))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(run, range(8))) == {State.BOOKED}
    assert left(shop) == 12
    with reading() as session:
        assert counter.totals(session, shop.village.clerk).redemptions == 1


def test_the_slips_day_is_what_a_voucher_has_to_be_valid_on(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    until = shop.vouchers[0].expires_on
    clock.at = village_instant(until + timedelta(days=5), 9)
    late = typing(shop, day=until + timedelta(days=1))
    assert made.twice(shop, pad, [1], late, clock()) == [State.WAITING]
    assert made.twice(shop, pad, [2], typing(shop, day=until), clock()) == [State.BOOKED]


def _frozen(shop: Shop, clock: Clock) -> Callable[[], None]:
    voucher = shop.vouchers[0].id
    with transaction() as session:
        loss.freeze(session, shop.village.chair, voucher, reason="丢了", at=clock())

    def unfreeze() -> None:
        with transaction() as session:
            loss.unfreeze(session, shop.village.chair, voucher, reason="找到了", at=clock())

    return unfreeze


def test_what_is_refused_waits_with_the_reason_and_nothing_moved(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    unfreeze = _frozen(shop, clock)
    with reading() as session:
        before = shops.standing(session, shop, clock())
    assert made.twice(shop, pad, [1], typing(shop), clock()) == [State.WAITING]
    slip = made.read_slip(shop, 1)
    assert str(slip.refusal) == "这张券已经冻结：丢了。要用，请先到村委会解冻。"
    assert (slip.agreed, slip.redemption_id) == (typing(shop), None)
    with transaction() as session:
        assert service.try_again(session, shop.village.clerk, 1, at=clock()) is State.WAITING
    with reading() as session:
        assert shops.standing(session, shop, clock()) == before
    unfreeze()
    with transaction() as session:
        assert service.try_again(session, shop.village.clerk, 1, at=clock()) is State.BOOKED
    assert left(shop) == 12


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"lines": (("挂面", 1),), "price": 9}, "挂面现在是 8 分，页面上还是 9 分"),
        ({"lines": (("白面", 2),)}, "券上一共 35 分，要用 50 分，还差 15 分"),
        ({"lines": (("蒸锅", 1),)}, "券上一共 35 分，要用 160 分"),
        ({"lines": (("食盐", 9), ("香皂", 1)), "voucher": 2}, "券上一共 8 分"),
    ],
)
def test_every_refusal_of_the_till_is_kept(
    shop: Shop, pad: PadRecord, clock: Clock, said: dict[str, object], because: str
) -> None:
    lines = said.pop("lines")
    assert isinstance(lines, tuple)
    typed = typing(shop, *lines, **said)  # type: ignore[arg-type]
    said["lines"] = lines
    assert made.twice(shop, pad, [1], typed, clock()) == [State.WAITING]
    assert because in str(made.read_slip(shop, 1).refusal)
    assert left(shop) == 35


def test_a_slip_behind_one_that_waits_is_booked(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    too_much = typing(shop, ("白面", 2))
    made.first(shop, pad, 1, too_much, clock())
    made.first(shop, pad, 2, typing(shop), clock())
    with transaction() as session:  # what was refused leaves the transaction as it was
        assert service.type_second(session, shop.village.clerk, pad.id, 1, too_much, at=clock()) is State.WAITING
        assert service.type_second(session, shop.village.clerk, pad.id, 2, typing(shop), at=clock()) is State.BOOKED
    assert left(shop) == 12
    with reading() as session:
        assert verify(session, shop.village.market_id).verified


def test_what_waits_can_be_typed_anew(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    made.twice(shop, pad, [1], typing(shop, ("白面", 2)), clock())
    with transaction() as session:
        with pytest.raises(ReasonMissing):
            service.start_over(session, shop.village.clerk, 1, reason=" ", at=clock())
        service.start_over(session, shop.village.clerk, 1, reason="看错了", at=clock())
    slip = made.read_slip(shop, 1)
    assert (slip.state, slip.state_reason, slip.agreed, slip.refusal) == (State.AGAIN, "看错了", None, None)
    assert made.twice(shop, pad, [1], typing(shop), clock()) == [State.BOOKED]


def test_what_was_refused_is_booked_as_it_happened_and_the_committee_gets_the_rest(
    shop: Shop, pad: PadRecord, clock: Clock
) -> None:
    at, key = clock(), new_id()
    with transaction() as session:
        shops.redeem(session, shop, [shop.vouchers[0].id], [shop.line("食盐", 10)], at, key)
    assert made.twice(shop, pad, [1], typing(shop), at) == [State.WAITING]
    for _ in range(2):
        with transaction() as session:
            assert service.book_as_it_happened(session, shop.village.clerk, 1, at=at) is State.BOOKED
    slip_key = redemption_key(shop.village.market_id, 1)
    with reading() as session:
        (dispute,) = counter.open_disputes(session, shop.village.chair)
        assert (dispute.redemption_id, dispute.lacking) == (slip_key, {POINTS: 23 - 15})
        assert verify(session, shop.village.market_id).verified
    assert left(shop) == 0
