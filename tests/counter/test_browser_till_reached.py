"""A till's page for everybody who works at it: at twice the size, and in axe's eyes."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import on_sqlite_alone
from tests.counter.hands import gun, serious
from tests.counter.made import Shop
from tests.flows.live import PHONE, LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]


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
