"""A till's page over days: opened twice, signed out, brought up to date."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from love_market.counter import shell
from love_market.db import reading, transaction
from love_market.tills import queries as tills
from love_market.vouchers import loss
from tests.conftest import on_sqlite_alone
from tests.counter.hands import left, redemptions
from tests.counter.made import Shop
from tests.flows.live import LiveServer

NEWER = """async () => {
  const kept = await navigator.serviceWorker.getRegistration();
  await kept.update();
  const newer = kept.installing;
  await new Promise((resolve) => {
    const look = () => (kept.waiting ? resolve() : newer.addEventListener("statechange", look, { once: true }));
    look();
  });
}"""
"""Look for a newer page; it is there, and waits."""

pytestmark = [pytest.mark.browser, on_sqlite_alone]


def test_of_two_pages_one_writes_and_the_other_says_so(enrolled: Page, served: Shop) -> None:
    other = enrolled.context.new_page()
    other.goto("/counter")
    expect(other.locator("#door-words")).to_contain_text("兑换台已经在另一个页面开着")
    expect(other.locator("#go")).to_be_hidden()
    enrolled.close()
    expect(other.locator("#status-words")).to_contain_text("断了网能用到")
    expect(other.locator("#go")).to_be_visible()


def test_signed_out_it_gives_the_lease_back_once_all_is_sent(enrolled: Page, served: Shop) -> None:
    till = enrolled
    till.context.set_offline(True)
    till.locator("#code").fill(served.vouchers[0].short_code)
    till.locator("#code").press("Enter")
    till.locator("#goods").get_by_role("button", name="陈醋").click()
    till.get_by_role("button", name="选好了").click()
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    till.context.set_offline(False)
    expect(till.locator("#status-words")).not_to_contain_text("送")
    till.once("dialog", lambda asked: asked.accept())
    with till.expect_response("**/till/give-back"):
        till.get_by_role("button", name="退出").click()
    expect(till.locator("#status-words")).to_contain_text("请先登录")
    expect(till.get_by_role("link", name="登录")).to_be_visible()
    with reading() as session:
        assert tills.lease(session, served.village.chair).till_id is None
    assert left(served, 0) == 35 - 7
    till.get_by_role("button", name="下一位").click()
    till.context.set_offline(True)
    expect(till.locator("#status-words")).to_contain_text("没有网络")
    till.locator("#code").fill(served.vouchers[0].short_code)
    till.locator("#code").press("Enter")
    expect(till.get_by_role("alert")).to_be_visible()
    assert left(served, 0) == 35 - 7


def test_a_basket_that_was_not_let_in_may_change_before_it_is_asked_again(
    enrolled: Page, live_server: LiveServer, served: Shop
) -> None:
    till = enrolled
    with till.expect_response("**/till/contact", timeout=20_000) as answered:
        pass
    told = answered.value.text()
    till.route("**/till/contact", lambda route: route.fulfill(body=told, content_type="application/json"))
    till.context.clear_cookies()  # which the till does not hear of
    till.locator("#code").fill(served.vouchers[0].short_code)
    till.locator("#code").press("Enter")
    till.locator("#goods").get_by_role("button", name="陈醋").click()
    till.get_by_role("button", name="选好了").click()
    till.get_by_role("button", name="确认兑换").click()
    expect(till.get_by_role("alert")).to_contain_text("登录")
    live_server.sign_in(till.context, served.village.clerk)
    till.locator("#basket").get_by_role("button", name="陈醋减一").click()
    till.get_by_role("button", name="选货").click()
    till.locator("#goods").get_by_role("button", name="香皂").click()
    till.get_by_role("button", name="选好了").click()
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-view")).to_contain_text("香皂")
    expect(till.locator("#slip-view")).not_to_contain_text("陈醋")
    assert left(served, 0) == 35 - 4


def test_the_clerk_sees_what_the_books_could_not_take_as_it_was_sent(
    enrolled: Page, live_server: LiveServer, served: Shop
) -> None:
    till = enrolled
    till.context.set_offline(True)
    with transaction() as session:
        loss.freeze(session, served.village.chair, served.vouchers[0].id, reason="丢了", at=live_server.clock.at)
    till.locator("#code").fill(served.vouchers[0].short_code)
    till.locator("#code").press("Enter")
    till.locator("#goods").get_by_role("button", name="陈醋").click()
    till.get_by_role("button", name="选好了").click()
    till.get_by_role("button", name="确认兑换").click()
    till.get_by_role("button", name="下一位").click()
    till.context.set_offline(False)
    expect(till.locator("#status-words")).to_contain_text("联着网")
    expect(till.locator("#status-words")).not_to_contain_text("送")
    till.get_by_role("button", name="今天的兑换").click()
    expect(till.locator("#slip-list")).to_contain_text("有对不上的，交给村委会了")
    till.locator("#slip-list button").click()
    expect(till.locator("#slip-trouble")).to_contain_text("已经冻结：丢了")


def test_a_newer_page_takes_its_place_once_nothing_is_under_way(
    enrolled: Page, served: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = enrolled
    till.reload()
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")
    till.locator("#code").fill(served.vouchers[0].short_code)
    till.locator("#code").press("Enter")
    till.get_by_role("button", name="选好了").click()
    till.evaluate("window.isOld = true")
    monkeypatch.setattr(shell, "_version", lambda: "a-newer-one")
    till.evaluate(NEWER)
    assert till.evaluate("window.isOld")
    expect(till.locator("#holder-points")).to_have_text("35")
    with till.expect_event("load"):
        till.get_by_role("button", name="换一张券").click()
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")
    assert till.evaluate("caches.keys()") == ["counter-a-newer-one"]


def test_a_file_that_it_saved_is_brought_in_elsewhere_and_sent_again_it_is_booked_once(
    enrolled: Page, browser: Browser, live_server: LiveServer, served: Shop, tmp_path: Path
) -> None:
    till = enrolled
    till.context.set_offline(True)
    for index in (0, 1):
        till.locator("#code").fill(served.vouchers[index].short_code)
        till.locator("#code").press("Enter")
        till.locator("#goods").get_by_role("button", name="陈醋").click()
        till.get_by_role("button", name="选好了").click()
        till.get_by_role("button", name="确认兑换").click()
        till.get_by_role("button", name="下一位").click()
    with till.expect_download() as saved:
        till.get_by_role("button", name="存成文件").click()
    saved.value.save_as(tmp_path / "records.json")
    with browser.new_context(base_url=live_server.url) as elsewhere:
        live_server.sign_in(elsewhere, served.village.chair)
        page = elsewhere.new_page()
        page.goto(f"/v/{served.village.code}/counter/records")
        page.locator("input[type=file]").set_input_files(tmp_path / "records.json")
        page.get_by_role("button", name="记进账本").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("2")
    assert (left(served, 0), left(served, 1)) == (35 - 7, 20 - 7)
    till.context.set_offline(False)
    expect(till.locator("#status-words")).to_contain_text("联着网")
    expect(till.locator("#status-words")).not_to_contain_text("送")
    assert (left(served, 0), left(served, 1)) == (35 - 7, 20 - 7)
    assert len(redemptions(served)) == 2
