"""A press that takes long is seen to be at work, and to have ended, with the page's own script in a real Chromium."""

import pytest
from playwright.sync_api import Page, Route, expect

from love_market.db import transaction
from tests import builders
from tests.conftest import on_sqlite_alone
from tests.flows.live import LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]

# Playwright's own click waits for the answer, which is held back here.
PRESS_UNTIL_IT_CHANGES = """button => new Promise((done) => {
  new MutationObserver(() => button.ariaBusy === "true" && done()).observe(button, { attributes: true });
  button.click();
})"""


def test_cards_are_being_made_until_their_file_is_here(browser_page: Page, live_server: LiveServer) -> None:
    with transaction() as session:
        village = builders.village(session, at=live_server.clock.at)
    live_server.sign_in(browser_page.context, village.recorder)
    browser_page.goto(f"/v/{village.code}/households/cards")
    make = browser_page.get_by_role("button", name="做新卡并下载")

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    browser_page.route("**/households/cards", hold)
    make.evaluate(PRESS_UNTIL_IT_CHANGES)
    with browser_page.expect_download() as saved:
        held.pop().continue_()
    assert saved.value.suggested_filename.endswith(".pdf")
    expect(make).not_to_have_attribute("aria-busy", "true")
