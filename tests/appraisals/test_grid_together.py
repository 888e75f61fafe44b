"""Two browsers on one grid, and a sheet longer than the screen: what is not in sight is there all the same."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from love_market.appraisals import queries, service
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.people.rules import Guard
from tests import builders
from tests.appraisals import stages
from tests.appraisals.hands import press, saved
from tests.appraisals.stages import AT, Q3
from tests.builders import Village
from tests.conftest import Clock, on_sqlite_alone
from tests.flows.live import DESK, PHONE, LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]

HOUSEHOLDS = 120


@pytest.fixture
def village(app: Flask, clock: Clock) -> Village:
    """A village of more households than a screen shows; last quarter everybody had 5 for the yard."""
    q2 = Quarter(2026, 2)
    with transaction() as session:
        village = builders.village(session, at=clock(), households=HOUSEHOLDS)
        stages.open_quarter(session, village, quarter=q2)
        stages.score(session, village, {at: {"tidy_yard": 5} for at in range(5)}, q2)
        service.submit(session, village.recorder, q2, at=AT)
        stages.open_quarter(session, village)
    return village


@pytest.fixture
def grid(village: Village, live_server: LiveServer, browser_page: Page) -> Page:
    """The recorder's grid, all rows there."""
    return opened(village, village.recorder, live_server, browser_page)


@pytest.fixture
def other(village: Village, live_server: LiveServer, browser: Browser) -> Iterator[Page]:
    """The chair's grid in another browser."""
    context = browser.new_context(viewport=DESK, base_url=live_server.url, locale="zh-CN")  # type: ignore[arg-type]
    yield opened(village, village.chair, live_server, context.new_page())
    context.close()


def opened(village: Village, who: Guard, live_server: LiveServer, page: Page) -> Page:
    live_server.sign_in(page.context, who)
    page.goto(f"/v/{village.code}/scores/{Q3}")
    expect(page.locator("[data-count=unfilled]")).to_have_text(str(HOUSEHOLDS))
    return page


def td(page: Page, number: str, column: int) -> Locator:
    row = page.locator("#grid tbody tr", has=page.locator(f"th:text-is('{number}')"))
    return row.locator("td:not(.pin)").nth(column)


def yard(village: Village, at: int) -> int | None:
    """What the database holds in a household's first cell."""
    with reading() as session:
        return queries.sheet(session, village.recorder, Q3).rows[at].cells[0].typed


def test_the_second_is_asked_and_both_see_what_is_decided(grid: Page, other: Page, village: Village) -> None:
    grid.context.set_offline(True)
    td(grid, "001", 0).click()
    press(grid, "5", "Enter", "4", "Enter")
    td(other, "001", 0).click()
    press(other, "3", "Enter", "2", "Enter")
    saved(other)
    grid.context.set_offline(False)
    asked = grid.locator("#asked")
    expect(asked).to_contain_text("有 2 格，别人也填了")
    expect(asked).to_contain_text("填了 3，你填的是 5")
    assert [yard(village, at) for at in (0, 1)] == [3, 2]
    expect(td(grid, "001", 0)).to_have_text("5")
    grid.locator("#submit").click()
    expect(grid.locator("#saved")).to_contain_text("先改好红框里的")
    asked.get_by_role("button", name="留他的 2").click()
    asked.get_by_role("button", name="用我的 5").click()
    expect(asked).to_be_hidden()
    saved(grid)
    assert [yard(village, at) for at in (0, 1)] == [5, 2]
    expect(td(grid, "002", 0)).to_have_text("2")
    expect(td(other, "001", 0)).to_have_text("5", timeout=15_000)
    td(other, "001", 0).click()
    expect(other.locator("#bar")).to_contain_text("赵记")


def test_the_last_household_is_reached_by_keyboard_edited_and_saved(grid: Page, village: Village) -> None:
    assert grid.locator("#grid tbody tr").count() < HOUSEHOLDS
    expect(grid.locator("#grid")).to_have_attribute("aria-rowcount", str(HOUSEHOLDS + 2))
    td(grid, "001", 0).click()
    press(grid, "Control+End", "Home", "5", "Enter")
    saved(grid)
    last = grid.locator("#grid tbody tr").last
    expect(last).to_have_attribute("aria-rowindex", str(HOUSEHOLDS + 2))
    with reading() as session:
        rows = queries.sheet(session, village.recorder, Q3).rows
    assert [row.household.number for row in rows if row.cells[0].typed == 5] == [rows[-1].household.number]
    grid.locator("#scroll").evaluate("(box) => { box.scrollTop = 0; }")
    expect(td(grid, "001", 0)).to_be_visible()
    press(grid, "ArrowUp", "4", "Enter")  # the focus was kept for the cell out of sight
    saved(grid)
    assert yard(village, HOUSEHOLDS - 2) == 4


def test_a_search_leads_to_a_household_and_filters_to_a_group(grid: Page) -> None:
    td(grid, "001", 0).click()
    press(grid, "Control+f")
    grid.keyboard.type("88")
    press(grid, "Enter")
    expect(td(grid, "088", 0)).to_be_focused()
    grid.locator("#of-group").select_option("二组")
    expect(grid.locator("#grid")).to_have_attribute("aria-rowcount", str(HOUSEHOLDS // 2 + 2))
    expect(td(grid, "001", 0)).to_have_count(0)
    grid.locator("#search").fill("001")
    expect(td(grid, "001", 0)).to_be_visible()
    grid.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(grid.locator(".one-head h2")).to_contain_text("001")


def test_what_is_out_of_line_with_last_quarter_is_marked_and_undone_one_by_one(grid: Page, village: Village) -> None:
    td(grid, "001", 0).click()
    press(grid, "2", "0", "Enter")
    saved(grid)  # two that follow at once are one change
    press(grid, "5", "Enter")
    saved(grid)
    expect(td(grid, "001", 0).locator(".apart")).to_have_text("▲")
    expect(td(grid, "002", 0).locator(".apart")).to_have_count(0)
    expect(grid.locator("[data-count=apart]")).to_have_text("1")
    td(grid, "001", 0).click()
    expect(grid.locator("#bar")).to_contain_text("上季 5 分")
    for left in ([20, None], [None, None]):
        press(grid, "Control+z")
        expect(td(grid, "002" if left[0] else "001", 0)).to_have_class("edge is-missing")
        expect(grid.locator("#saved")).to_contain_text("撤销了 1 户")
        assert [yard(village, at) for at in (0, 1)] == left


def test_what_was_not_sent_is_taken_up_by_the_next_page_and_asked_where_somebody_entered_meanwhile(
    grid: Page, other: Page, village: Village
) -> None:
    grid.context.set_offline(True)
    td(grid, "001", 0).click()
    press(grid, "5", "Enter", "4", "Enter")
    expect(grid.locator("#saved")).to_contain_text("2 格还没存")
    td(other, "002", 0).click()
    press(other, "2", "Enter")
    saved(other)
    grid.on("dialog", lambda dialog: dialog.accept())
    grid.goto("about:blank")
    grid.context.set_offline(False)
    grid.goto(f"/v/{village.code}/scores/{Q3}")
    asked = grid.locator("#asked")
    expect(asked).to_contain_text("石主 09:00")
    expect(asked).to_contain_text("填了 2，你填的是 4")
    assert [yard(village, at) for at in (0, 1)] == [5, 2]
    grid.reload()  # the one that is asked about is not forgotten either
    expect(asked).to_contain_text("填了 2，你填的是 4")
    asked.get_by_role("button", name="留他的 2").click()
    assert grid.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('unsent:'))") == []
    grid.reload()
    expect(grid.locator("#grid[data-ready]")).to_be_attached()
    expect(asked).to_be_hidden()


def test_signing_out_asks_before_it_forgets_what_was_not_sent(
    grid: Page, village: Village, live_server: LiveServer
) -> None:
    said: list[str] = []

    def answer(dialog: Dialog) -> None:
        said.append(dialog.message)
        if len(said) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    grid.on("dialog", answer)
    grid.route("**/cells", lambda route: route.abort())
    td(grid, "001", 0).click()
    press(grid, "5", "Enter")
    expect(grid.locator("#saved")).to_contain_text("1 格还没存")
    grid.locator(".who summary").click()
    grid.get_by_role("button", name="退出").click()
    expect(grid.locator("#saved")).to_contain_text("1 格还没存")
    assert said == ["这台设备上还有 1 格分没存上，退出就没有了。还退出吗？"]
    grid.get_by_role("button", name="退出").click()
    grid.wait_for_url("**/sign-in**")
    grid.unroute("**/cells")
    opened(village, village.recorder, live_server, grid)
    assert yard(village, 0) is None
    expect(td(grid, "001", 0)).to_have_class("edge is-missing")
