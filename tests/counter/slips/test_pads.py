"""Pads: numbered on, asked for again, behind their market's walls; what is missing of one."""

import pytest

from love_market.counter.slips import queries, service
from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.rules import (
    NoSuchPad,
    NoSuchSlip,
    PadSizeWrong,
)
from love_market.db import new_id, reading, transaction
from love_market.ledger.rules import KeyReused
from love_market.people.rules import RoleMissing
from tests import builders
from tests.conftest import Clock
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.made import typing

OTHER_VILLAGE = "140221100201"


def test_pads_are_numbered_on_without_gaps(shop: Shop, clock: Clock) -> None:
    key = new_id()
    pads = [made.pad(shop, clock(), 50, key=key), made.pad(shop, clock(), 200), made.pad(shop, clock(), 1)]
    assert [(pad.first_no, pad.last_no) for pad in pads] == [
        ("停0001", "停0050"),
        ("停0051", "停0250"),
        ("停0251", "停0251"),
    ]
    assert made.pad(shop, clock(), 50, key=key) == pads[0]
    with pytest.raises(KeyReused):
        made.pad(shop, clock(), 49, key=key)
    with reading() as session:
        assert [one.id for one in queries.pads(session, shop.village.chair)] == [pad.id for pad in reversed(pads)]
        assert [one.id for one in queries.pads(session, shop.village.chair, before=251, limit=1)] == [pads[1].id]


@pytest.mark.parametrize("count", [0, -1, 201])
def test_a_pad_has_one_slip_to_two_hundred(shop: Shop, clock: Clock, count: int) -> None:
    with pytest.raises(PadSizeWrong, match="1 到 200 张"):
        made.pad(shop, clock(), count)


def test_a_clerk_or_the_committee_makes_pads_and_nobody_else(shop: Shop, clock: Clock) -> None:
    village = shop.village
    with transaction() as session:
        for guard in (village.clerk, village.recorder, village.chair):
            service.make_pad(session, guard, key=new_id(), count=5, at=clock())
        for guard in (village.grid_worker, village.panel[0]):
            with pytest.raises(RoleMissing):
                service.make_pad(session, guard, key=new_id(), count=5, at=clock())


def test_another_market_begins_at_one_and_sees_none_of_ours(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    made.first(shop, pad, 3, typing(shop), clock())
    with transaction() as session:
        other = builders.village(session, at=clock(), code=OTHER_VILLAGE, households=2)
        theirs = service.make_pad(session, other.clerk, key=new_id(), count=5, at=clock())
        assert queries.pad(session, other.clerk, theirs).first_number == 1
        assert [one.id for one in queries.pads(session, other.clerk)] == [theirs]
        with pytest.raises(NoSuchPad):
            queries.pad(session, other.clerk, pad.id)
        with pytest.raises(NoSuchPad):
            service.type_first(session, other.clerk, pad.id, 1, typing(shop), at=clock())
        with pytest.raises(NoSuchSlip):
            queries.slip(session, other.clerk, 3)
