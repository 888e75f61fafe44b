"""The till, the slip, its undoing and the day, as their pages answer."""

import json
import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from love_market.counter import queries
from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard
from tests.builders import sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.conftest import Ask
from tests.counter.made import Shop, asked
from tests.vouchers.made import balance


def url(shop: Shop, rest: str = "") -> str:
    """Return an address of the counter."""
    return f"/v/{shop.village.code}/counter{rest}"


def redeemed(shop: Shop, clock: Clock, vouchers: tuple[int, ...] = (0,)) -> UUID:
    """Redeem a vinegar and two noodles; return the redemption's id."""
    with transaction() as session:
        ids = [shop.vouchers[index].id for index in vouchers]
        basket = [shop.line("陈醋", 1), shop.line("挂面", 2)]
        return made.redeem(session, shop, ids, basket, clock(), new_id()).id


def test_the_till_holds_the_shelf_and_its_words(till: FlaskClient, shop: Shop) -> None:
    page = till.get(url(shop))
    assert page.status_code == 200
    goods, words = re.findall(r"data-(?:goods|words)='([^']*)'", page.text)
    told = {good["name"]: good for good in json.loads(unescape(goods))}
    assert (told["陈醋"]["points_price"], told["陈醋"]["quantity"], told["陈醋"]["barcode"]) == (7, 12, "6901234567892")
    assert told["蒸锅"]["quantity"] == 0
    for good in told.values():
        with till.get(good["picture"]) as picture:
            assert picture.mimetype == "image/svg+xml"
    assert json.loads(unescape(words))["confirm"] == "确认兑换"


def test_the_shelf_is_asked_for_anew(till: FlaskClient, shop: Shop, clock: Clock) -> None:
    redeemed(shop, clock)
    goods = till.get(f"/api/v1/v/{shop.village.code}/goods").get_json()["goods"]
    assert {good["name"]: good["quantity"] for good in goods}["挂面"] == 18


def test_a_face_says_whose_how_much_and_until_when_without_the_name(ask: Ask, shop: Shop) -> None:
    for scan in (shop.urls[0], shop.urls[0].lower(), shop.vouchers[0].short_code, shop.vouchers[0].short_code.lower()):
        face = ask("lookup", scan=scan).get_json()["voucher"]
        assert (face["masked_name"], face["balance_points"], face["face_points"]) == ("孔**", 35, 35)
        assert face["expires_on"] == shop.vouchers[0].expires_on.isoformat()
        assert "孔振明" not in json.dumps(face, ensure_ascii=False)


def test_a_refused_voucher_still_shows_its_face(ask: Ask, shop: Shop, clock: Clock) -> None:
    clock.at += timedelta(days=400)
    answer = ask("lookup", scan=shop.urls[1]).get_json()
    assert (answer["error"], answer["voucher"]["balance_points"]) == ("VoucherExpired", 20)


def test_the_slip_shows_lines_seal_and_what_is_left(till: FlaskClient, shop: Shop, clock: Clock) -> None:
    redemption = redeemed(shop, clock)
    page = till.get(url(shop, f"/redemptions/{redemption}"))
    assert page.status_code == 200
    for said in (
        "孔** 的兑换",
        "陈醋 800毫升",
        "× 2",
        'aria-label="已成交"',
        "打小票",
        "下一位",
        "今天之内可以撤销这一笔",
    ):
        assert said in page.text
    # What is printed: the market, the village, the clerk, the entry, the head; no full name.
    with reading() as session:
        receipt = queries.receipt(session, shop.village.clerk, redemption)
    head = receipt.entry_hash.upper()
    for said in ("守口堡村爱心超市", "守口堡村", "2026年10月8日 09:00", "店**", f"第 {receipt.entry_number} 笔"):
        assert said in page.text
    assert f"{head[:4]} {head[4:8]} {head[8:12]}" in page.text
    assert "孔振明" not in page.text


def test_a_slip_of_two_vouchers_names_both(till: FlaskClient, shop: Shop, clock: Clock) -> None:
    page = till.get(url(shop, f"/redemptions/{redeemed(shop, clock, (2, 1))}"))
    assert "姚**等的兑换" in page.text
    assert "2 张券" in page.text
    assert "姚** 2026-3-0002" in page.text


def test_an_undo_asks_why_and_gives_everything_back(till: FlaskClient, shop: Shop, clock: Clock) -> None:
    with reading() as session:
        before = made.standing(session, shop, clock())
    redemption = redeemed(shop, clock)
    page = till.get(url(shop, f"/redemptions/{redemption}/undo"))
    assert "确认撤销" in page.text
    assert "陈醋、挂面×2" in page.text
    key = str(new_id())
    nothing = till.post(url(shop, f"/redemptions/{redemption}/undo"), data={"key": key})
    assert (nothing.status_code, "请选一个原因" in nothing.text) == (422, True)
    unsaid = till.post(url(shop, f"/redemptions/{redemption}/undo"), data={"key": key, "why": "other", "other": " "})
    assert (unsaid.status_code, "请写明原因" in unsaid.text) == (422, True)
    for _ in range(2):  # pressed twice, it is one
        done = till.post(url(shop, f"/redemptions/{redemption}/undo"), data={"key": key, "why": "拿错了货"})
        assert done.status_code == 302
        assert done.location.endswith(f"/redemptions/{redemption}")
    page = till.get(url(shop, f"/redemptions/{redemption}"))
    for said in ('aria-label="已撤销"', "撤销：拿错了货", "积分退回券上，货回到货架", "券上现在有"):
        assert said in page.text
    assert "今天之内可以撤销" not in page.text
    with reading() as session:
        assert made.standing(session, shop, clock())[1:] == before[1:]


def test_an_undo_in_other_words(till: FlaskClient, shop: Shop, clock: Clock) -> None:
    redemption = redeemed(shop, clock)
    sent = {"key": str(new_id()), "why": "other", "other": "下雨，明天再来"}
    page = till.post(url(shop, f"/redemptions/{redemption}/undo"), data=sent, follow_redirects=True)
    assert "撤销：下雨，明天再来" in page.text


def test_yesterdays_redemption_cannot_be_undone(till: FlaskClient, shop: Shop, clock: Clock) -> None:
    redemption = redeemed(shop, clock)
    clock.at += timedelta(hours=15)  # 00:00 in the village
    assert till.get(url(shop, f"/redemptions/{redemption}/undo")).status_code == 409
    sent = {"key": str(new_id()), "why": "拿错了货"}
    refused = till.post(url(shop, f"/redemptions/{redemption}/undo"), data=sent)
    assert refused.status_code == 409
    assert "只能撤销当天的兑换" in refused.text
    assert "今天之内可以撤销" not in till.get(url(shop, f"/redemptions/{redemption}")).text
    with reading() as session:
        assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 12


def test_the_day_lists_what_was_redeemed_and_what_it_comes_to(till: FlaskClient, shop: Shop, clock: Clock) -> None:
    assert "今天还没有人来兑换" in till.get(url(shop, "/today")).text
    first, second = redeemed(shop, clock), redeemed(shop, clock, (1, 2))
    till.post(url(shop, f"/redemptions/{first}/undo"), data={"key": str(new_id()), "why": "本人不要了"})
    page = till.get(url(shop, "/today")).text
    assert "共 23 分，3 件" in page
    assert "23 分，已撤销：本人不要了" in page
    assert page.count("/undo") == 1
    clock.at += timedelta(days=1)
    assert "今天还没有人来兑换" in till.get(url(shop, "/today")).text
    assert f"/redemptions/{second}" in till.get(url(shop, "/today?day=2026-10-08")).text
    assert till.get(url(shop, "/today?day=nonsense")).status_code == 200


@pytest.mark.parametrize("who", ["recorder", "chair", "grid_worker"])
def test_only_clerks_stand_at_the_till(client: FlaskClient, shop: Shop, clock: Clock, who: str) -> None:
    guard: Guard = getattr(shop.village, who)
    sign_in(client, guard)
    redemption = redeemed(shop, clock)
    assert client.get(url(shop)).status_code == 403
    assert client.get(f"/api/v1/v/{shop.village.code}/goods").status_code == 403
    api = f"/api/v1/v/{shop.village.code}"
    assert client.post(f"{api}/scan", json={"scan": shop.urls[0]}).status_code == 403
    assert client.post(f"{api}/redemptions", json=asked(shop, ("食盐", 1))).status_code == 403
    assert client.get(url(shop, f"/redemptions/{redemption}/undo")).status_code == 403
    seen = client.get(url(shop, f"/redemptions/{redemption}")).status_code
    assert seen == (403 if who == "grid_worker" else 200)


def test_nobody_signed_in_is_told_so_in_json(client: FlaskClient, shop: Shop) -> None:
    answer = client.post(f"/api/v1/v/{shop.village.code}/redemptions", json=asked(shop, ("食盐", 1)))
    assert (answer.status_code, answer.get_json()["error"]) == (401, "NotSignedIn")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get(url(shop)).status_code == 302


def test_a_redemption_of_another_market_is_not_found(till: FlaskClient, shop: Shop) -> None:
    assert till.get(url(shop, f"/redemptions/{new_id()}")).status_code == 404
    assert till.get(url(shop, f"/redemptions/{new_id()}/undo")).status_code == 404
