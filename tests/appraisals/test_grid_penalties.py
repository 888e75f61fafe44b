"""Penalties in the score grid: one that is typed leads to where it is recorded, and none leaves a row unfilled."""

import pytest
from playwright.sync_api import Page, expect

from love_market.appraisals import queries, service
from love_market.db import reading, transaction
from tests import penalties
from tests.appraisals import stages
from tests.appraisals.hands import entered, press, saved, td
from tests.appraisals.stages import Q3
from tests.builders import Village
from tests.conftest import on_sqlite_alone

pytestmark = [pytest.mark.browser, on_sqlite_alone]


def test_a_typed_penalty_leads_to_where_it_is_recorded_and_holds_nobody_up(grid: Page, village: Village) -> None:
    with reading() as session:
        codes = [rule.code for rule in queries.sheet(session, village.recorder, Q3).rules]
    dumping = td(grid, 0, codes.index("dumping"))
    dumping.click()
    press(grid, "-", "1", "0", "Enter")
    expect(grid.locator("#saved")).to_contain_text("1 格没有存")
    dumping.click()
    way = grid.locator("#bar").get_by_role("link", name="去记这条扣分")
    where = f"/v/{village.code}/penalties/new?household={village.households[0]}&rule=dumping&points=-10"
    expect(way).to_have_attribute("href", where)
    grid.locator("#submit").click()
    grid.wait_for_url("**/submit")


def test_the_rest_with_a_penalty_that_could_not_be_typed_leaves_nothing_missing(grid: Page, village: Village) -> None:
    with reading() as session:
        codes = [rule.code for rule in queries.sheet(session, village.recorder, Q3).rules]
    dumping = td(grid, 0, codes.index("dumping"))
    dumping.click()
    press(grid, "-", "1", "0", "Enter")
    expect(grid.locator("#saved")).to_contain_text("1 格没有存")
    td(grid, 0, 0).click()
    press(grid, "5", "Tab", "7", "Tab", "ArrowLeft", "Delete", "Control+Enter")  # a blank on its way is blank too
    expect(grid.locator("#grid tbody tr").first.locator(".pin-4")).to_have_text("5")
    expect(grid.locator("[data-count=partly]")).to_have_text("0")
    expect(dumping).to_have_text("-10")
    dumping.click()
    expect(grid.locator("#bar").get_by_role("link", name="去记这条扣分")).to_be_visible()
    found = entered(village, 0)
    assert len(found) == len(codes)
    assert {code: points for code, points in found.items() if points} == {"tidy_yard": 5}


def test_a_standing_penalty_that_counts_elsewhere_leaves_the_row_filled(grid: Page, village: Village) -> None:
    with transaction() as session:
        penalties.standing(session, village, stages.AT)
        stages.open_quarter(session, village, quarter=Q3.next())
    grid.reload()
    td(grid, 0, 0).click()
    press(grid, "5", "Control+Enter")
    saved(grid)
    expect(grid.locator("#grid tbody tr").first.locator(".pin-4")).to_have_text("0")
    with transaction() as session:
        stages.score(session, village, {0: {"tidy_yard": 5}}, Q3.next())
        service.submit(session, village.recorder, Q3.next(), at=stages.AT)
    grid.reload()
    expect(grid.locator("#grid tbody tr").first.locator(".pin-4")).to_have_text("5")
