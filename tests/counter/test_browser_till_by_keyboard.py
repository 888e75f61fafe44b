"""Everything that a clerk does at a till, by keyboard alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from love_market.db import new_id, transaction
from love_market.tills import service
from tests.conftest import on_sqlite_alone
from tests.counter.equipment import SENSES, TORCH, VOICES, phone_with_cameras
from tests.counter.hands import left, reach
from tests.counter.made import Shop
from tests.flows.live import LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]

PRINTED = "window.printed = 0; window.print = () => printed++;"


@pytest.fixture
def equipped(playwright: Playwright, live_server: LiveServer, served: Shop) -> Iterator[Page]:
    """A phone that may become a till, with two cameras, a light, a voice and a printer."""
    script = TORCH + SENSES + VOICES + PRINTED
    with phone_with_cameras(playwright, live_server, served.village.clerk, 2, script) as context:
        with transaction() as session:
            made = service.invite(
                session, served.village.chair, name="店里的手机", at=live_server.clock.at, key=new_id()
            )
        page = context.new_page()
        page.goto(f"/counter#join={served.village.code}.{made.code}")
        yield page


def press(page: Page, button: str | Locator) -> None:
    """Reach a button and press it, without a mouse."""
    wanted = page.get_by_role("button", name=button, exact=True) if isinstance(button, str) else button
    if not wanted.evaluate("(it) => it === document.activeElement"):
        reach(page, wanted)
    page.keyboard.press("Enter")


def type_code(page: Page, code: str) -> None:
    """Type a voucher's code where one is asked for."""
    if not page.locator("#code").evaluate("(it) => it === document.activeElement"):
        reach(page, page.get_by_label("券上的短码"))
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def fill_basket(page: Page, code: str, good: str) -> None:
    """Put a voucher and one of a good in the basket."""
    type_code(page, code)
    expect(page.locator("#shelf-holder")).to_be_visible()
    press(page, page.locator("#goods button", has_text=good))
    press(page, "选好了")


def test_a_redemption_and_its_undoing_without_a_network(enrolled: Page, served: Shop) -> None:
    till = enrolled
    till.context.set_offline(True)
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    for good in ("陈醋", "香皂"):
        fill_basket(till, served.vouchers[0].short_code, good)
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


def test_enrolling_camera_light_and_voice(equipped: Page) -> None:
    till = equipped
    press(till, "登记这台机器")
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")
    expect(till.locator("#camera-words")).to_have_text("对准券上的方码，或货的条码", timeout=20_000)
    light = till.get_by_role("button", name="手电")
    press(till, light)
    expect(light).to_have_attribute("aria-pressed", "true")
    change = till.get_by_role("button", name="换摄像头")
    before = till.evaluate("document.querySelector('#camera').srcObject.getVideoTracks()[0].getSettings().deviceId")
    press(till, change)
    till.wait_for_function(
        "(before) => ![undefined, before].includes("
        "document.querySelector('#camera').srcObject?.getVideoTracks()[0].getSettings().deviceId)",
        arg=before,
    )
    wish = till.get_by_label("扫完念出来")
    reach(till, wish)
    till.keyboard.press("Space")
    expect(wish).to_be_checked()


def test_changing_vouchers_and_goods_printing_and_saving(equipped: Page, served: Shop, tmp_path: Path) -> None:
    till = equipped
    press(till, "登记这台机器")
    expect(till.locator("#status-words")).to_contain_text("断了网能用到")
    till.context.set_offline(True)
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    fill_basket(till, served.vouchers[0].short_code, "陈醋")

    press(till, "陈醋加一")
    expect(till.locator("#sum")).to_have_text("2 件，共 14 分")
    press(till, "陈醋减一")
    press(till, "再加一张")
    press(till, "收起")
    press(till, "再加一张")
    type_code(till, served.vouchers[1].short_code)
    expect(till.locator("#vouchers > li")).to_have_count(2)
    press(till, till.get_by_role("button", name="拿掉").first)
    expect(till.locator("#holder-points")).to_have_text("20")
    press(till, "换一张券")
    type_code(till, served.vouchers[0].short_code)
    expect(till.locator("#holder-points")).to_have_text("35")

    press(till, till.locator("#basket [data-act=shelf]"))
    reach(till, till.get_by_label("找货：名称或条码"))
    till.keyboard.type("香皂")
    expect(till.locator("#goods > li")).to_have_count(1)
    till.keyboard.press("Enter")
    press(till, "扫条码")
    press(till, "收起")
    press(till, till.locator("#basket [data-act=shelf]"))
    till.keyboard.press("Escape")
    press(till, "确认兑换")
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    press(till, "打小票")
    assert till.evaluate("printed") == 1
    press(till, "下一位")

    with till.expect_download() as saved:
        press(till, "存成文件")
    saved.value.save_as(tmp_path / "kept.json")
    assert len(json.loads((tmp_path / "kept.json").read_text())["records"]) == 1
    press(till, "今天的兑换")
    press(till, till.locator("#slip-list button").first)
    press(till, "拿错了？撤销这一笔")
    press(till, "不撤销")
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    press(till, "下一位")
    till.context.set_offline(False)
    expect(till.locator("#status-words")).not_to_contain_text("等着送回", timeout=20_000)
    assert left(served, 0) == 35 - 7 - 4
