"""A till in a real browser: enrolled by its code, it redeems with a network and without, and sends when it is back."""

import pytest
from playwright.sync_api import Page, expect

from love_market.counter import queries
from love_market.db import new_id, reading, transaction
from love_market.ledger.verify import verify
from love_market.tills import queries as tills
from love_market.tills import service
from tests.counter.made import Shop
from tests.flows.live import PHONE, LiveServer
from tests.vouchers.made import balance


@pytest.fixture
def till(browser_page: Page, live_server: LiveServer, served: Shop) -> Page:
    """A phone that was just enrolled, with the clerk signed in, its first copy fetched."""
    page, village = browser_page, served.village
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    live_server.sign_in(page.context, village.clerk)
    with transaction() as session:
        made = service.invite(session, village.chair, name="店里的手机", at=live_server.clock.at, key=new_id())
    page.goto(f"/counter#join={village.code}.{made.code}")
    page.get_by_role("button", name="登记这台机器").click()
    expect(page.locator("#status-words")).to_contain_text("断了网能用到")
    page.evaluate("navigator.serviceWorker.ready")
    return page


def scan(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")


def put(page: Page, name: str) -> None:
    page.locator("#goods").get_by_role("button", name=name).click()


def basket(page: Page, served: Shop, voucher: int = 0, name: str = "陈醋") -> None:
    scan(page, served.vouchers[voucher].short_code)
    put(page, name)
    page.get_by_role("button", name="选好了").click()


def test_it_redeems_with_a_network_and_without_and_sends_what_waited(
    till: Page, live_server: LiveServer, served: Shop
) -> None:
    basket(till, served)
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-view")).to_contain_text("已记入账本第")
    till.get_by_role("button", name="下一位").click()

    till.context.set_offline(True)
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    till.reload()
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    basket(till, served)
    expect(till.locator("#holder-points")).to_have_text("28")
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    expect(till.locator("#slip-view")).to_contain_text("已记在这台机器里")
    expect(till.locator("#status-words")).to_contain_text("有 1 笔等着送回账本")
    with reading() as session:
        assert queries.totals(session, served.village.clerk).redemptions == 1

    till.context.set_offline(False)
    expect(till.locator("#status-words")).not_to_contain_text("等着送回", timeout=20_000)
    with reading() as session:
        assert queries.totals(session, served.village.clerk).redemptions == 2
        assert balance(session, served.village.market_id, served.vouchers[0].id) == 35 - 14
        assert verify(session, served.village.market_id).verified
        (known,) = tills.tills(session, served.village.chair)
    assert known.last_redemption == 2
