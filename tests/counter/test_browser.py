"""The till in a real Chromium: by camera, by typed code, by gun; pressed twice; an answer that is lost; undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Playwright, Route, expect
from sqlalchemy import func, select

from love_market.counter import queries
from love_market.counter.models import Redemption
from love_market.db import reading, transaction
from love_market.stock import service as stock
from love_market.vouchers import loss
from tests import builders
from tests.browser import film, launch_options
from tests.counter import made
from tests.counter.made import Shop
from tests.flows.live import DESK, PHONE, LiveServer
from tests.vouchers.made import balance

pytestmark = pytest.mark.browser


@pytest.fixture
def served(live_server: LiveServer) -> Shop:
    """A shop behind a served application."""
    at = live_server.clock.at
    with transaction() as session:
        return made.shop(session, builders.village(session, at=at), at)


@pytest.fixture
def page(browser_page: Page, live_server: LiveServer, served: Shop) -> Page:
    """A phone with the clerk signed in, at the till."""
    live_server.sign_in(browser_page.context, served.village.clerk)
    browser_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    browser_page.goto(f"/v/{served.village.code}/counter")
    return browser_page


@pytest.fixture
def desk(page: Page) -> Page:
    """The same at a PC."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return page


def redemptions(shop: Shop) -> list[queries.Receipt]:
    """Return the day's redemptions, the first first."""
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) is not None
        day = session.scalars(select(Redemption).order_by(Redemption.entry_number)).all()
        return [queries.receipt(session, shop.village.clerk, row.id) for row in day]


def left(shop: Shop, index: int) -> int:
    """Return what the books hold on a voucher."""
    with reading() as session:
        return balance(session, shop.village.market_id, shop.vouchers[index].id)


def type_code(page: Page, code: str) -> None:
    """Type a voucher's short code in."""
    page.get_by_label("券上的短码").fill(code)
    page.get_by_role("button", name="找券").click()


def tap(page: Page, *names: str) -> None:
    """Tap goods on the shelf."""
    for name in names:
        page.locator("#goods button", has_text=name).click()


def gun(page: Page, text: str) -> None:
    """Type as a scanner gun does: all at once, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def basket_of_27(page: Page, shop: Shop) -> None:
    """On a phone: the voucher of 35, and 27 points of goods."""
    type_code(page, shop.vouchers[0].short_code)
    expect(page.locator("#goods")).to_be_visible()
    tap(page, "陈醋", "挂面", "挂面", "香皂")
    page.get_by_role("button", name="选好了").click()
    expect(page.locator("#sum")).to_have_text("4 件，共 27 分")
    expect(page.locator("#left")).to_have_text("券上还剩 8 分")


def printed(url: str) -> Image.Image:
    """Return a voucher's code as a camera sees it held up: on paper, not filling the picture."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=6, border=4)
    code.add_data(url)
    code.make(fit=True)
    drawn = code.make_image().get_image().convert("L")
    frame = Image.new("L", (640, 480), 200)
    side = min(drawn.width, 420)
    frame.paste(drawn.resize((side, side)), ((640 - side) // 2, (480 - side) // 2))
    return frame


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
    expect(desk.locator("#said")).to_contain_text("没有条码是 4006381333931 的货")
    desk.get_by_role("button", name="确认兑换").click()
    expect(desk.get_by_label("已成交")).to_be_visible()
    (done,) = redemptions(served)
    assert {one.serial_no: one.balance_after_points for one in done.vouchers} == {"2026-3-0002": 0, "2026-3-0003": 6}


def test_an_answer_that_is_lost_and_a_page_that_is_reloaded_are_one_redemption(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/counter/redeem", lose_the_first)
    page.get_by_role("button", name="确认兑换").click()
    expect(page.locator("#said")).to_contain_text("不知道这一笔办成没有")
    expect(page.locator("#go")).to_have_text("再问一次")
    assert (lost, len(redemptions(served)), left(served, 0)) == ([200], 1, 8)
    # Until the books have answered nothing in the basket may change.
    page.get_by_role("button", name="陈醋加一").click(force=True)
    expect(page.locator("#sum")).to_have_text("4 件，共 27 分")
    page.reload()
    expect(page.get_by_label("已成交")).to_be_visible()
    assert (len(redemptions(served)), left(served, 0)) == (1, 8)


def test_asking_again_after_a_broken_line_is_one_redemption(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    page.route("**/counter/redeem", lambda route: route.abort())
    for _ in range(2):
        page.locator("#go").click()
        expect(page.locator("#go")).to_have_text("再问一次")
    assert redemptions(served) == []
    page.unroute("**/counter/redeem")
    page.get_by_role("button", name="再问一次").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    assert (len(redemptions(served)), left(served, 0)) == (1, 8)


def test_without_a_network_nothing_is_sent_and_the_basket_stays(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.get_by_role("button", name="确认兑换").click()
    expect(page.locator("#said")).to_contain_text("没有网络，这一笔还没有办成")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    page.get_by_role("button", name="陈醋减一").click()
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    assert left(served, 0) == 15


def test_an_undo_restores_and_says_so(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    page.get_by_role("button", name="确认兑换").click()
    page.get_by_role("link", name="今天之内可以撤销").click()
    page.get_by_label("数量点错了").check()
    page.get_by_role("button", name="确认撤销").click()
    expect(page.get_by_label("已撤销")).to_be_visible()
    expect(page.locator(".slip-left")).to_contain_text("35")
    assert left(served, 0) == 35


def test_what_changed_meanwhile_is_put_right_in_the_basket(page: Page, live_server: LiveServer, served: Shop) -> None:
    basket_of_27(page, served)
    with transaction() as session:
        facts = stock.GoodFacts(name="陈醋", spec="800毫升", unit_name="瓶", points_price=6, picture="vinegar")
        stock.change_good(session, served.village.clerk, served.goods["陈醋"], **facts)
    page.get_by_role("button", name="确认兑换").click()
    expect(page.locator("#said")).to_contain_text("陈醋现在是 6 分，页面上还是 7 分")
    expect(page.locator("#sum")).to_have_text("4 件，共 26 分")
    with transaction() as session:
        made.redeem(
            session,
            served,
            [served.vouchers[0].id],
            [served.line("香皂", 5)],
            live_server.clock.at,
            served.goods["香皂"],
        )
    page.get_by_role("button", name="确认兑换").click()
    expect(page.locator("#said")).to_contain_text("券上一共 15 分，要用 26 分，还差 11 分")
    expect(page.locator("#go")).to_have_text("还差 11 分，再加一张券")
    page.locator("#go").click()
    type_code(page, served.vouchers[1].short_code)
    expect(page.locator("#left")).to_have_text("券上还剩 9 分")
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    assert (left(served, 0), left(served, 1)) == (0, 9)


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


def serious(page: Page) -> list[str]:
    """Return what axe finds of weight."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]


def test_nothing_serious_stands_in_anybodys_way(page: Page, served: Shop) -> None:
    assert serious(page) == []
    type_code(page, served.vouchers[0].short_code)
    expect(page.locator("#goods")).to_be_visible()
    assert serious(page) == []
    tap(page, "陈醋", "白面", "挂面")
    page.get_by_role("button", name="选好了").click()
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
