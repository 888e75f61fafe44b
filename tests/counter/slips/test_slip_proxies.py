"""Who collected with a slip: typed twice like the rest, told to the household, beyond the day's limit only marked."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.rules import State, redemption_key
from love_market.db import new_id, transaction
from love_market.vouchers import loss
from love_market.vouchers.rules import Proxy
from tests.builders import sign_in
from tests.conftest import Clock, on_sqlite_alone
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.conftest import Type
from tests.counter.slips.pages import url
from tests.counter.test_proxies import acts, household_page, limit_to

BY = {"proxy": "王 五", "relation": "neighbour"}


def test_both_typings_agree_on_the_proxy_and_the_household_is_told(
    till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord
) -> None:
    type_slip("first", 1, **BY)
    assert "王五" not in till.get(url(shop, f"/pads/{pad.id}/second")).text
    for _ in range(2):
        assert "停0001 两遍一样，已入账" in till.get(type_slip("second", 1, **BY).location).text
    assert acts() == [("redeem", shop.vouchers[0].household_id, "王五", "paper", False, None)]
    assert "王五，邻居" in till.get(url(shop, "/1")).text
    receipt = till.get(f"/v/{shop.village.code}/counter/redemptions/{redemption_key(shop.village.market_id, 1)}").text
    assert "代办：王五，邻居" in receipt
    told = household_page(till, shop, 0)
    assert "王五" in told
    assert "10月8日" in told


def test_where_the_typings_name_another_one_is_chosen(
    till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord
) -> None:
    type_slip("first", 1, **BY)
    page = till.get(type_slip("second", 1).location).text
    for said in ("王五，邻居", "户主自己来的"):
        assert said in page
    assert made.read_slip(shop, 1).state is State.DIFFERS
    till.post(url(shop, "/1"), data={"key": str(new_id()), "pick-proxy": "first"})
    assert [act[2] for act in acts()] == ["王五"]


def test_beyond_the_days_limit_it_is_booked_marked_and_said(
    till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord, clock: Clock
) -> None:
    limit_to(shop, 1)
    other = replace(made.typing(shop, ("陈醋", 1), voucher=1), proxy=Proxy("王五", "neighbour"))
    made.twice(shop, pad, [1], other, clock())
    type_slip("first", 2, **BY)
    answer = type_slip("second", 2, **BY)
    warned = "王五这一天替人办的户数超过了"
    assert warned in till.get(answer.location).text
    assert [act[4] for act in acts()] == [False, True]
    assert [warned in till.get(url(shop, f"/{number}")).text for number in (1, 2)] == [False, True]
    sign_in(till, shop.village.chair)
    register = till.get(f"/v/{shop.village.code}/counter/proxies").text
    assert "断网、停电的时候，有人一天替得超过了 1 户" in register


def test_what_is_booked_as_it_happened_has_its_proxy_too(
    shop: Shop, pad: PadRecord, clock: Clock, type_slip: Type, till: FlaskClient
) -> None:
    with transaction() as session:
        loss.freeze(session, shop.village.recorder, shop.vouchers[0].id, reason="挂失", at=clock())
    for which in ("first", "second"):
        type_slip(which, 1, **BY)
    assert made.read_slip(shop, 1).state is State.WAITING
    assert acts() == []
    till.post(url(shop, "/1/as-it-happened"), data={"key": str(new_id())})
    assert made.read_slip(shop, 1).state is State.BOOKED
    assert [act[2] for act in acts()] == ["王五"]


@on_sqlite_alone
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"proxy": "王五"}, "请选代领人和户主是什么关系"),
        ({"relation": "neighbour"}, "请写代领人的姓名"),
    ],
)
def test_half_a_proxy_is_none(type_slip: Type, typed: dict[str, str], said: str) -> None:
    answer = type_slip("first", 1, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert acts() == []
