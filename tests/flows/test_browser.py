"""One quarter in a real Chromium, by the people who do it: keyboard, seal, sheet, camera, typed code, a phone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from love_market.db import transaction
from love_market.people import service as people
from love_market.people.rules import Guard, Role
from tests import papers
from tests.browser import film, launch_options
from tests.flows import deciding
from tests.flows.live import DESK, PHONE, LiveServer
from tests.flows.story import PASSWORD, Q3, VILLAGE, Story, begin
from tests.flows.visitor import Visitor
from tests.plays.books import redemptions_that_do_not_match, sums_of
from tests.plays.shell import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOUSEHOLDS = 20
BEFORE_LABOUR = 8
"""So many columns stand between 庭院整洁 and 义务劳动."""
POINTS = 5 + 16


@pytest.fixture
def story(live_server: LiveServer, clock: Any) -> Story:  # noqa: ANN401 the clock of tests/conftest.py
    return begin(live_server.app, clock, HOUSEHOLDS)


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
        sheet = issue_and_download(story, recorder, books, tmp_path)
    camera, _code = in_front_of_the_camera(sheet, tmp_path)
    redeem_what_the_camera_sees(story, browser, live_server, books, camera)
    redeem_what_is_typed(story, browser, live_server, books)
    read_the_statement(story, browser, live_server, books)


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


def issue_and_download(story: Story, recorder: Page, books: Installation, folder: Path) -> bytes:
    """Issue the vouchers and take the sheet home; return it."""
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
    return sheet


def receive_salt(story: Story, clerk: Page, books: Installation) -> None:
    """Take forty bags of salt onto the shelf."""
    clerk.goto(story.at("/stock/receive"))
    told = {"code": "食盐", "quantity": "40", "unit_cost": "2", "expires_on": "2027-10-01"}
    for name, value in told.items():
        clerk.locator(f"[name={name}]").fill(value)
    clerk.get_by_role("button", name="记下入库").click()
    expect(clerk.get_by_role("main")).to_contain_text("今天入库 1 批")
    assert sums_of(books).goods["shelf"] == 40


def in_front_of_the_camera(sheet: bytes, folder: Path) -> tuple[Path, str]:
    """Hold the sheet's first voucher before the camera; return the film, and what its code says."""
    picture = papers.pictures(sheet, folder, 200)[0]
    with Image.open(picture) as image:
        found = zxingcpp.read_barcodes(image)[0]
        corners = (found.position.top_left, found.position.bottom_right)
        x, y = (sum(corner.x for corner in corners) // 2, sum(corner.y for corner in corners) // 2)
        frame = image.crop((x - 320, y - 240, x + 320, y + 240)).resize((640, 480))
        return film(frame, folder / "camera.mjpeg"), found.text


def redeem_what_the_camera_sees(
    story: Story, browser: Browser, live: LiveServer, books: Installation, camera: Path
) -> None:
    """The camera, allowed before, opens by itself; the clerk taps salt three times, and hands it out."""
    chromium = browser.browser_type.launch(**launch_options(camera))
    with sitting_at(chromium, live, "clerk", permissions=["camera"]) as clerk:
        receive_salt(story, clerk, books)
        clerk.goto(story.at("/counter"))
        expect(clerk.locator("#holder-points")).to_have_text(str(POINTS))
        put_salt_in(clerk, 3)
        hand_out(clerk)
        assert (sums_of(books).points["redeemed"], sums_of(books).goods["given"]) == (6, 3)
    chromium.close()


def redeem_what_is_typed(story: Story, browser: Browser, live: LiveServer, books: Installation) -> None:
    """Without a camera: the short code is typed with a slip, told, typed again; the rest of the voucher is spent."""
    code = books.value("SELECT short_code FROM voucher WHERE state = 'handed_over'")
    with sitting_at(browser, live, "clerk") as clerk:
        clerk.goto(story.at("/counter"))
        clerk.locator("#code").fill(code[:-1] + ("2" if code[-1] != "2" else "3"))
        clerk.keyboard.press("Enter")
        expect(clerk.get_by_role("alert")).to_contain_text("短码")
        clerk.locator("#code").fill(code.lower())
        clerk.keyboard.press("Enter")
        expect(clerk.locator("#holder-points")).to_have_text(str(POINTS - 6))
        put_salt_in(clerk, 7)
        hand_out(clerk)
    assert (sums_of(books).points["redeemed"], sums_of(books).goods["given"]) == (20, 10)
    assert redemptions_that_do_not_match(books) == []


def put_salt_in(clerk: Page, bags: int) -> None:
    for _ in range(bags):
        clerk.locator("#goods button", has_text="食盐").click()


def hand_out(clerk: Page) -> None:
    """Press the one red button and read the seal."""
    clerk.locator("#go").click()
    clerk.wait_for_url("**/redemptions/*")
    expect(clerk.get_by_role("img", name="已成交")).to_be_visible()
    expect(clerk.get_by_role("main")).to_contain_text("食盐")


def read_the_statement(story: Story, browser: Browser, live: LiveServer, books: Installation) -> None:
    """The villager whose voucher it was holds the card before a phone, types the six digits, and reads."""
    (household_id,) = books.rows("SELECT household_id FROM voucher WHERE state = 'handed_over'")[0]
    with transaction() as session:
        recorder = Guard.of_staff(story.market_id, VILLAGE, story.staff["recorder"], "赵记", Role.RECORDER)
        card = people.issue_card(session, recorder, household_id, at=story.clock.at)
    with sitting_at(browser, live, "", PHONE) as villager:
        villager.goto(f"/C/{card.card_key}")
        villager.locator("[name=pin]").fill(card.pin)
        villager.get_by_role("button", name="看我家的积分").click()
        villager.wait_for_url("**/my")
        page = villager.get_by_role("main")
        expect(page.get_by_role("heading", name=f"{card.household.head_name[0]}** 家")).to_be_visible()
        expect(page).to_contain_text(re.compile(rf"我家现有\s*{POINTS - 20}\s*分"))
        expect(page).to_contain_text(re.compile(rf"第三季度.*{POINTS}", re.DOTALL))
        expect(page).to_contain_text("食盐")
        fits = villager.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert fits, "the statement is wider than the phone"
