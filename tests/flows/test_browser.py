"""One quarter in a real Chromium, by the people who do it: keyboard, seal, sheet, camera, typed code, a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import papers
from tests.flows import deciding
from tests.flows.live import DESK, LiveServer
from tests.flows.story import PASSWORD, Q3, Story, begin
from tests.flows.visitor import Visitor
from tests.plays.books import sums_of
from tests.plays.shell import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOUSEHOLDS = 20
BEFORE_LABOUR = 8
"""So many columns stand between 庭院整洁 and 义务劳动."""
POINTS = 5 + 16


@pytest.fixture
def story(live_server: LiveServer, clock: Any) -> Story:  # noqa: ANN401 the clock of tests/conftest.py
    return begin(live_server.app, clock, HOUSEHOLDS)


@pytest.fixture
def books(story: Story, tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_quarter_as_everybody_sees_it(
    story: Story, books: Installation, live_server: LiveServer, browser: Browser, tmp_path: Path
) -> None:
    by_http = story.comes("recorder")
    deciding.take_the_roster_in(story, by_http, books)
    with sitting_at(browser, live_server, "recorder") as recorder:
        enter_scores(story, recorder, books)
        meet_and_publish(story, by_http, books)
        with sitting_at(browser, live_server, "chair") as chair:
            confirm(story, chair, books)
        issue_and_download(story, recorder, books, tmp_path)


@contextmanager
def sitting_at(
    browser: Browser, live: LiveServer, name: str, size: dict[str, int] | None = None, **more: object
) -> Iterator[Page]:
    """Let somebody sign in; a script's error, or something our own policy forbids, fails the story."""
    context = browser.new_context(viewport=size or DESK, base_url=live.url, locale="zh-CN", **more)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
    if name:
        page.goto("/sign-in")
        page.locator("[name=sign_in_name]").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()
    assert not wrong, wrong


def enter_scores(story: Story, recorder: Page, books: Installation) -> None:
    """Open the quarter and type two scores a household, twenty households, without touching the mouse."""
    recorder.goto(story.at("/quarters/open"))
    recorder.get_by_role("button", name="开季度").click()
    recorder.wait_for_url(f"**/scores/{Q3}")
    recorder.locator("#grid tbody tr td:not(.pin)").first.focus()
    for _ in range(HOUSEHOLDS):
        for key in ("5", *["Tab"] * BEFORE_LABOUR, "1", "6", "Enter"):
            recorder.keyboard.press(key)
    expect(recorder.locator("[data-filled]")).to_have_text(str(HOUSEHOLDS))
    expect(recorder.locator("#saved")).to_contain_text("已保存")
    expect(recorder.locator(".is-unsaved")).to_have_count(0)
    assert books.rows("SELECT count(*), sum(points) FROM score") == [(2 * HOUSEHOLDS, POINTS * HOUSEHOLDS)]
    assert books.value("SELECT count(DISTINCT household_id) FROM score") == HOUSEHOLDS
    recorder.reload()
    expect(recorder.locator("#grid tbody tr").last.locator("td:not(.pin)").nth(BEFORE_LABOUR)).to_have_text("16")
    recorder.goto(story.at(f"/scores/{Q3}/submit"))
    recorder.get_by_role("button", name="提交评议").click()
    expect(recorder.get_by_role("main")).to_contain_text("评议")
    assert books.rows("SELECT state FROM appraisal") == [("deliberating",)]


def meet_and_publish(story: Story, recorder: Visitor, books: Installation) -> None:
    deciding.meet(story, recorder, books)
    deciding.publish(story, recorder, books)
    story.is_now(10, 15, 18, 1)


def confirm(story: Story, chair: Page, books: Installation) -> None:
    """The chair sees how many points it comes to, presses the one red button, and sees the seal."""
    chair.goto(story.at(f"/quarters/{Q3}/confirm"))
    expect(chair.get_by_role("main")).to_contain_text(str(POINTS * HOUSEHOLDS))
    chair.get_by_role("button", name="确认认定").click()
    expect(chair.locator(".sealed")).to_be_visible()
    expect(chair.locator(".sealed")).to_contain_text(f"{HOUSEHOLDS} 户")
    assert sums_of(books).awarded == POINTS * HOUSEHOLDS


def issue_and_download(story: Story, recorder: Page, books: Installation, folder: Path) -> list[str]:
    """Issue the vouchers and take the sheet home; return what its codes say."""
    story.later(60)
    recorder.goto(story.at(f"/vouchers/issue/{Q3}"))
    recorder.get_by_role("button", name="确认发券").click()
    expect(recorder.get_by_role("main")).to_contain_text(f"券已发出，共 {HOUSEHOLDS} 张")
    with recorder.expect_response("**/sheet.pdf") as opened:
        recorder.get_by_role("link", name="打印积分券").click()
    assert opened.value.header_value("content-type") == "application/pdf"
    sheet = recorder.request.get(opened.value.url).body()
    codes = [code for page in papers.pictures(sheet, folder, 150) for code in papers.codes_by_zxing(page)]
    assert len(set(codes)) == HOUSEHOLDS
    assert sums_of(books).points["voucher"] == POINTS * HOUSEHOLDS
    return codes
