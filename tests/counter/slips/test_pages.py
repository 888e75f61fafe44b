"""The pages of the blackout pad over HTTP: make, print, spoil, and the list of what is missing."""

import re

import pytest
from flask.testing import FlaskClient

from love_market.counter.slips import service
from love_market.counter.slips.queries import PadRecord
from love_market.db import new_id, transaction
from love_market.people.rules import Guard
from tests.builders import sign_in
from tests.conftest import Clock
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.conftest import Type
from tests.counter.slips.made import typing
from tests.counter.slips.pages import url


def test_the_first_pad_is_made_once_however_often_it_is_pressed(till: FlaskClient, shop: Shop) -> None:
    assert "还没有停电本" in till.get(url(shop)).text
    sent = {"key": str(new_id()), "count": "50"}
    answers = [till.post(url(shop), data=sent) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    page = till.get(answers[0].location).text
    assert "停电本 停0001 到 停0050" in page
    assert "这一本还没有录过" in page
    listed = till.get(url(shop)).text
    assert "停0001 到 停0050" in listed
    assert "50 张，还没有录过" in listed


@pytest.mark.parametrize("count", ["", "0", "201", "许多"])
def test_a_pad_of_no_size_is_not_made(till: FlaskClient, shop: Shop, count: str) -> None:
    answer = till.post(url(shop), data={"key": str(new_id()), "count": count})
    assert answer.status_code == 422
    assert "改好再交" in answer.text
    assert "还没有停电本" in till.get(url(shop)).text


def test_the_paper_is_a_pdf(till: FlaskClient, shop: Shop, pad: PadRecord) -> None:
    paper = till.get(url(shop, f"/pads/{pad.id}/pad.pdf"))
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert paper.data.startswith(b"%PDF")


def test_a_spoiled_slip_is_declared_and_taken_back(till: FlaskClient, shop: Shop, pad: PadRecord) -> None:
    asked = url(shop, f"/pads/{pad.id}/spoil")
    assert "写坏了的不入账" in till.get(asked).text
    unsaid = till.post(asked, data={"key": str(new_id()), "number": "2", "reason": " "})
    assert (unsaid.status_code, "请写明原因" in unsaid.text) == (422, True)
    done = till.post(asked, data={"key": str(new_id()), "number": "2", "reason": "撕破了"}, follow_redirects=True)
    assert "写坏了：撕破了。店员" in done.text
    over = url(shop, "/2/over")
    assert "请照着纸从头录" in till.get(over).text
    again = till.post(over, data={"key": str(new_id()), "reason": "没写坏"}, follow_redirects=True)
    assert 'value="0002"' in again.text
    assert "要重录：没写坏" in till.get(url(shop, "/2")).text


def test_a_pad_lists_every_number_and_what_is_missing(
    till: FlaskClient, type_slip: Type, shop: Shop, pad: PadRecord, clock: Clock
) -> None:
    for which in ("first", "second"):
        type_slip(which, 2)
    type_slip("first", 6)
    with transaction() as session:
        service.spoil(session, shop.village.clerk, pad.id, 3, reason="撕破了", at=clock())
    page = till.get(url(shop, f"/pads/{pad.id}")).text
    assert "缺 3 张：停0001、停0004–停0005" in page
    assert page.count("缺，要把纸找到") == 3
    rows = dict(re.findall(r'<tr class="slip-(\w+)">.*?<a [^>]*>(停\d+)</a>', page, re.DOTALL))
    assert rows == {"booked": "停0002", "spoiled": "停0003", "once": "停0006"}
    assert "停0007 起还没有用" in page
    assert "：撕破了" in page
    assert "店员一人录两遍" in page
    assert "缺 停0001、停0004–停0005" in till.get(url(shop)).text
    made.first(shop, pad, 1, typing(shop, ("食盐", 1)), clock())
    assert "缺 2 张：停0004–停0005" in till.get(url(shop, f"/pads/{pad.id}")).text


def test_both_rounds_say_when_nothing_is_left(till: FlaskClient, shop: Shop, pad: PadRecord, clock: Clock) -> None:
    assert "没有等着录第二遍的" in till.get(url(shop, f"/pads/{pad.id}/second")).text
    for number in range(1, 11):
        with transaction() as session:
            service.spoil(session, shop.village.clerk, pad.id, number, reason="打印机卡纸", at=clock())
    assert "这一本每一张都录过第一遍了" in till.get(url(shop, f"/pads/{pad.id}/first")).text
    assert "录过的都办完了，中间没有缺号" in till.get(url(shop, f"/pads/{pad.id}")).text


def test_the_ways_to_the_pads(till: FlaskClient, client: FlaskClient, shop: Shop) -> None:
    for page in ("/counter", "/counter/today", "/stock"):
        assert f'href="{url(shop)}"' in till.get(f"/v/{shop.village.code}{page}").text, page
    sign_in(client, shop.village.chair)
    assert f'href="{url(shop)}"' in client.get(f"/v/{shop.village.code}/stock").text


@pytest.mark.parametrize(("who", "status"), [("recorder", 200), ("chair", 200), ("grid_worker", 403)])
def test_who_may_enter(client: FlaskClient, shop: Shop, pad: PadRecord, clock: Clock, who: str, status: int) -> None:
    made.first(shop, pad, 1, typing(shop), clock())
    guard: Guard = getattr(shop.village, who)
    sign_in(client, guard)
    for path in (
        "",
        f"/pads/{pad.id}",
        f"/pads/{pad.id}/pad.pdf",
        f"/pads/{pad.id}/first",
        f"/pads/{pad.id}/spoil",
        "/1",
    ):
        assert client.get(url(shop, path)).status_code == status, path


def test_what_is_not_there_is_not_found(till: FlaskClient, shop: Shop, pad: PadRecord) -> None:
    for path in (f"/pads/{new_id()}", f"/pads/{new_id()}/pad.pdf", f"/pads/{new_id()}/first", "/1", "/1/over"):
        assert till.get(url(shop, path)).status_code == 404, path
    assert till.post(url(shop, "/1/book"), data={"key": str(new_id())}).status_code == 404
    assert till.get(url(shop, f"/pads/{pad.id}/third")).status_code == 404
