import pytest
from playwright.sync_api import Page, expect

from love_market.db import transaction
from tests.appraisals import stages
from tests.appraisals.stages import Q3
from tests.builders import Village
from tests.flows.live import LiveServer


@pytest.fixture
def grid(village: Village, live_server: LiveServer, browser_page: Page) -> Page:
    """The recorder's grid of an open quarter with nothing entered."""
    with transaction() as session:
        stages.open_quarter(session, village)
    live_server.sign_in(browser_page.context, village.recorder)
    browser_page.goto(f"/v/{village.code}/scores/{Q3}")
    expect(browser_page.locator("[data-count=unfilled]")).to_have_text("12")
    return browser_page
