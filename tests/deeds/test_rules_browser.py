"""The rule editor in a real Chromium: what its script does, and nothing in anybody's way."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from love_market.db import reading, transaction
from love_market.deeds import queries
from tests import builders
from tests.builders import Village, adopt_catalogue
from tests.conftest import on_sqlite_alone
from tests.flows.live import PHONE, LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]


@pytest.fixture
def editor(browser_page: Page, live_server: LiveServer) -> tuple[Page, Village]:
    """The chair in the editor of a village with the catalogue adopted."""
    with transaction() as session:
        village = builders.village(session, at=live_server.clock.at)
        adopt_catalogue(session, village.chair, at=live_server.clock.at)
    live_server.sign_in(browser_page.context, village.chair)
    browser_page.goto(f"/v/{village.code}/rules/new")
    return browser_page, village


def test_a_veto_is_written_in_a_row_that_was_added_and_adopted_by_a_meeting(editor: tuple[Page, Village]) -> None:
    page, village = editor
    rows = page.locator("[data-rows] tr")
    before = rows.count()
    page.get_by_role("button", name="再加一条").click()
    expect(rows).to_have_count(before + 1)
    row = rows.last
    row.get_by_label("分", exact=True).fill("5")
    row.get_by_label("类别").select_option("一票否决")
    expect(row.get_by_label("分", exact=True)).to_have_value("")
    expect(row.get_by_label("分", exact=True)).not_to_be_editable()
    expect(row.get_by_label("多久")).to_have_value("days")
    row.get_by_label("名称").fill("违法犯罪")
    row.get_by_label("封顶").fill("365")
    page.get_by_role("button", name="看改了什么").click()
    expect(page.get_by_text("365 天后解除")).to_be_visible()
    page.get_by_role("button", name="通过第 2 版").click()
    expect(page.get_by_role("alert")).to_contain_text("请填到会多少人。")
    for label, number in (("村民代表一共", "30"), ("到会", "20"), ("赞成", "11"), ("反对", "9")):
        page.get_by_label(label, exact=True).fill(number)
    page.get_by_label("哪一天开的会").fill("2026-10-08")
    page.get_by_role("button", name="通过第 2 版").dblclick()
    expect(page.get_by_role("status").first).to_contain_text("新一版细则通过了")
    with reading() as session:
        assert [each.number for each in queries.versions(session, village.chair)] == [2, 1]
        standing = queries.version(session, village.chair, 2)
        assert [each.days for each in queries.veto_rules(session, village.chair, standing.id)] == [365]


def test_nothing_serious_stands_in_anybodys_way(editor: tuple[Page, Village]) -> None:
    page, village = editor
    at = f"/v/{village.code}/rules"
    for path in (at, f"{at}/begin", f"{at}/model", f"{at}/new"):
        page.goto(path)
        for size in (PHONE, page.viewport_size):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            found = Axe().run(page).response["violations"]
            weighty = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
            assert weighty == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
