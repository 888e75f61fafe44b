"""The till in a real Chromium when answers are lost, the network is gone, or the shelf changed meanwhile."""

import pytest
from playwright.sync_api import Page, Route, expect

from love_market.db import transaction
from love_market.stock import service as stock
from tests.counter import made
from tests.counter.hands import basket_of_27, left, redemptions, type_code
from tests.counter.made import Shop
from tests.flows.live import LiveServer

pytestmark = pytest.mark.browser


def test_an_answer_that_is_lost_and_a_page_that_is_reloaded_are_one_redemption(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/redemptions", lose_the_first)
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
    page.route("**/redemptions", lambda route: route.abort())
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.locator("#go").click()
        expect(page.locator("#go")).to_have_text("再问一次")
    assert redemptions(served) == []
    page.unroute("**/redemptions")
    page.get_by_role("button", name="再问一次").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    assert (len(redemptions(served)), left(served, 0)) == (1, 8)


def test_while_the_books_change_hands_the_same_basket_is_asked_again(page: Page, served: Shop) -> None:
    basket_of_27(page, served)
    asked: list[object] = []

    def not_now(route: Route) -> None:
        asked.append(route.request.post_data_json)
        said = {"title": "请稍等几秒", "detail": "账本正在切换，请过几秒再按一次。", "error": "NotNow", "status": 503}
        route.fulfill(status=503, json=said, headers={"Retry-After": "3"})

    page.route("**/redemptions", not_now)
    for _ in range(2):
        with page.expect_response("**/redemptions"):
            page.locator("#go").click()
        expect(page.locator("#said")).to_contain_text("账本正在切换，请过几秒再按一次")
        expect(page.locator("#go")).to_have_text("再问一次")
    expect(page.locator("#sum")).to_have_text("4 件，共 27 分")
    page.unroute("**/redemptions")
    page.get_by_role("button", name="再问一次").click()
    expect(page.get_by_label("已成交")).to_be_visible()
    assert asked[0] == asked[1]
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


def test_what_changed_meanwhile_is_put_right_in_the_basket(page: Page, live_server: LiveServer, served: Shop) -> None:
    basket_of_27(page, served)
    with transaction() as session:
        facts = stock.GoodFacts(name="陈醋", spec="800毫升", unit_name="瓶", points_price=6, picture="vinegar")
        stock.change_good(session, served.village.clerk, served.goods["陈醋"], at=live_server.clock.at, **facts)
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
