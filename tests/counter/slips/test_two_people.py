"""Who typed, who sees what, who decides where two typings differ."""

from datetime import timedelta

import pytest

from love_market.counter.slips import queries, service
from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.rules import (
    FIRST,
    GOOD,
    SECOND,
    TOTAL,
    State,
    SumDiffers,
    Typing,
    Undecided,
)
from love_market.db import reading, transaction
from tests.conftest import Clock
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.made import left, typing


def test_who_typed_what_is_written_down(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    made.first(shop, pad, 1, typing(shop), clock(), shop.village.recorder)
    clock.at += timedelta(minutes=5)
    made.second(shop, pad, 1, typing(shop), clock())
    slip = made.read_slip(shop, 1)
    assert slip.first is not None
    assert slip.second is not None
    assert (slip.first.name, slip.second.name, slip.by_one) == ("赵记", "店员", False)
    assert slip.second.at - slip.first.at == timedelta(minutes=5)


def test_what_a_clerk_did_not_type_last_waits_for_a_clerk(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    made.first(shop, pad, 1, typing(shop), clock())
    assert made.second(shop, pad, 1, typing(shop), clock(), shop.village.recorder) is State.WAITING
    slip = made.read_slip(shop, 1)
    assert "请超市管理员打开这一张" in str(slip.refusal)
    assert left(shop) == 35
    with transaction() as session:
        assert service.try_again(session, shop.village.clerk, 1, at=clock()) is State.BOOKED
    assert made.read_slip(shop, 1).refusal is None
    assert left(shop) == 12


def test_a_first_typing_is_shown_to_nobody(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    made.first(shop, pad, 1, typing(shop), clock())
    slip = made.read_slip(shop, 1)
    assert (slip.first_typing, slip.second_typing, slip.agreed) == (None, None, None)


def test_where_they_differ_somebody_decides(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    said, misread = typing(shop), typing(shop, ("陈醋", 1), ("挂面", 3), voucher=1)
    made.first(shop, pad, 1, misread, clock())
    assert made.second(shop, pad, 1, said, clock()) is State.DIFFERS
    assert (left(shop, 0), left(shop, 1)) == (35, 20)
    slip = made.read_slip(shop, 1)
    assert (slip.first_typing, slip.second_typing) == (misread, said)
    noodles = GOOD + shop.goods["挂面"].hex
    with transaction() as session, pytest.raises(Undecided, match="还有 2 处"):
        service.settle(session, shop.village.clerk, 1, {noodles: SECOND}, at=clock())
    picks = {noodles: SECOND, "voucher": FIRST, TOTAL: FIRST}
    with transaction() as session, pytest.raises(SumDiffers, match="加起来是 23 分，合计写的是 31 分"):
        service.settle(session, shop.village.clerk, 1, picks, at=clock())
    for _ in range(2):
        with transaction() as session:
            state = service.settle(
                session, shop.village.clerk, 1, picks | {"voucher": SECOND, TOTAL: SECOND}, at=clock()
            )
            assert state is State.BOOKED
    assert (left(shop, 0), left(shop, 1)) == (12, 20)
    slip = made.read_slip(shop, 1)
    assert slip.settled is not None
    assert (slip.settled.name, slip.agreed) == ("店员", said)


def test_a_total_as_the_paper_has_it_is_booked_by_its_goods(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    said = typing(shop, total=25)
    with pytest.raises(SumDiffers):
        made.first(shop, pad, 1, said, clock())
    with transaction() as session:
        service.type_first(session, shop.village.clerk, pad.id, 1, said, at=clock(), as_written=True)
        assert (
            service.type_second(session, shop.village.clerk, pad.id, 1, said, at=clock(), as_written=True)
            is State.BOOKED
        )
    assert left(shop) == 12


def meant(shop: Shop, clock: Clock, **said: object) -> Typing:
    words: dict[str, object] = {
        "day": "10-8",
        "voucher": shop.vouchers[0].short_code,
        "lines": [("陈醋", 1, 7), ("挂面", 2, 8)],
        "total": 23,
    }
    with reading() as session:
        return queries.typing_meant(session, shop.village.clerk, at=clock(), **(words | said))  # type: ignore[arg-type]


def test_a_voucher_is_named_by_its_code_or_serial_or_scan(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    face = shop.vouchers[0]
    for named in (face.short_code, face.short_code.lower(), face.serial_no, "0001", "1", "3-0001", shop.urls[0]):
        assert meant(shop, clock, voucher=named) == typing(shop)


def test_goods_are_named_by_a_part_of_the_name_or_the_barcode(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    assert meant(shop, clock, lines=[("6901234567892", 1, 7), ("挂", 2, 8)]) == typing(shop)
