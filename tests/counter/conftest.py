from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from love_market.db import new_id, reading, transaction
from love_market.tills import service
from tests import builders
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop
from tests.counter.tills import PlayedTill
from tests.flows.live import DESK, PHONE, LiveServer

ADDRESSES = {"lookup": "scan", "redeem": "redemptions"}
Ask = Callable[..., TestResponse]


@pytest.fixture
def shop(village: Village, clock: Clock) -> Shop:
    """Goods on the shelf, and vouchers of 35, 20 and 8 points."""
    with transaction() as session:
        return made.shop(session, village, clock())


@pytest.fixture
def till(client: FlaskClient, village: Village) -> FlaskClient:
    """A client with the clerk signed in."""
    sign_in(client, village.clerk)
    return client


@pytest.fixture
def ask(app: Flask, till: FlaskClient, village: Village) -> Ask:
    """Ask the till's page of the clerk for something in JSON."""

    def post(what: str, **asked: Any) -> TestResponse:  # noqa: ANN401 whatever a script may send
        return till.post(f"/api/v1/v/{village.code}/{ADDRESSES[what]}", json=asked)

    return post


@pytest.fixture
def unmoved(shop: Shop, clock: Clock) -> Iterator[Callable[[], None]]:
    """Look at the books before; the test calls this when its own preparations stand, and they are looked at after."""
    seen: list[object] = []

    def look() -> None:
        with reading() as session:
            seen.append(made.standing(session, shop, clock()))

    yield look
    look()
    assert len(seen) == 2
    assert seen[0] == seen[1]


@pytest.fixture
def served(live_server: LiveServer) -> Shop:
    """A shop behind a served application."""
    at = live_server.clock.at
    with transaction() as session:
        return made.shop(session, builders.village(session, at=at), at)


@pytest.fixture
def page(browser_page: Page, live_server: LiveServer, served: Shop) -> Page:
    """A phone with the clerk signed in, at the till."""
    live_server.sign_in(browser_page.context, served.village.clerk)
    browser_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    browser_page.goto(f"/v/{served.village.code}/counter")
    return browser_page


@pytest.fixture
def desk(page: Page) -> Page:
    """The same at a PC."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return page


@pytest.fixture
def enrolled(browser_page: Page, live_server: LiveServer, served: Shop) -> Page:
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


@pytest.fixture
def phone(shop: Shop, clock: Clock) -> PlayedTill:
    """The shop's phone, enrolled, which holds the lease."""
    played = PlayedTill()
    with transaction() as session:
        played.enrol(session, shop.village.chair, "店里的手机", clock())
        service.hold(session, shop.village.clerk, played.id, at=clock())
    return played
