"""Every refusal says which it is, in words, with its status; and nothing has moved after it."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest

from love_market.clock import village_instant
from love_market.db import new_id, reading, transaction
from love_market.places import queries as places
from love_market.places.queries import MarketSettings
from love_market.stock import service as stock
from love_market.vouchers import loss, service
from love_market.vouchers.queries import VoucherFace
from tests import builders
from tests.builders import Village
from tests.conftest import Clock
from tests.counter import made
from tests.counter.conftest import Ask
from tests.counter.made import Shop, asked
from tests.vouchers import made as vouchers_made

OTHER_VILLAGE = "140221100201"


def refused(ask: Ask, shop: Shop, index: int, error: str, *sayings: str, status: int = 409) -> None:
    """Both doors refuse the voucher for the same reason: looking it up, and redeeming with it."""
    for answer in (ask("lookup", scan=shop.urls[index]), ask("redeem", **asked(shop, ("食盐", 1), vouchers=(index,)))):
        assert answer.status_code == status
        told = answer.get_json()
        assert told["error"] == error
        assert told["status"] == status
        for saying in sayings:
            assert saying in told["detail"]


def test_a_spent_voucher_says_when_and_where(ask: Ask, shop: Shop, clock: Clock, unmoved: Callable[[], None]) -> None:
    with transaction() as session:
        made.redeem(session, shop, [shop.vouchers[2].id], [shop.line("挂面", 1)], clock(), new_id())
    clock.at += timedelta(days=3)
    unmoved()
    refused(ask, shop, 2, "VoucherSpent", "10月8日 09:00", "守口堡村爱心超市用完了")


def test_a_frozen_voucher_says_why(ask: Ask, shop: Shop, clock: Clock, unmoved: Callable[[], None]) -> None:
    with transaction() as session:
        loss.freeze(session, shop.village.chair, shop.vouchers[0].id, reason="本人说丢了", at=clock())
    unmoved()
    refused(ask, shop, 0, "VoucherFrozen", "已经冻结：本人说丢了", "先到村委会解冻")


def test_an_expired_voucher_says_since_when(ask: Ask, shop: Shop, clock: Clock, unmoved: Callable[[], None]) -> None:
    until = shop.vouchers[0].expires_on
    clock.at = village_instant(until, 23, 59)
    assert ask("lookup", scan=shop.urls[0]).status_code == 200
    clock.at = village_instant(until + timedelta(days=1))
    unmoved()
    refused(ask, shop, 0, "VoucherExpired", f"{until.year}年{until.month}月{until.day}日 到期")


def test_a_lapsed_voucher_is_refused_as_expired(
    ask: Ask, shop: Shop, clock: Clock, unmoved: Callable[[], None]
) -> None:
    clock.at = village_instant(shop.vouchers[0].expires_on + timedelta(days=1))
    with transaction() as session:
        assert service.lapse_expired(session, shop.village.chair, at=clock(), key=new_id()) == 63
    unmoved()
    refused(ask, shop, 0, "VoucherExpired", "到期，不能再用")


def test_a_void_voucher_says_why(ask: Ask, shop: Shop, clock: Clock, unmoved: Callable[[], None]) -> None:
    with transaction() as session:
        loss.void(session, shop.village.chair, shop.vouchers[0].id, reason="户已迁走", at=clock(), key=new_id())
    unmoved()
    refused(ask, shop, 0, "VoucherVoid", "已经作废：户已迁走")


@pytest.fixture
def elsewhere(village: Village, clock: Clock) -> VoucherFace:
    """A voucher of another market in the same database."""
    with transaction() as session:
        other = builders.village(session, at=clock(), code=OTHER_VILLAGE, households=2)
        assert other.market_id != village.market_id
        return vouchers_made.vouchers(session, other, [50], clock())[0]


def test_a_voucher_of_another_market_is_sent_there(
    ask: Ask, shop: Shop, elsewhere: VoucherFace, unmoved: Callable[[], None]
) -> None:
    unmoved()
    with reading() as session:
        other = places.village(session, OTHER_VILLAGE).market_id
        url = vouchers_made.url_of(session, other, elsewhere)
    answer = ask("lookup", scan=url)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "VoucherFromAnotherMarket")
    assert "别的爱心超市" in answer.get_json()["detail"]
    # Its short code and its id mean nothing in these books.
    answer = ask("lookup", scan=elsewhere.short_code)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "VoucherUnknown")
    answer = ask("redeem", **asked(shop, ("食盐", 1)) | {"voucher_ids": [str(elsewhere.id)]})
    assert (answer.status_code, answer.get_json()["error"]) == (404, "VoucherUnknown")
    with reading() as session:
        assert vouchers_made.balance(session, other, elsewhere.id) == 50


def test_a_voucher_nobody_knows(ask: Ask, shop: Shop, unmoved: Callable[[], None]) -> None:
    unmoved()
    with reading() as session:
        ghost = VoucherFace(
            **{name: getattr(shop.vouchers[0], name) for name in VoucherFace.__slots__} | {"id": new_id()}
        )
        url = vouchers_made.url_of(session, shop.village.market_id, ghost)
    for scan in (url, "00000-0000"):
        answer = ask("lookup", scan=scan)
        assert (answer.status_code, answer.get_json()["error"]) == (404, "VoucherUnknown")
        assert "账本里没有这张券" in answer.get_json()["detail"]


def test_a_voucher_altered_by_one_bit_or_one_claim_is_forged(ask: Ask, shop: Shop, unmoved: Callable[[], None]) -> None:
    unmoved()
    token = shop.urls[0].rpartition("/")[2]
    raw = bytearray(base64.b32decode(token + "=" * (-len(token) % 8)))
    altered = []
    for position in (0, 20, 33, 36, 40, len(raw) - 1):
        changed = raw.copy()
        changed[position] ^= 1
        altered.append(base64.b32encode(changed).decode().rstrip("="))
    for each in altered:
        answer = ask("lookup", scan=each)
        assert (answer.status_code, answer.get_json()["error"]) == (422, "VoucherForged")
        assert "不能兑换" in answer.get_json()["detail"]


def test_a_mistyped_short_code_is_told_from_an_unknown_one(ask: Ask, shop: Shop, unmoved: Callable[[], None]) -> None:
    unmoved()
    code = shop.vouchers[0].short_code
    wrong = code[:3] + ("7" if code[3] != "7" else "8") + code[4:]
    for typed, saying in ((wrong, "有一处输错了"), (code[:8], "现在输了 8 位"), (code[:8] + "U", "没有“U”")):
        answer = ask("lookup", scan=typed)
        assert (answer.status_code, answer.get_json()["error"]) == (422, "ShortCodeMistyped")
        assert saying in answer.get_json()["detail"]


def test_too_few_points_says_how_many_are_short(ask: Ask, shop: Shop, unmoved: Callable[[], None]) -> None:
    unmoved()
    answer = ask("redeem", **asked(shop, ("白面", 1), ("挂面", 3)))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "TooFewPoints")
    assert answer.get_json()["detail"] == "券上一共 35 分，要用 49 分，还差 14 分。请减几样，或再扫一张券。"


def test_too_few_goods_says_of_what_and_how_many_are_left(
    ask: Ask, shop: Shop, clock: Clock, unmoved: Callable[[], None]
) -> None:
    unmoved()
    with transaction() as session:
        for name, spec, unit in (("陈醋", "800毫升", "瓶"), ("蒸锅", "28厘米", "口")):
            good_id = shop.goods[name]
            cheap = stock.GoodFacts(name=name, spec=spec, unit_name=unit, points_price=2, picture="other")
            stock.change_good(session, shop.village.clerk, good_id, at=clock(), **cheap)
    for name, wanted, saying in (("陈醋", 13, "12 瓶"), ("蒸锅", 1, "0 口")):
        line = {"good_id": str(shop.goods[name]), "quantity": wanted, "points_each": 2}
        answer = ask("redeem", **asked(shop, ("食盐", 1)) | {"basket": [line]})
        assert (answer.status_code, answer.get_json()["error"]) == (409, "TooFewGoods")
        assert name in answer.get_json()["detail"]
        assert saying in answer.get_json()["detail"]


def test_a_price_that_changed_says_both_prices(ask: Ask, shop: Shop, unmoved: Callable[[], None]) -> None:
    unmoved()
    basket = asked(shop, ("陈醋", 1))
    basket["basket"] = [{"good_id": str(shop.goods["陈醋"]), "quantity": 1, "points_each": 6}]
    answer = ask("redeem", **basket)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "PriceChanged")
    assert "陈醋现在是 7 分，页面上还是 6 分" in answer.get_json()["detail"]


def test_a_good_off_the_shelf_is_named(ask: Ask, shop: Shop, clock: Clock, unmoved: Callable[[], None]) -> None:
    with transaction() as session:
        stock.withdraw_good(session, shop.village.clerk, shop.goods["香皂"], at=clock())
    with reading() as session:
        before = made.standing(session, shop, clock())
    unmoved()
    answer = ask("redeem", **asked(shop, ("香皂", 1)))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "PriceChanged")
    assert "货架上没有这样货了" in answer.get_json()["detail"]
    with reading() as session:
        assert made.standing(session, shop, clock()) == before


def test_below_the_minimum_says_what_it_is(ask: Ask, shop: Shop, unmoved: Callable[[], None]) -> None:
    with transaction() as session:
        known = places.settings(session, shop.village.market_id)
        changed = {name: getattr(known, name) for name in MarketSettings.__slots__} | {"minimum_redemption_points": 5}
        builders.change_settings(session, shop.village, MarketSettings(**changed))
    unmoved()
    answer = ask("redeem", **asked(shop, ("食盐", 2)))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "BelowMinimum")
    assert answer.get_json()["detail"] == "每次至少兑换 5 分，这一篮是 4 分。"
