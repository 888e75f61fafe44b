"""Which number may be typed when, spoiled slips, and days."""

from dataclasses import replace
from datetime import date

import pytest

from love_market.counter import service as counter_service
from love_market.counter.slips import queries, service
from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.rules import (
    DayWrong,
    SlipEnded,
    SlipNotTyped,
    SlipNumberWrong,
    SlipTypedAlready,
    State,
    redemption_key,
)
from love_market.db import new_id, transaction
from love_market.vouchers.rules import ReasonMissing
from tests.conftest import Clock
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.made import left, typing


def test_a_slip_is_typed_as_often_as_it_has_to_be(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    other = typing(shop, ("食盐", 1))
    with pytest.raises(SlipNotTyped, match="停0001 还没有录第一遍"):
        made.second(shop, pad, 1, typing(shop), clock())
    made.first(shop, pad, 1, typing(shop), clock())
    with pytest.raises(SlipTypedAlready, match="第一遍已经录过了"):
        made.first(shop, pad, 1, other, clock())
    with pytest.raises(SlipTypedAlready, match="第一遍已经录过了"):
        made.first(shop, pad, 1, typing(shop), clock(), shop.village.recorder)
    made.second(shop, pad, 1, typing(shop), clock())
    with pytest.raises(SlipTypedAlready, match="两遍都录过了"):
        made.second(shop, pad, 1, other, clock())
    with transaction() as session, pytest.raises(SlipEnded, match="已经入账，不能重录"):
        service.start_over(session, shop.village.clerk, 1, reason="看错了", at=clock())


def test_a_number_of_another_pad_is_refused(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    for number in (0, 11):
        with pytest.raises(SlipNumberWrong, match="不在这一本里，这一本是 停0001 到 停0010"):
            made.first(shop, pad, number, typing(shop), clock())


@pytest.mark.parametrize("day", [date(2026, 10, 7), date(2026, 10, 11)])
def test_a_day_before_the_pad_or_to_come_is_refused(shop: Shop, pad: PadRecord, clock: Clock, day: date) -> None:
    with pytest.raises(DayWrong, match="10月8日 做的"):
        made.first(shop, pad, 1, typing(shop, day=day), clock())


def test_a_spoiled_slip_needs_its_reason_and_no_second_typing(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    with transaction() as session:
        with pytest.raises(ReasonMissing):
            service.spoil(session, shop.village.clerk, pad.id, 2, reason="", at=clock())
        for _ in range(2):
            service.spoil(session, shop.village.clerk, pad.id, 2, reason="写错了，另写了一张", at=clock())
    slip = made.read_slip(shop, 2)
    assert (slip.state, slip.state_reason, slip.moved.name) == (State.SPOILED, "写错了，另写了一张", "店员")
    for act in (made.first, made.second):
        with pytest.raises(SlipEnded, match="记的是“写坏了”"):
            act(shop, pad, 2, typing(shop), clock())
    with transaction() as session:
        service.start_over(session, shop.village.clerk, 2, reason="没写坏", at=clock())
    assert made.twice(shop, pad, [2], typing(shop), clock()) == [State.BOOKED]
    with transaction() as session, pytest.raises(SlipEnded, match="已经入账"):
        service.spoil(session, shop.village.clerk, pad.id, 2, reason="写坏了", at=clock())


def test_a_pad_says_what_is_missing_and_not_what_was_not_used(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    assert (pad.missing, pad.unused_from, pad.states) == ((), 1, {})
    made.first(shop, pad, 2, typing(shop), clock())
    made.twice(shop, pad, [7], typing(shop, ("食盐", 1)), clock())
    with transaction() as session:
        service.spoil(session, shop.village.clerk, pad.id, 4, reason="撕了", at=clock())
    found = made.read_pad(shop, pad.id)
    assert found.states == {2: State.ONCE, 4: State.SPOILED, 7: State.BOOKED}
    assert (found.missing, found.unused_from, found.to_do) == ((1, 3, 5, 6), 8, 1)
    assert found.missing_nos == ["停0001", "停0003", "停0005–停0006"]
    assert queries.next_number(found, second=False, after=7) == 8
    assert queries.next_number(found, second=False, after=10) == 1
    assert queries.next_number(found, second=True, after=0) == 2
    assert queries.next_number(replace(found, states={7: State.BOOKED}), second=True, after=0) is None


def test_a_slip_whose_redemption_was_undone_says_so(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    made.twice(shop, pad, [1], typing(shop, day=date(2026, 10, 10)), clock())
    with transaction() as session:
        key = redemption_key(shop.village.market_id, 1)
        counter_service.undo(session, shop.village.clerk, key, reason="拿错了货", at=clock(), key=new_id())
    assert made.read_slip(shop, 1).undone
    assert left(shop) == 35
