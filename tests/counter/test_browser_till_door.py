"""The door of a till's page: becoming a till once, whatever is cut, and again only when it was cut off and is empty."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from love_market.db import new_id, reading, transaction
from love_market.tills import queries, service
from love_market.tills.models import Till
from tests.conftest import on_sqlite_alone
from tests.counter.made import Shop
from tests.flows.live import PHONE, LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]


def invite(page: Page, live_server: LiveServer, served: Shop, name: str) -> None:
    """Open what the committee's code leads to."""
    chair = served.village.chair
    with transaction() as session:
        made = service.invite(session, chair, name=name, at=live_server.clock.at, key=new_id())
    page.goto("about:blank")
    page.goto(f"/counter#join={served.village.code}.{made.code}")


def names() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Till.name).order_by(Till.enrolled_at, Till.name)))


def test_an_answer_that_is_lost_makes_one_till_all_the_same(
    browser_page: Page, live_server: LiveServer, served: Shop
) -> None:
    page = browser_page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    live_server.sign_in(page.context, served.village.clerk)
    lost = []

    def lose(route: object) -> None:
        lost.append(route.fetch())  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/api/v1/v/*/tills", lose, times=1)
    invite(page, live_server, served, "店里的手机")
    page.get_by_role("button", name="登记这台机器").click()
    expect(page.locator("#door-words")).to_contain_text("还不知道登记好没有")
    assert [each.status for each in lost] == [200]
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator("#status-words")).to_contain_text("断了网能用到")
    assert names() == ["店里的手机"]


def test_a_till_stays_itself_until_it_was_cut_off(enrolled: Page, live_server: LiveServer, served: Shop) -> None:
    till, chair = enrolled, served.village.chair
    invite(till, live_server, served, "另一台")
    expect(till.locator("#door-words")).to_contain_text("“店里的手机”，不用再登记")
    till.get_by_role("button", name="回到兑换").click()
    expect(till.locator("#till-name")).to_have_text("店里的手机")
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")
    assert names() == ["店里的手机"]
    with transaction() as session:
        (first,) = queries.tills(session, chair)
        service.cut_off(session, chair, first.id, at=live_server.clock.at)
    with till.expect_response("**/till/give-back", timeout=20_000):
        pass
    expect(till.locator("#status-words")).to_contain_text("已经停用")
    till.locator("#code").fill(served.vouchers[0].short_code)
    till.locator("#code").press("Enter")
    expect(till.get_by_role("alert")).to_contain_text("已经停用")
    invite(till, live_server, served, "另一台")
    till.get_by_role("button", name="登记这台机器").click()
    expect(till.locator("#till-name")).to_have_text("另一台")
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")


def test_in_wechat_nobody_becomes_a_till(browser_page: Page, live_server: LiveServer, served: Shop) -> None:
    browser_page.add_init_script(
        "Object.defineProperty(navigator, 'userAgent', { get: () => 'Chrome/116 MicroMessenger/8.0.50' })"
    )
    invite(browser_page, live_server, served, "店里的手机")
    expect(browser_page.locator("#door-words")).to_contain_text("在浏览器打开")
    assert "#join=" in browser_page.url  # the browser is handed the code
    assert names() == []


def test_a_till_redeems_on_its_own_page_and_leads_to_the_rest(enrolled: Page, served: Shop) -> None:
    till, village = enrolled, served.village.code
    till.goto(f"/v/{village}/counter")
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")
    assert f"/v/{village}" not in till.url
    till.evaluate(
        "dispatchEvent(Object.assign(new Event('beforeinstallprompt'), { prompt: () => (window.asked = 1) }))"
    )
    till.get_by_role("button", name="装到手机桌面").click()
    assert till.evaluate("asked") == 1
    till.get_by_role("button", name="今天的兑换").click()
    till.get_by_role("link", name="交文件").click()
    till.wait_for_url(f"**/v/{village}/counter/records")
