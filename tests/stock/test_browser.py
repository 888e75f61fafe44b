"""The clerk's hands: a scanner gun and the Enter key, in a real Chromium."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright, expect

from love_market.db import reading, transaction
from love_market.people.rules import Guard
from love_market.stock import queries
from tests import builders
from tests.browser import launch_options, serving
from tests.conftest import Clock
from tests.stock import made

CODE = "6901234567892"


@pytest.mark.browser
def test_goods_are_received_and_counted_by_keyboard(
    playwright: Playwright, make_app: Callable[[], Flask], clock: Clock
) -> None:
    app = make_app()
    with app.app_context():
        with transaction() as session:
            village = builders.village(session, at=clock())
            vinegar = made.good(session, village.clerk, clock(), barcode=CODE, tracks_expiry=True)
            towels = made.good(session, village.clerk, clock(), "毛巾", spec="")
        client = app.test_client()
        builders.sign_in(client, village.clerk)
        cookie = client.get_cookie("session")
        assert cookie is not None
    with serving(app) as address, playwright.chromium.launch(**launch_options()) as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        _receive(page, f"{address}/v/{village.code}/stock")
        _count(page, f"{address}/v/{village.code}/stock")
        assert said == []
    with app.app_context():
        _check(village.clerk, vinegar, towels)


def at_field(page: Page, name: str) -> None:
    """Look that the cursor stands in a field; a page that has just come puts it there with its first picture."""
    expect(page.locator(f"[name={name}]")).to_be_focused()


def _receive(page: Page, stock: str) -> None:
    page.goto(f"{stock}/receive")
    page.keyboard.type("6901234567809")
    page.keyboard.press("Enter")
    at_field(page, "code")  # not registered: the gun's Enter goes nowhere
    expect(page.get_by_text("还没有登记这样商品")).to_be_visible()
    page.fill("[name=code]", "")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_text("陈醋 800毫升，现有 0 瓶")).to_be_visible()
    for field, typed in (("quantity", "24"), ("unit_cost", "6.5")):
        at_field(page, field)
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    at_field(page, "expires_on")
    page.fill("[name=expires_on]", "2027-10-01")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("已入库：陈醋 800毫升 24 瓶。")).to_be_visible()
    at_field(page, "code")
    page.keyboard.type("毛巾")
    for typed in ("", "6", ""):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    at_field(page, "lot_no")  # towels keep: no date is asked
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("今天入库 2 批")).to_be_visible()


def _count(page: Page, stock: str) -> None:
    page.goto(f"{stock}/stocktakes")
    page.fill("[name=supervisor_name]", "石监督")
    with page.expect_navigation():
        page.get_by_role("button", name="开始盘点").click()
    expect(page.locator("input[inputmode=numeric]").first).to_be_focused()
    page.keyboard.type("23")
    page.keyboard.press("Enter")
    page.keyboard.type("6")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # after the last lot, Enter writes the counts down
    expect(page.get_by_text("全部点完了")).to_be_visible()


def _check(guard: Guard, vinegar: UUID, towels: UUID) -> None:
    with reading() as session:
        (lot,) = queries.lots_of_good(session, guard, vinegar)
        assert (lot.quantity, lot.unit_cost_fen, lot.expires_on) == (24, 650, date(2027, 10, 1))
        (lot,) = queries.lots_of_good(session, guard, towels)
        assert (lot.quantity, lot.unit_cost_fen, lot.expires_on) == (6, 0, None)
        stocktake = queries.open_stocktake(session, guard)
        assert stocktake is not None
        assert [row.difference for row in queries.differences(session, guard, stocktake.id)] == [-1, 0]
