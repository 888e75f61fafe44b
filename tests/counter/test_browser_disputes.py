"""Settling a dispute in a real Chromium: by the keyboard alone, on a phone, with nothing serious in anybody's way."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from love_market.db import reading, transaction
from love_market.vouchers import queries as vouchers
from tests.conftest import on_sqlite_alone
from tests.counter.happening import book, disputed, happened
from tests.counter.made import Shop
from tests.counter.tills import PlayedTill
from tests.flows.live import PHONE, LiveServer
from tests.vouchers import made as voucher_made

pytestmark = pytest.mark.browser


def assert_reachable(page: Page) -> None:
    """Find nothing serious by axe, and nothing that a phone would have to be pushed aside for."""
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@on_sqlite_alone
def test_from_the_desk_to_the_seal_by_keyboard(browser_page: Page, live_server: LiveServer, served: Shop) -> None:
    at, page, phone = live_server.clock.at, browser_page, PlayedTill()
    told = happened(served, [(served.vouchers[2].id, 16)], [served.line("挂面", 2)], at, till_id=phone.id, number=1)
    with transaction() as session:
        phone.enrol(session, served.village.chair, "店里的手机", at)
        book(session, served, told, at)
        voucher_made.award(session, served.village, {served.vouchers[2].household_id: 20}, at)
        batch_id = voucher_made.issue(session, served.village, at)
        (voucher,) = vouchers.vouchers_of_batch(session, served.village.chair, batch_id)
    live_server.sign_in(page.context, served.village.chair)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/v/{served.village.code}/counter/disputes")
    assert_reachable(page)
    page.get_by_role("link", name="去处理").press("Enter")
    expect(page.get_by_role("heading", name="账上差的")).to_be_visible()
    assert_reachable(page)
    page.get_by_role("link", name="改正", exact=True).press("Enter")
    assert_reachable(page)
    expect(page.get_by_label(voucher.serial_no)).to_be_checked()
    page.get_by_label("为什么这样处理").press_sequentially("拿错了券")
    page.get_by_label("为什么这样处理").press("Enter")
    expect(page.get_by_label("已清账")).to_be_visible()
    assert_reachable(page)
    with reading() as session:
        assert disputed(session, served, told.key) == {}
