"""A till's page for everybody who works at it: by keyboard alone, at twice the size, and in axe's eyes."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import on_sqlite_alone
from tests.counter.hands import gun, left, reach, serious
from tests.counter.made import Shop
from tests.flows.live import PHONE, LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]


def press(page: Page, button: str | Locator) -> None:
    """Reach a button and press it, without a mouse."""
    wanted = page.get_by_role("button", name=button, exact=True) if isinstance(button, str) else button
    if not wanted.evaluate("(it) => it === document.activeElement"):
        reach(page, wanted)
    page.keyboard.press("Enter")


def fill_by_keyboard(page: Page, code: str, good: str) -> None:
    """Put a voucher and one of a good in the basket."""
    reach(page, page.get_by_label("券上的短码"))
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#shelf-holder")).to_be_visible()
    press(page, page.locator("#goods button", has_text=good))
    press(page, "选好了")


def test_by_keyboard_alone_without_a_network(enrolled: Page, served: Shop) -> None:
    till = enrolled
    till.context.set_offline(True)
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    for good in ("陈醋", "香皂"):
        fill_by_keyboard(till, served.vouchers[0].short_code, good)
        press(till, "确认兑换")
        expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
        press(till, "下一位")
        expect(till.get_by_role("heading", name="请扫积分券")).to_be_visible()
    press(till, "今天的兑换")
    press(till, till.locator("#slip-list button").first)
    press(till, "拿错了？撤销这一笔")
    expect(till.get_by_label("拿错了货")).to_be_focused()
    till.keyboard.press("ArrowDown")
    expect(till.get_by_label("数量点错了")).to_be_checked()
    press(till, "确认撤销")
    expect(till.locator("#slip-place").get_by_label("已撤销")).to_be_visible()
    assert left(served, 0) == 35
    till.context.set_offline(False)
    expect(till.locator("#status-words")).not_to_contain_text("等着送回", timeout=20_000)
    assert left(served, 0) == 35 - 7


@pytest.mark.parametrize("width", [1366, 390])
def test_at_twice_the_size_nothing_is_cut_off_and_axe_finds_nothing(enrolled: Page, served: Shop, width: int) -> None:
    till = enrolled
    size = {"width": width // 2, "height": 384} if width > 1000 else PHONE
    till.set_viewport_size(size)  # type: ignore[arg-type]
    till.goto(f"{till.url}?text={1 if width > 1000 else 3}")
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")

    def fits() -> None:
        assert till.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert serious(till) == []

    fits()
    till.context.set_offline(True)
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    fits()
    gun(till, served.urls[0])
    expect(till.locator("#shelf-holder")).to_be_visible()
    fits()
    till.locator("#goods").get_by_role("button", name="陈醋").click()
    till.get_by_role("button", name="选好了").click()
    fits()
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    fits()
    till.get_by_role("button", name="拿错了").click()
    fits()
    till.get_by_role("button", name="不撤销").click()
    till.get_by_role("button", name="下一位").click()
    till.get_by_role("button", name="今天的兑换").click()
    fits()


def test_the_door_of_a_phone_that_is_no_till(browser_page: Page, live_server: LiveServer, served: Shop) -> None:
    browser_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    browser_page.goto("/counter")
    expect(browser_page.locator("#door-words")).not_to_be_empty()
    assert serious(browser_page) == []
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
