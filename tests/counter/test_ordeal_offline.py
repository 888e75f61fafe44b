"""No network, and the browser killed in the middle of writing: the books get exactly what the screen said 成交 to."""

import random
from pathlib import Path

import click
import pytest
from playwright.sync_api import Error, Page, Playwright, expect
from sqlalchemy import select

from love_market.counter.models import Redemption
from love_market.db import new_id, reading, transaction
from love_market.ledger.verify import verify
from love_market.stock import service as stock
from love_market.tills import service
from tests import builders
from tests.browser import film
from tests.conftest import on_sqlite_alone
from tests.counter import made
from tests.counter.hands import printed
from tests.counter.made import Shop
from tests.counter.phone import Phone
from tests.flows.live import LiveServer
from tests.ordeal.campaign import Rounds

pytestmark = [pytest.mark.ordeal, pytest.mark.browser, on_sqlite_alone]
VOUCHERS, POINTS, ON_FILM = 10, 60_000, 3
LONGEST_CUT_MS = 120
CHEAP = ("食盐", "香皂", "陈醋", "挂面")

# The camera begins by itself when the page opens: a voucher may lie in the basket already, or come between two clicks.
SHOW_VOUCHER = """
  code => {
    const [go, field] = ["go", "code"].map((id) => document.getElementById(id));
    if (document.body.classList.contains("is-picking")) return;
    if (go.textContent === "选货") go.click();
    else if (code === null) document.getElementById("camera-start").click();
    else {
      field.value = code;
      document.getElementById("typed").requestSubmit();
    }
  }
"""


@pytest.fixture
def shop(live_server: LiveServer) -> Shop:
    """Vouchers enough for many baskets."""
    at = live_server.clock.at
    with transaction() as session:
        village = builders.village(session, at=at)
        shop = made.shop(session, village, at, points_each=[POINTS] * VOUCHERS)
        for name in CHEAP:
            stock.receive(
                session,
                village.clerk,
                key=new_id(),
                at=at,
                good_id=shop.goods[name],
                quantity=2000,
                source="donated",
            )
    return shop


@pytest.fixture
def phone(playwright: Playwright, live_server: LiveServer, shop: Shop, tmp_path: Path) -> Phone:
    """A phone that was enrolled and has its copy; its camera sees some vouchers, one after the other."""
    frames = [printed(url) for url in shop.urls[:ON_FILM]]
    seen = tmp_path / "vouchers.mjpeg"
    parts = [film(frame, tmp_path / f"{number}.mjpeg").read_bytes() for number, frame in enumerate(frames)]
    seen.write_bytes(b"".join(parts))
    phone = Phone(playwright, live_server.url, tmp_path / "phone", seen)
    with transaction() as session:
        code = service.invite(
            session, shop.village.chair, name="店里的手机", at=live_server.clock.at, key=new_id()
        ).code
    page = phone.start(offline=False)
    live_server.sign_in(phone.context, shop.village.clerk)
    page.goto(f"/counter#join={shop.village.code}.{code}")
    page.get_by_role("button", name="登记这台机器").click()
    expect(page.locator("#status-words")).to_contain_text("断了网能用到", timeout=20_000)
    page.evaluate("navigator.serviceWorker.ready")
    return phone


def test_the_books_get_exactly_what_the_screen_said_yes_to(
    phone: Phone, live_server: LiveServer, shop: Shop, rounds: Rounds, ordeal_seed: int
) -> None:
    rng = random.Random(ordeal_seed)
    for number in range(1, rounds(2, 20) + 1):
        baskets = rounds(6, 50)
        phone.page.wait_for_function("navigator.serviceWorker.controller !== null")
        phone.context.set_offline(True)
        phone.close()
        page = phone.open(offline=True)
        cut = rng.randrange(baskets)
        for basket in range(baskets):
            fill(page, shop, rng, by_camera=basket % 2 == 0)
            if basket == cut:
                page = kill_in_the_middle(phone, rng)
            else:
                redeem(page)
        phone.context.set_offline(False)
        expect(page.locator("#status-words")).to_contain_text("联着网", timeout=30_000)
        expect(page.locator("#status-words")).not_to_contain_text("送", timeout=60_000)
        booked = books(shop)
        click.echo(f"round {number}: {len(booked)} booked, {len(phone.confirmed)} said yes to, cut at {cut}")
        assert booked == phone.confirmed
    with reading() as session:
        assert verify(session, shop.village.market_id).verified


def fill(page: Page, shop: Shop, rng: random.Random, *, by_camera: bool) -> None:
    """Put a voucher and some goods in the basket, by camera or by typed code."""
    code = None if by_camera else rng.choice(shop.vouchers).short_code
    page.evaluate(SHOW_VOUCHER, code)
    expect(page.locator("body.is-picking")).to_be_visible(timeout=20_000)
    for name in rng.sample(CHEAP, rng.randint(1, 3)):
        page.locator("#goods").get_by_role("button", name=name).click()
    page.get_by_role("button", name="选好了").click()


def redeem(page: Page) -> None:
    page.get_by_role("button", name="确认兑换").click()
    expect(page.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    page.get_by_role("button", name="下一位").click()


def kill_in_the_middle(phone: Phone, rng: random.Random) -> Page:
    """Confirm, kill the browser a moment later, open it again: there is a slip, or the basket, or it never happened."""
    try:
        phone.page.get_by_role("button", name="确认兑换").click()
        phone.page.wait_for_timeout(rng.uniform(0, LONGEST_CUT_MS))
    except Error:
        pass
    phone.kill()
    page = phone.open(offline=True)
    go = page.locator("#go")
    expect(go).to_be_enabled()  # what was under way has come to its end
    if go.inner_text() == "确认兑换":
        redeem(page)
    elif go.inner_text() == "下一位":
        go.click()
    return page


def books(shop: Shop) -> set[str]:
    with reading() as session:
        keys = session.scalars(select(Redemption.id).where(Redemption.market_id == shop.village.market_id))
        return {str(key) for key in keys}
