"""A served application and a page of a real Chromium, for tests that must see what a user sees.

``tests/conftest.py`` offers the fixtures to all tests.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from love_market.people.rules import Guard
from tests.browser import launch_options, serving
from tests.builders import sign_in

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


class Clock(Protocol):
    """A clock that stands where a test puts it."""

    at: datetime


@dataclass(frozen=True)
class LiveServer:
    """A served application: its address, the application (CSRF on), and the clock its pages read."""

    url: str
    app: Flask
    clock: Clock

    def sign_in(self, context: BrowserContext, guard: Guard) -> UUID:
        """Sign somebody in for a browser's context, without the sign-in page."""
        client = self.app.test_client()
        session_id = sign_in(client, guard)
        cookie = client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.url}])
        return session_id


@pytest.fixture
def live_server(make_app: Callable[[], Flask], clock: Clock) -> Iterator[LiveServer]:
    """This test's application, served on a port of its own; its context is pushed, so services may be called."""
    app = make_app()
    app.config["TESTING"] = False
    with app.app_context(), serving(app) as url:
        yield LiveServer(url, app, clock)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests of the run, and one Playwright: a second in the same process refuses to start."""
    chromium = playwright.chromium.launch(**launch_options())
    yield chromium
    chromium.close()


@pytest.fixture
def browser_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page at a desk's size; ``set_viewport_size(PHONE)`` makes it a phone's. A script's error fails the test."""
    context = browser.new_context(viewport=DESK, base_url=live_server.url, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
    yield page
    context.close()
    assert not wrong, wrong
