"""The committee's pages of what is disputed, and how receipts and the day say it."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from love_market.counter import queries
from love_market.counter.happened import Happened
from love_market.db import new_id, reading, transaction
from love_market.stock import service as stock_service
from tests.builders import sign_in
from tests.conftest import Clock
from tests.counter.happening import assert_books_agree, book, disputed, happened
from tests.counter.made import Shop
from tests.counter.tills import PlayedTill
from tests.vouchers import made as voucher_made

_KEY = re.compile(r'name="key"[^>]*value="([^"]+)"')


def url(shop: Shop, rest: str = "") -> str:
    """Return an address of the counter."""
    return f"/v/{shop.village.code}/counter{rest}"


@pytest.fixture
def phone(shop: Shop, clock: Clock) -> PlayedTill:
    played = PlayedTill()
    with transaction() as session:
        played.enrol(session, shop.village.chair, "店里的手机", clock())
    return played


@pytest.fixture
def told(shop: Shop, clock: Clock, phone: PlayedTill) -> Happened:
    """Four bags of flour for a voucher of 35 points, at the phone an hour ago: 65 points and a bag are lacking."""
    happened_at = clock.at
    clock.at += timedelta(hours=1)
    one = happened(shop, [(shop.vouchers[0].id, 100)], [shop.line("白面", 4)], happened_at, till_id=phone.id, number=1)
    with transaction() as session:
        book(session, shop, one, clock())
    return one


@pytest.fixture
def chair(client: FlaskClient, shop: Shop) -> FlaskClient:
    sign_in(client, shop.village.chair)
    return client


def test_nothing_disputed_says_so(chair: FlaskClient, shop: Shop) -> None:
    assert "没有对不上的" in chair.get(url(shop, "/disputes")).text
    assert "还没有处理过的" in chair.get(url(shop, "/disputes?settled=1")).text


def test_a_dispute_tells_what_happened_and_what_is_lacking(chair: FlaskClient, shop: Shop, told: Happened) -> None:
    page = chair.get(url(shop, "/disputes")).text
    for said in ("孔**", "白面×4", "白面账上只有 3 袋，当时拿走了 4 袋。", f"/disputes/{told.key}"):
        assert said in page
    page = chair.get(url(shop, f"/disputes/{told.key}")).text
    for said in (
        "店里的手机",
        "店**",
        "10月8日 10:00",
        "差的积分",
        "<b>65</b>",
        "差的白面 5公斤",
        "<b>1</b>",
        "认下",
        "记在兑换机账上",
    ):
        assert said in page
    assert f"/disputes/{told.key}/correct" not in page, "the household has no other voucher, the shelf no flour"
    assert len(re.findall(r'class="primary"', page)) == 1
    assert chair.get(url(shop, f"/disputes/{new_id()}")).status_code == 404


@pytest.mark.parametrize(
    ("way", "done"), [("accept", "已认下：差的由村里出"), ("charge", "已记在兑换机账上"), ("correct", "已改正")]
)
def test_a_way_out_asks_once_and_pressed_twice_it_is_done_once(
    chair: FlaskClient, shop: Shop, clock: Clock, told: Happened, way: str, done: str
) -> None:
    data: dict[str, object] = {"note": "店里没看清"}
    with transaction() as session:
        (voucher,) = voucher_made.vouchers(session, shop.village, (70,), clock())
        stock_service.receive(
            session,
            shop.village.clerk,
            key=new_id(),
            at=clock(),
            good_id=shop.goods["白面"],
            quantity=1,
            source="bought",
        )
    address = url(shop, f"/disputes/{told.key}/{way}")
    asks = chair.get(address).text
    if way == "charge":
        assert "店里的手机" in asks
    if way == "correct":
        assert f"{voucher.serial_no}，孔**，还有 70 分" in asks
        assert "1 袋，货架上现在有 1 袋" in asks
        data["vouchers"] = [str(voucher.id)]
    key = _KEY.search(asks)
    assert key is not None
    missing = chair.post(address, data={"key": key[1]})
    assert (missing.status_code, "请写一句为什么" in missing.text) == (422, True)
    answers = [chair.post(address, data=data | {"key": key[1]}, follow_redirects=True) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert done in answers[0].text
    for answer in answers:
        assert "账上不差了" in answer.text
        assert "店里没看清" in answer.text
    with reading() as session:
        one = queries.dispute(session, shop.village.chair, told.key)
        assert disputed(session, shop, told.key) == {}
        assert_books_agree(session, shop, clock())
    assert f"账本第 {one.settle_entry_number} 笔" in answers[0].text
    late = chair.post(address, data=data | {"key": str(new_id())})
    assert (late.status_code, "已经处理过了" in late.text) == (409, True)
    assert chair.get(address).status_code == 302
    assert "店里没看清" in chair.get(url(shop, "/disputes?settled=1")).text
    assert "没有对不上的" in chair.get(url(shop, "/disputes")).text
    book_page = chair.get(f"/v/{shop.village.code}/books/{one.settle_entry_number}").text
    assert "处理争议：店里没看清" in book_page


def test_a_correction_with_too_little_says_what_is_missing(
    chair: FlaskClient, shop: Shop, clock: Clock, told: Happened
) -> None:
    with transaction() as session:
        (voucher,) = voucher_made.vouchers(session, shop.village, (60,), clock())
    address = url(shop, f"/disputes/{told.key}/correct")
    sent = {"key": str(new_id()), "note": "试", "vouchers": [str(voucher.id)]}
    answer = chair.post(address, data=sent)
    assert answer.status_code == 409
    assert "选的券上一共 60 分，要付 65 分" in answer.text
    assert chair.post(address, data=sent | {"vouchers": []}).status_code == 422


@pytest.mark.parametrize("who", ["clerk", "grid_worker"])
def test_only_the_committee_comes_in(client: FlaskClient, shop: Shop, told: Happened, who: str) -> None:
    sign_in(client, getattr(shop.village, who))
    for rest in ("/disputes", f"/disputes/{told.key}", f"/disputes/{told.key}/accept"):
        assert client.get(url(shop, rest)).status_code == 403


def test_the_slip_and_the_day_say_that_it_was_offline_and_is_disputed(
    client: FlaskClient, shop: Shop, told: Happened
) -> None:
    for guard, may in ((shop.village.clerk, False), (shop.village.chair, True)):
        sign_in(client, guard)
        page = client.get(url(shop, f"/redemptions/{told.key}")).text
        assert "离线兑换，10月8日 10:00 送回账本" in page
        assert "这一笔有对不上的地方，等村里处理" in page
        assert (f"/disputes/{told.key}" in page) == may
        day = client.get(url(shop, "/today")).text
        assert "离线兑换，10月8日 10:00 送回账本" in day
        assert "有对不上的，等村里处理" in day
        assert (f"/disputes/{told.key}" in day) == may


def test_a_voucher_that_nobody_knows_breaks_no_page(
    client: FlaskClient, shop: Shop, clock: Clock, phone: PlayedTill
) -> None:
    one = happened(shop, [(UUID(int=7), 2)], [shop.line("食盐", 1)], clock(), till_id=phone.id, number=1)
    with transaction() as session:
        booked = book(session, shop, one, clock())
    village, code = shop.village, shop.village.code
    sign_in(client, village.clerk)
    for rest in (f"/redemptions/{one.key}", "/today", f"/redemptions/{one.key}/undo"):
        page = client.get(url(shop, rest))
        assert (page.status_code, "不认得的券" in page.text) == (200, True)
    assert client.get(f"/api/v1/v/{code}/redemptions/{one.key}").get_json()["vouchers"] == []
    sign_in(client, village.chair)
    for rest in ("/disputes", f"/disputes/{one.key}", f"/disputes/{one.key}/accept", f"/disputes/{one.key}/correct"):
        page = client.get(url(shop, rest))
        assert (page.status_code, "不认得的券" in page.text) == (200, True)
    for path in (f"/v/{code}/books", f"/v/{code}/books/{booked.receipt.entry_number}", f"/v/{code}/"):
        assert client.get(path).status_code == 200


def test_the_household_is_told_what_is_the_matter(
    client: FlaskClient, shop: Shop, clock: Clock, told: Happened
) -> None:
    household = shop.village.households[0]
    sign_in(client, shop.village.chair)
    path = f"/v/{shop.village.code}/households/{household}/statement"
    page = client.get(path).text
    assert "有一部分对不上，村里在看" in page
    client.post(url(shop, f"/disputes/{told.key}/accept"), data={"key": str(new_id()), "note": "认了"})
    page = client.get(path).text
    assert "券上没有扣够，差的不用您家补" in page
    assert "有一部分对不上" not in page


def test_without_a_till_who_kept_the_counter_is_charged(chair: FlaskClient, shop: Shop, clock: Clock) -> None:
    one = happened(shop, [(shop.vouchers[2].id, 16)], [shop.line("挂面", 2)], clock())
    with transaction() as session:
        book(session, shop, one, clock())
    page = chair.get(url(shop, f"/disputes/{one.key}")).text
    assert "没有用兑换机" in page
    assert "记在经手人账上" in page
    address = url(shop, f"/disputes/{one.key}/charge")
    assert "店员" in chair.get(address).text
    done = chair.post(address, data={"key": str(new_id()), "note": "他认了"}, follow_redirects=True)
    assert "已记在经手人账上" in done.text
