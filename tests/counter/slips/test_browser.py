"""Slips typed in a real Chromium by the keyboard alone, and nothing in anybody's way on any of the pages."""

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from love_market.counter.slips import service
from love_market.counter.slips.rules import State
from love_market.db import transaction
from love_market.vouchers import loss
from tests.conftest import on_sqlite_alone
from tests.counter.hands import left, redemptions
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.made import typing
from tests.flows.live import DESK, PHONE, LiveServer

pytestmark = pytest.mark.browser


def at_field(page: Page, name: str) -> None:
    """Look that the cursor stands in a field; a page that has just come puts it there with its first picture."""
    expect(page.locator(f"[name={name}]")).to_be_focused()


def keys(page: Page, fields: Sequence[tuple[str, str]]) -> None:
    """Type each field and go on with Enter; the cursor stands in each before it is typed."""
    for name, typed in fields:
        at_field(page, name)
        if name == "relation":
            page.keyboard.press("ArrowDown")
        elif typed:
            page.keyboard.type(typed)
        if (name, typed) == fields[-1]:
            with page.expect_navigation():
                page.keyboard.press("Enter")
        else:
            page.keyboard.press("Enter")


def slip(code: str, noodles: str, total: str, day: str = "10-8") -> list[tuple[str, str]]:
    """Return what is typed of a slip with vinegar and noodles; its number stands there already."""
    return [
        ("number", ""),
        ("day", day),
        ("voucher", code),
        ("good_1", "醋"),
        ("quantity_1", "1"),
        ("points_1", "7"),
        ("good_2", "挂面"),
        ("quantity_2", noodles),
        ("points_2", "8"),
        ("good_3", ""),  # an empty line is passed over
        ("total", total),
        ("proxy", ""),
    ]


def in_the_way(page: Page) -> list[str]:
    """Return what axe finds of weight, and whether the page runs off the edge."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    told = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]
    return told + ([f"{wide} px too wide"] if wide > 0 else [])


def test_slips_are_typed_twice_by_the_keyboard_alone(desk: Page, served: Shop) -> None:
    page = desk
    page.goto(f"/v/{served.village.code}/counter/slips")
    page.get_by_label("多少张").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="停电本 停0001 到 停0010")).to_be_visible()
    page.get_by_role("link", name="录单子").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    codes = [voucher.short_code for voucher in served.vouchers]
    keys(page, slip(codes[0], "2", "23"))
    expect(page.get_by_text("停0001 录好第一遍：孔**的券")).to_be_visible()
    expect(page.get_by_label("单号")).to_have_value("0002")
    by_proxy = [("proxy", "王五"), ("relation", "配偶")]
    keys(page, [*slip(codes[1], "1", "15", day="")[:-1], *by_proxy])  # the day stands there from the slip before
    expect(page.get_by_label("单号")).to_have_value("0003")

    page.get_by_role("link", name="第二遍").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_label("单号")).to_have_value("0001")
    expect(page.get_by_label("日期")).to_have_value("")
    keys(page, slip(codes[0], "2", "23"))
    expect(page.get_by_text("停0001 两遍一样，已入账")).to_be_visible()
    expect(page.get_by_label("单号")).to_have_value("0002")
    keys(page, [*slip(codes[1], "2", "23")[:-1], *by_proxy])

    # They differ in the noodles and the total: a key chooses the first of each, Enter decides.
    expect(page.get_by_role("heading", name="停0002")).to_be_visible()
    for which in range(2):
        page.locator("fieldset").nth(which).locator("input").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("已记入账本第")).to_be_visible()
    expect(page.get_by_text("王五，配偶")).to_be_visible()
    assert [(one.total_points, one.pieces) for one in redemptions(served)] == [(23, 3), (15, 2)]
    assert (left(served, 0), left(served, 1)) == (12, 5)


@on_sqlite_alone
def test_nothing_stands_in_anybodys_way(desk: Page, served: Shop, live_server: LiveServer) -> None:
    page, at, place = desk, live_server.clock.at, f"/v/{served.village.code}/counter/slips"
    page.goto(place)
    assert in_the_way(page) == []
    pad = made.pad(served, at, 10)
    for number in (2, 4, 5):
        made.first(served, pad, number, typing(served, ("食盐", 1)), at)
    made.second(served, pad, 4, typing(served, ("食盐", 2)), at)
    with transaction() as session:
        service.spoil(session, served.village.clerk, pad.id, 6, reason="撕破了", at=at)
        loss.freeze(session, served.village.chair, served.vouchers[0].id, reason="丢了", at=at)
    assert made.second(served, pad, 5, typing(served, ("食盐", 1)), at) is State.WAITING
    made.twice(served, pad, [8], typing(served, ("食盐", 1), voucher=1), at)
    pages = ("", f"/pads/{pad.id}", f"/pads/{pad.id}/first", f"/pads/{pad.id}/second", f"/pads/{pad.id}/spoil")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in (*pages, "/2", "/4", "/5", "/6", "/8", "/5/over"):
            page.goto(place + path)
            assert in_the_way(page) == [], path
    page.goto(f"{place}/pads/{pad.id}/first")
    page.get_by_label("合计多少分").fill("x")
    page.keyboard.press("Enter")  # nobody collected for the household
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert in_the_way(page) == []


def test_the_list_of_what_is_missing_is_paper_too(desk: Page, served: Shop, live_server: LiveServer) -> None:
    pad = made.pad(served, live_server.clock.at, 10)
    made.twice(served, pad, [1, 4], typing(served, ("食盐", 1)), live_server.clock.at)
    desk.goto(f"/v/{served.village.code}/counter/slips/pads/{pad.id}")
    desk.emulate_media(media="print")
    expect(desk.get_by_text("缺 2 张：停0002–停0003")).to_be_visible()
    for said in ("录单人", "核对人", "账首"):
        expect(desk.get_by_text(said).first).to_be_visible()
    expect(desk.get_by_role("link", name="打印本子")).to_be_hidden()
    assert desk.pdf(format="A4").startswith(b"%PDF")
