"""The till in a real Chromium: by camera, by typed code, by gun; pressed twice; an answer that is lost; undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from love_market.db import transaction
from love_market.vouchers import loss
from tests.browser import film, launch_options
from tests.conftest import on_sqlite_alone
from tests.counter.hands import basket_of_27, gun, left, printed, redemptions, serious, tap, type_code
from tests.counter.made import Shop
from tests.flows.live import DESK, PHONE, LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def page_with_camera(playwright: Playwright, live_server: LiveServer, served: Shop, tmp_path: Path) -> Iterator[Page]:
    """A phone whose camera sees the first voucher."""
    seen = film(printed(served.urls[0]), tmp_path / "voucher.mjpeg")
    with playwright.chromium.launch(**launch_options(seen)) as chromium:
        context = chromium.new_context(viewport=PHONE, base_url=live_server.url, permissions=["camera"])  # type: ignore[arg-type]
        live_server.sign_in(context, served.village.clerk)
        page = context.new_page()
        page.goto(f"/v/{served.village.code}/counter")
        yield page


def test_a_voucher_seen_by_the_camera_is_redeemed(page_with_camera: Page, served: Shop) -> None:
    page = page_with_camera
    # The camera may be used, so it looks by itself; the shelf opens once the voucher is known.
    expect(page.locator("#goods")).to_be_visible(timeout=20_000)
    tap(page, "白面", "挂面")
    page.get_by_role("button", name="选好了").click()
    expect(page.get_by_role("heading", name="孔**")).to_be_visible()
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    expect(page.locator(".slip-left")).to_contain_text("2")
    assert left(served, 0) == 2
    # The next one: the camera still sees the same voucher.
    page.get_by_role("link", name="下一位").click()
    expect(page.locator("#goods")).to_be_visible(timeout=20_000)
    expect(page.locator("#left")).to_have_text("券上还剩 2 分")


def test_a_typed_code_goods_by_tap_and_a_confirm_pressed_twice(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    page.locator("#go").dblclick()
    expect(page.get_by_label("已成交")).to_be_visible()
    for said in ("孔** 的兑换", "陈醋 800毫升", "× 2", "已记入账本"):
        expect(page.locator(".slip-page")).to_contain_text(said)
    (done,) = redemptions(served)
    assert (done.total_points, done.pieces, left(served, 0)) == (27, 4, 8)
    # The basket is empty for the next, also when somebody goes back.
    page.go_back()
    expect(page.get_by_role("heading", name="请扫积分券")).to_be_visible()


def test_the_shelf_closed_twice_in_a_breath_stays_on_the_page(page: Page, served: Shop) -> None:
    type_code(page, served.vouchers[0].short_code)
    tap(page, "陈醋")
    page.locator("#go").evaluate("go => { go.click(); go.click(); }")
    expect(page.locator("#sum")).to_have_text("1 件，共 7 分")
    expect(page.get_by_role("button", name="确认兑换")).to_be_focused()
    assert redemptions(served) == []


def test_a_gun_scans_a_voucher_and_goods_wherever_the_focus_is(desk: Page, served: Shop) -> None:
    gun(desk, served.urls[1])
    expect(desk.get_by_role("heading", name="姚**")).to_be_visible()
    gun(desk, "6901234567892")
    desk.get_by_label("找货").focus()  # in a field an input method may type full-width
    gun(desk, "６９０１２３４５６７８９２")
    line = desk.locator("#basket .good", has_text="陈醋")
    expect(line.locator("output")).to_have_text("2")
    # The plus has the focus; the gun's Enter must not press it.
    line.get_by_role("button", name="陈醋加一").focus()
    gun(desk, "6909876543212")
    expect(line.locator("output")).to_have_text("2")
    expect(desk.locator("#sum")).to_have_text("3 件，共 22 分")
    expect(desk.locator("#left")).to_have_text("还差 2 分")
    # In the search field the gun types like a hand, and means the same.
    desk.get_by_label("找货").focus()
    gun(desk, served.urls[2])
    expect(desk.locator("#vouchers")).to_contain_text("蒋**")
    expect(desk.locator("#left")).to_have_text("券上还剩 6 分")
    gun(desk, "4006381333931")
    expect(desk.get_by_role("alert")).to_contain_text("没有条码是 4006381333931 的货")
    desk.get_by_role("button", name="确认兑换").click()
    expect(desk.get_by_label("已成交")).to_be_visible()
    (done,) = redemptions(served)
    assert {one.serial_no: one.balance_after_points for one in done.vouchers} == {"2026-3-0002": 0, "2026-3-0003": 6}


def test_an_undo_restores_and_says_so(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    page.get_by_role("button", name="确认兑换").click()
    page.get_by_role("link", name="今天之内可以撤销").click()
    page.get_by_label("数量点错了").check()
    page.get_by_role("button", name="确认撤销").click()
    expect(page.get_by_label("已撤销")).to_be_visible()
    expect(page.locator(".slip-left")).to_contain_text("35")
    assert left(served, 0) == 35


def test_a_voucher_that_is_refused_says_why_and_is_not_taken(page: Page, live_server: LiveServer, served: Shop) -> None:
    with transaction() as session:
        loss.freeze(session, served.village.chair, served.vouchers[0].id, reason="丢了", at=live_server.clock.at)
    type_code(page, served.vouchers[0].short_code)
    expect(page.get_by_role("alert")).to_contain_text("这张券已经冻结：丢了")
    type_code(page, "7K3M")
    expect(page.get_by_role("alert")).to_contain_text("现在输了 4 位")
    expect(page.get_by_role("heading", name="请扫积分券")).to_be_visible()
    type_code(page, served.vouchers[1].short_code)
    expect(page.locator("#goods")).to_be_visible()
    page.go_back()  # the phone's own way back closes the shelf and leaves the till open
    expect(page.get_by_role("heading", name="姚**")).to_be_visible()
    page.get_by_role("button", name="换一张券").click()
    expect(page.get_by_role("heading", name="请扫积分券")).to_be_visible()


def test_goods_are_found_by_name_and_never_more_than_there_are(desk: Page, served: Shop) -> None:
    gun(desk, served.urls[0])
    desk.get_by_label("找货").fill("面")
    expect(desk.locator("#goods li")).to_have_count(2)
    desk.get_by_label("找货").fill("5公斤")
    desk.keyboard.press("Enter")
    expect(desk.locator("#sum")).to_have_text("1 件，共 25 分")
    expect(desk.get_by_label("找货")).to_have_value("")
    for _ in range(3):
        desk.get_by_role("button", name="白面加一").click()
    expect(desk.locator("#basket output")).to_have_text("3")
    expect(desk.locator("#said")).to_contain_text("白面只有 3 袋了，不能再加")
    expect(desk.locator("#goods button", has_text="蒸锅")).to_be_disabled()
    desk.get_by_label("找货").fill("月饼")
    expect(desk.locator("#no-goods")).to_have_text("没有叫“月饼”的货。")
    desk.reload()
    expect(desk.locator("#sum")).to_have_text("3 件，共 75 分")


@on_sqlite_alone
def test_nothing_serious_stands_in_anybodys_way(page: Page, served: Shop) -> None:
    assert serious(page) == []
    type_code(page, served.vouchers[0].short_code)
    expect(page.locator("#goods")).to_be_visible()
    assert serious(page) == []
    tap(page, "陈醋", "白面", "挂面")
    page.get_by_role("button", name="选好了").click()
    expect(page.locator("#go")).to_have_text("还差 5 分，再加一张券")
    assert serious(page) == []
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert serious(page) == []
    page.get_by_role("button", name="挂面减一").click()
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("link", name="今天之内可以撤销").click()
    assert serious(page) == []
    page.goto(f"/v/{served.village.code}/counter/today")
    assert serious(page) == []


def test_the_receipt_is_one_piece_of_58_mm_paper(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 1
    (size,) = {line for line in paper.split(b"\n") if b"/MediaBox" in line}
    assert b"163.9" in size or b"164" in size  # 58 mm in points
