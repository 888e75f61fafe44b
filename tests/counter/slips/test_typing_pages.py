"""Typing slips over HTTP: two rounds, the decision, what is refused, what is typed wrongly."""

import re

import pytest
from flask.testing import FlaskClient

from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.rules import State
from love_market.db import new_id, reading, transaction
from love_market.vouchers import loss
from tests.conftest import Clock
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.conftest import Type
from tests.counter.slips.pages import filled, url
from tests.vouchers.made import balance


def test_a_slip_typed_twice_alike_is_booked(till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord) -> None:
    saved = type_slip("first", 1)
    assert saved.status_code == 302
    page = till.get(saved.location).text
    assert "停0001 录好第一遍：孔**的券。" in page
    assert re.search(r'name="number"[^>]*value="0002"', page)
    assert re.search(r'name="day"[^>]*value="2026-10-08"', page)  # that of the slip before
    booked = till.get(type_slip("second", 1, day="1008", good_1="醋").location).text
    assert "停0001 两遍一样，已入账：孔**，23 分。" in booked
    with reading() as session:
        assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 12
    slip = till.get(url(shop, "/1")).text
    assert "已记入账本第" in slip
    assert "（同一个人）" in slip
    receipt = re.search(r'href="([^"]*/counter/redemptions/[^"]*)"', slip)
    assert receipt is not None
    assert "2026年10月8日 12:00" in till.get(receipt[1]).text


def test_the_second_round_shows_nothing_of_the_first(
    till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord
) -> None:
    type_slip("first", 3, total="23")
    for path in (f"/pads/{pad.id}/second", "/3", f"/pads/{pad.id}", ""):
        page = till.get(url(shop, path)).text
        fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
        assert {fields.get(name, "") for name in ("day", "voucher", "good_1", "quantity_1", "points_1", "total")} == {
            ""
        }
        for said in (shop.vouchers[0].serial_no, shop.vouchers[0].short_code, "23 分", "<b>23</b>"):
            assert said not in page, (path, said)
    assert 'value="0003"' in till.get(url(shop, f"/pads/{pad.id}/second")).text


def test_pressed_twice_or_sent_again_it_is_the_same(type_slip: Type, shop: Shop) -> None:
    for which in ("first", "first", "second", "second"):
        assert type_slip(which, 1).status_code == 302
    with reading() as session:
        assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 12


def test_where_the_typings_differ_both_are_shown_and_one_is_chosen(
    till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord
) -> None:
    type_slip("first", 1, quantity_2="3", total="31")
    differs = type_slip("second", 1)
    assert differs.location.endswith("/counter/slips/1")
    page = till.get(differs.location).text
    for said in ("两遍不一样", "挂面 1公斤", "3 把，一把 8 分", "2 把，一把 8 分", "31 分", "23 分"):
        assert said in page
    assert "陈醋" not in page  # both have it alike
    noodles = f"pick-good-{shop.goods['挂面'].hex}"
    picked = {"key": str(new_id()), noodles: "second"}
    undecided = till.post(url(shop, "/1"), data=picked)
    assert (undecided.status_code, "还有 1 处没有选" in undecided.text) == (422, True)
    assert f'name="{noodles}" value="second" checked' in undecided.text
    mixed = till.post(url(shop, "/1"), data=picked | {"pick-total": "first"})
    assert (mixed.status_code, "各样加起来是 23 分，合计写的是 31 分" in mixed.text) == (422, True)
    assert 'name="as_written"' in mixed.text
    for _ in range(2):
        decided = till.post(url(shop, "/1"), data=picked | {"pick-total": "second"}, follow_redirects=True)
        assert "两遍不一样，看着纸定的：店员" in decided.text
    with reading() as session:
        assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 12


def test_what_is_refused_says_why_and_is_tried_again(
    till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord, clock: Clock
) -> None:
    with transaction() as session:
        loss.freeze(session, shop.village.chair, shop.vouchers[0].id, reason="丢了", at=clock())
    type_slip("first", 1)
    waits = till.get(type_slip("second", 1).location).text
    for said in ("还没有入账", "这张券已经冻结：丢了", "再试一次", "重录这一张"):
        assert said in waits
    again = till.post(url(shop, "/1/book"), data={"key": str(new_id())}, follow_redirects=True)
    assert "这张券已经冻结：丢了" in again.text
    assert "本人" not in till.get(url(shop, "/1?lang=en")).text
    assert "frozen: 丢了" in till.get(url(shop, "/1")).text
    till.get(url(shop, "/1?lang=zh"))
    with transaction() as session:
        loss.unfreeze(session, shop.village.chair, shop.vouchers[0].id, reason="找到了", at=clock())
    for _ in range(2):
        booked = till.post(url(shop, "/1/book"), data={"key": str(new_id())}, follow_redirects=True)
        assert "已记入账本第" in booked.text


def test_a_total_that_does_not_add_up_is_asked_about_once(till: FlaskClient, type_slip: Type, shop: Shop) -> None:
    unsure = type_slip("first", 1, total="25")
    assert unsure.status_code == 422
    assert "各样加起来是 23 分，合计写的是 25 分" in unsure.text
    assert 'name="as_written"' in unsure.text
    assert type_slip("first", 1, total="25", as_written="y").status_code == 302
    assert made.read_slip(shop, 1).state is State.ONCE


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": ""}, "请填单号"),
        ({"number": "五"}, "单号只写数字"),
        ({"number": "0011"}, "停0011 不在这一本里"),
        ({"day": ""}, "请填日期"),
        ({"day": "昨天"}, "日期看不懂"),
        ({"day": "10-7"}, "10月8日 做的"),
        ({"voucher": "7K3M"}, "短码有 9 位，现在输了 4 位"),
        ({"voucher": "2026-3-9999"}, "短码"),
        ({"good_1": "月饼"}, "没有叫“月饼”的货"),
        ({"good_1": "面"}, "有好几样：挂面 1公斤、白面 5公斤"),
        ({"quantity_1": ""}, "这一行没有写全"),
        ({"quantity_1": "一瓶"}, "请填整数"),
        ({"quantity_1": "0"}, "数量要是"),
        (
            {"good_1": "", "quantity_1": "", "points_1": "", "good_2": "", "quantity_2": "", "points_2": ""},
            "还没有写换了什么货",
        ),
        ({"total": ""}, "请填合计"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    till: FlaskClient, shop: Shop, pad: PadRecord, wrong: dict[str, str], said: str
) -> None:
    answer = till.post(url(shop, f"/pads/{pad.id}/first"), data=filled(shop, 1) | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    for name, value in (filled(shop, 1) | wrong).items():
        if name not in {"key", "day"} and value and value.isdecimal():
            assert re.search(rf'name="{name}"[^>]*value="{value}"', answer.text), name
    assert made.read_pad(shop, pad.id).states == {}
