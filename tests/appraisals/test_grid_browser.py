"""The score grid in a real Chromium: keys, clipboard, saving through a lost network, undo, and on a phone."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from love_market.appraisals import queries, service
from love_market.db import reading, transaction
from tests.appraisals import stages
from tests.appraisals.hands import copied, entered, press, put_on_clipboard, saved, td
from tests.appraisals.stages import Q3
from tests.builders import Village
from tests.flows.live import PHONE

pytestmark = pytest.mark.browser


def test_a_row_is_typed_with_tab_and_enter_and_saves_itself(grid: Page, village: Village) -> None:
    td(grid, 0, 0).click()
    press(grid, "5", "Tab", "Tab", "9", "Tab", "1", "0", "Enter", "3", "ArrowDown", "4", "Enter")
    saved(grid)
    assert entered(village, 0) == {"tidy_yard": 5, "waste_sorting": 9, "village_cleanup": 10}
    assert (entered(village, 1), entered(village, 2)) == ({"tidy_yard": 3}, {"tidy_yard": 4})
    expect(grid.locator("[data-filled]")).to_have_text("3")
    expect(grid.locator("#grid tbody tr").first.locator(".pin-4")).to_have_text("缺项")


def test_the_rest_of_a_row_is_filled_with_zero_and_its_sum_shows(grid: Page, village: Village) -> None:
    td(grid, 0, 0).click()
    press(grid, "5", "Control+Enter")
    saved(grid)
    expect(grid.locator("#grid tbody tr").first.locator(".pin-4")).to_have_text("5")
    expect(td(grid, 1, 0)).to_be_focused()
    assert set(entered(village, 0).values()) == {5, 0}
    expect(td(grid, 0, 1)).to_have_text("·")


def test_a_column_is_typed_downwards_and_mended_with_escape_f2_and_delete(grid: Page, village: Village) -> None:
    td(grid, 0, 2).click()
    for _ in range(12):
        press(grid, "6", "Enter")
    td(grid, 0, 2).click()
    press(grid, "9", "Escape")
    expect(td(grid, 0, 2)).to_have_text("6")
    press(grid, "F2", "End", "Backspace", "3", "Enter")
    td(grid, 1, 2).click()
    press(grid, "Delete")
    saved(grid)
    assert [entered(village, at).get("waste_sorting") for at in range(4)] == [3, None, 6, 6]


def test_a_capped_cell_shows_what_counts_and_the_bar_says_why(grid: Page, village: Village) -> None:
    td(grid, 0, 0).click()
    press(grid, "1", "2", "Enter")
    saved(grid)
    press(grid, "ArrowUp")
    expect(td(grid, 0, 0)).to_have_text("5")
    expect(grid.locator("#bar")).to_contain_text("填了 12 分，只算 5 分")
    expect(grid.locator("[data-count=capped]")).to_have_text("1")
    grid.locator("[data-filter=capped]").click()
    expect(grid.locator("#grid tbody tr:visible")).to_have_count(1)


def test_a_bad_cell_keeps_what_was_typed_and_the_bar_says_why(grid: Page, village: Village) -> None:
    td(grid, 0, 0).click()
    press(grid, "1", ".", "5", "Tab", "-", "3", "Enter")
    expect(grid.locator("#saved")).to_contain_text("2 格没有存")
    expect(td(grid, 0, 0)).to_have_text("1.5")
    expect(td(grid, 0, 1)).to_have_text("-3")
    td(grid, 0, 0).click()
    expect(grid.locator("#bar")).to_contain_text("“1.5”不是整数")
    td(grid, 0, 1).click()
    expect(grid.locator("#bar")).to_contain_text("美丽庭院是加分项")
    assert entered(village, 0) == {}
    grid.locator("#submit").click()
    expect(grid.locator("#saved")).to_contain_text("先改好红框里的")
    td(grid, 0, 0).click()
    press(grid, "5", "Tab", "0", "Enter")
    saved(grid)
    assert entered(village, 0) == {"tidy_yard": 5, "beautiful_yard": 0}


def test_a_block_from_wps_is_pasted_copied_and_undone(grid: Page, village: Village) -> None:
    td(grid, 1, 0).click()
    put_on_clipboard(grid, '5\t15\t"9"\r\n3\t\t６\r\n')
    saved(grid)
    assert entered(village, 1) == {"tidy_yard": 5, "beautiful_yard": 15, "waste_sorting": 9}
    assert entered(village, 2) == {"tidy_yard": 3, "waste_sorting": 6}
    press(grid, "Shift+ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight")
    assert copied(grid) == "5\t15\t9\r\n3\t\t6"
    press(grid, "Control+z")
    expect(grid.locator("#saved")).to_contain_text("撤销了 2 户")
    assert (entered(village, 1), entered(village, 2)) == ({}, {})
    expect(grid.locator("#undo")).to_be_disabled()


def test_one_number_fills_a_marked_block_and_what_hangs_over_is_told(grid: Page, village: Village) -> None:
    td(grid, 10, 0).click()
    press(grid, "Shift+ArrowDown")
    put_on_clipboard(grid, "5")
    saved(grid)
    assert [entered(village, at) for at in (10, 11)] == [{"tidy_yard": 5}, {"tidy_yard": 5}]
    td(grid, 11, 0).click()
    put_on_clipboard(grid, "4\n3\n2")
    expect(grid.locator("#saved")).to_contain_text("表外的 2 格没有贴")
    saved(grid)
    assert entered(village, 11) == {"tidy_yard": 4}


def test_what_a_spreadsheet_shows_is_read_and_what_is_refused_is_found_again(grid: Page, village: Village) -> None:
    grid.locator("[data-filter=capped]").click()
    expect(grid.locator("#saved")).to_contain_text("没有这样的户")
    grid.locator("[data-filter=all]").click()
    td(grid, 7, 0).click()
    press(grid, "2", "Enter")
    td(grid, 1, 0).click()
    put_on_clipboard(grid, "5.0\t１０\t5分\n3\t√\n\n\n4\t\t十\n\t\t\n\n")
    expect(grid.locator("#saved")).to_contain_text("2 格没有存")
    assert entered(village, 1) == {"tidy_yard": 5, "beautiful_yard": 10, "waste_sorting": 5}
    assert [entered(village, at) for at in (2, 5, 7)] == [{"tidy_yard": 3}, {"tidy_yard": 4}, {"tidy_yard": 2}]
    grid.locator("[data-filter=capped]").click()
    for text in ("√", "十", "√"):
        grid.get_by_role("button", name="下一格").click()
        expect(grid.locator("td:focus")).to_have_text(text)
    press(grid, "Delete")
    expect(grid.locator("#saved")).to_contain_text("1 格没有存")


def test_what_could_not_be_sent_waits_and_is_saved_once(grid: Page, village: Village) -> None:
    grid.context.set_offline(True)
    td(grid, 0, 0).click()
    press(grid, "5", "Enter")
    expect(grid.locator("#saved")).to_contain_text("1 格还没存")
    expect(td(grid, 0, 0)).to_have_class("edge is-unsaved")
    press(grid, "4", "Enter")
    grid.context.set_offline(False)
    saved(grid)
    assert [entered(village, at) for at in (0, 1)] == [{"tidy_yard": 5}, {"tidy_yard": 4}]


def test_a_lost_answer_is_asked_for_again_under_the_same_key(grid: Page, village: Village) -> None:
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        keys.append(json.loads(route.request.post_data or "")["key"])
        if len(keys) == 1:
            route.fetch()  # it arrives, its answer does not
            route.abort()
        else:
            route.continue_()

    grid.route("**/cells", lose_the_first)
    td(grid, 0, 0).click()
    press(grid, "5", "Enter")
    saved(grid)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    with reading() as session:
        assert queries.appraisal(session, village.recorder, Q3).revision == 1


def test_a_sheet_that_closed_meanwhile_says_so_and_keeps_the_typed(grid: Page, village: Village) -> None:
    with transaction() as session:
        service.submit(session, village.recorder, Q3, at=stages.AT)
    td(grid, 0, 0).click()
    press(grid, "5", "Enter")
    expect(grid.locator("#saved")).to_contain_text("已经提交评议，不能再改分")
    expect(td(grid, 0, 0)).to_have_text("5")
    grid.on("dialog", lambda dialog: dialog.accept())
    grid.reload()
    expect(grid.locator("#saved")).to_contain_text("不能再改分")
    expect(grid.locator("#saved")).to_contain_text("上次没存上的 1 格没有送出，还留在这台设备上")
    td(grid, 0, 0).click()
    press(grid, "5")
    expect(grid.locator("#grid input")).to_have_count(0)


def test_on_a_phone_one_household_at_a_time(grid: Page, village: Village) -> None:
    grid.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(grid.locator(".one-head h2")).to_have_text("001 孔振明")
    first = grid.locator(".one-rule").first
    first.get_by_role("button", name="加 庭院整洁").click()
    first.get_by_role("button", name="加 庭院整洁").click()
    expect(first).to_contain_text("填了 10 分，只算 5 分")
    grid.locator(".one-rule").nth(2).locator("input").fill("6")
    press(grid, "Tab")
    grid.get_by_role("button", name="减 乱倒垃圾").click()
    expect(grid.locator("#saved")).to_contain_text("1 格没有存")
    expect(grid.locator(".one-head .points")).to_have_text("11 分")
    way = grid.locator(".one-told").get_by_role("link", name="去记这条扣分").get_attribute("href")
    assert way == f"/v/{village.code}/penalties/new?household={village.households[0]}&rule=dumping&points=-10"
    grid.locator(".one-rule", has_text="乱倒垃圾").locator("input").fill("0")
    press(grid, "Tab")
    saved(grid)
    grid.get_by_role("button", name="这户其余填 0").click()
    expect(grid.locator(".one-head h2")).to_have_text("002 姚改")
    saved(grid)
    found = entered(village, 0)
    assert (found["tidy_yard"], found["waste_sorting"], found["dumping"], found["assembly"]) == (10, 6, 0, 0)
    assert grid.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
