"""The reading pages in a real Chromium: at arm's length, read aloud, in nobody's way, nothing off the edge."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from love_market.db import new_id, transaction
from love_market.people.rules import Guard
from tests import builders
from tests.builders import Village
from tests.conftest import on_sqlite_alone
from tests.counter import made
from tests.flows.live import DESK, PHONE, LiveServer

pytestmark = pytest.mark.browser

# What Chromium here lacks is a voice: one that only remembers what it was given to say.
VOICE = """
window.said = [];
Object.defineProperty(window, "speechSynthesis", {
  value: { speak: (speech) => window.said.push(speech.text, speech.lang), cancel: () => window.said.push("stop") },
});
"""


@pytest.fixture
def lived_in(live_server: LiveServer) -> Village:
    """A village where the first household has 35 points and spent 14 of them."""
    at = live_server.clock.at
    with transaction() as session:
        village = builders.village(session, at=at)
        shop = made.shop(session, village, at)
        made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("陈醋", 2)], at, new_id())
    return village


@pytest.fixture
def phone(browser_page: Page, live_server: LiveServer, lived_in: Village) -> Page:
    """A phone at which the first household is signed in."""
    household = Guard.of_household(lived_in.market_id, lived_in.code, lived_in.households[0], "孔振明")
    live_server.sign_in(browser_page.context, household)
    browser_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return browser_page


def in_the_way(page: Page) -> list[str]:
    """Return what axe finds of weight, and whether the page runs off the edge."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    told = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]
    return told + ([f"{wide} px too wide"] if wide > 0 else [])


def size_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("element => parseFloat(getComputedStyle(element).fontSize)"))


def test_a_villager_reads_at_arms_length(phone: Page) -> None:
    phone.goto("/my")
    expect(phone.get_by_role("heading", name="我家现有")).to_be_visible()
    expect(phone.locator(".hero .points")).to_have_text("21分")
    assert size_of(phone, ".hero .points") >= 160
    assert size_of(phone, ".facts dt") >= 24
    assert in_the_way(phone) == []
    phone.get_by_role("link", name="特大字").click()
    assert size_of(phone, ".facts dt") >= 30
    assert in_the_way(phone) == []
    phone.reload()
    assert size_of(phone, ".facts dt") >= 30
    smallest = phone.evaluate(
        "Math.min(...[...document.querySelectorAll('main a, main button, footer button')]"
        ".filter((one) => one.offsetParent && !one.closest('p')).map((one) => one.getBoundingClientRect().height))"
    )
    assert smallest >= 54


def test_what_is_on_the_page_is_read_aloud(phone: Page) -> None:
    phone.add_init_script(VOICE)
    phone.goto("/my")
    button = phone.get_by_role("button", name="读给我听")
    button.click()
    told = phone.evaluate("window.said")
    assert told[0] == "stop"
    assert told[1].startswith("您家现在有 21 分。 做好事得的 35 分。 10月8日换货用了，减 14 分。")
    assert "现在能换陈醋 7 分" not in told[1], "the dearest come first"
    assert told[2] == "zh-CN"
    phone.get_by_role("button", name="停").click()
    assert phone.evaluate("window.said")[-1] == "stop"
    expect(phone.get_by_role("button", name="读给我听")).to_be_visible()


def test_without_a_voice_there_is_no_button(phone: Page) -> None:
    phone.add_init_script("delete Window.prototype.speechSynthesis; delete window.speechSynthesis;")
    phone.goto("/my")
    expect(phone.get_by_role("heading", name="我家现有")).to_be_visible()
    expect(phone.locator("#read-aloud")).to_be_hidden()


def test_signing_out_closes_the_page_for_the_next_one(phone: Page) -> None:
    phone.goto("/my")
    phone.get_by_role("button", name="看完了，退出").click()
    phone.goto("/my")
    expect(phone.get_by_text("孔**")).to_have_count(0)


@on_sqlite_alone
def test_nothing_stands_in_the_way_of_the_staff(browser_page: Page, live_server: LiveServer, lived_in: Village) -> None:
    here = f"/v/{lived_in.code}"
    live_server.sign_in(browser_page.context, lived_in.chair)
    paths = ["/how-to-check", "/?stay", *(here + path for path in ("/", "/books", "/books/4"))]
    paths.append(f"{here}/households/{lived_in.households[0]}/statement")
    for path in paths:
        for size in (PHONE, DESK):
            browser_page.set_viewport_size(size)  # type: ignore[arg-type]
            browser_page.goto(path)
            assert in_the_way(browser_page) == [], path


def test_the_chair_has_the_book_recomputed_by_one_press(
    browser_page: Page, live_server: LiveServer, lived_in: Village
) -> None:
    live_server.sign_in(browser_page.context, lived_in.chair)
    browser_page.goto(f"/v/{lived_in.code}/books")
    browser_page.get_by_role("button", name="核对全部账目").click()
    expect(browser_page.get_by_label("核讫")).to_be_visible()
    expect(browser_page.get_by_role("status").first).to_contain_text("每一个余额都对得上")


def test_the_statement_prints_whole(browser_page: Page, live_server: LiveServer, lived_in: Village) -> None:
    live_server.sign_in(browser_page.context, lived_in.grid_worker)
    browser_page.goto(f"/v/{lived_in.code}/households/{lived_in.households[0]}/statement")
    browser_page.evaluate("window.print = () => { document.title = '印了' }")
    browser_page.get_by_role("button", name="打印清单").click()
    expect(browser_page).to_have_title("印了")
    browser_page.emulate_media(media="print")
    expect(browser_page.get_by_text("领的人签字")).to_be_visible()
    expect(browser_page.locator(".paper-head")).to_contain_text("账首")
    expect(browser_page.locator(".masthead")).to_be_hidden()
