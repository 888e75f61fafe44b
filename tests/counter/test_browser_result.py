"""What a scan comes to: seen in the largest type, heard, felt and spoken; by keyboard alone; at twice the size."""

import pytest
from playwright.sync_api import Page, expect

from love_market.db import transaction
from love_market.vouchers import loss
from tests.conftest import on_sqlite_alone
from tests.counter.equipment import SENSES, VOICES
from tests.counter.hands import gun, left, reach, serious, tap, type_code
from tests.counter.made import Shop
from tests.flows.live import PHONE, LiveServer

pytestmark = pytest.mark.browser

# The texts that can be seen now, the largest first.
LARGEST = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const { left, top, width, height } = range.getBoundingClientRect();
    const on = width && document.elementFromPoint(left + width / 2, top + height / 2);
    const own = walker.currentNode.parentElement;
    const size = parseFloat(getComputedStyle(own).fontSize);
    if (on && own.contains(on)) found.push([size, walker.currentNode.data.trim()]);
  }
  return found.filter(([, text]) => text).sort(([one], [other]) => other - one);
}"""


@pytest.fixture
def sensed(page: Page) -> Page:
    """The till, with what it asks of the device's senses kept."""
    page.add_init_script(SENSES)
    page.reload()
    return page


def largest(page: Page, count: int) -> list[str]:
    """Return the texts in the largest type on the screen, which nothing else on it has."""
    found = page.evaluate(LARGEST)
    assert found[count - 1][0] > found[count][0], found[: count + 3]
    return [text for _size, text in found[:count]]


def freeze(live_server: LiveServer, served: Shop) -> None:
    """Freeze the first voucher."""
    with transaction() as session:
        loss.freeze(session, served.village.chair, served.vouchers[0].id, reason="丢了", at=live_server.clock.at)


@on_sqlite_alone
def test_yes_and_no_sound_and_shake_differently(sensed: Page, served: Shop) -> None:
    page = sensed
    type_code(page, served.vouchers[1].short_code)
    expect(page.locator("#goods")).to_be_visible()
    page.wait_for_function("() => heard.length === 2")
    yes, shaken = page.evaluate("[heard.splice(0), felt.splice(0)]")
    assert [wave for wave, _ in yes] == ["sine", "sine"]
    assert yes[0][1] < yes[1][1]
    gun(page, "6901234567892")
    page.wait_for_function("() => heard.length === 2")
    assert page.evaluate("[heard.splice(0), felt.splice(0)]") == [yes, shaken]
    gun(page, "4006381333931")
    page.wait_for_function("() => heard.length === 2")
    no, refused = page.evaluate("[heard.splice(0), felt.splice(0)]")
    assert [wave for wave, _ in no] == ["square", "square"]
    assert no[0][1] > no[1][1]
    assert sum(refused[0]) > 5 * sum(shaken[0])
    # A finger on a good is no scan.
    tap(page, "挂面")
    assert page.evaluate("[heard, felt]") == [[], []]


@on_sqlite_alone
@pytest.mark.parametrize("size", ["1", "3"])
def test_who_and_how_many_points_stand_in_the_largest_type(page: Page, served: Shop, size: str) -> None:
    page.goto(f"{page.url}?text={size}")
    type_code(page, served.vouchers[0].short_code)
    expect(page.locator("#goods")).to_be_visible()  # on a phone the shelf opens at once
    assert largest(page, 2) == ["35", "孔**"]
    page.go_back()
    expect(page.get_by_role("heading", name="孔**")).to_be_in_viewport()
    assert largest(page, 2) == ["35", "孔**"]
    gun(page, served.urls[1])
    expect(page.locator("#holder-points")).to_have_text("55")
    assert largest(page, 2) == ["55", "孔**等"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@on_sqlite_alone
def test_at_a_desk_they_stand_in_the_largest_type_too(desk: Page, served: Shop) -> None:
    gun(desk, served.urls[0])
    expect(desk.get_by_role("heading", name="孔**")).to_be_in_viewport()
    assert largest(desk, 2) == ["35", "孔**"]


def test_a_refusal_stands_there_until_the_next_scan(page: Page, live_server: LiveServer, served: Shop) -> None:
    type_code(page, served.vouchers[1].short_code)
    expect(page.locator("#goods")).to_be_visible()
    freeze(live_server, served)
    gun(page, served.urls[0])
    refusal = page.get_by_role("alert")
    expect(refusal).to_be_in_viewport(ratio=1)  # over the shelf, which is open
    expect(refusal).to_contain_text("这张券已经冻结：丢了")
    assert largest(page, 3)[2] == "这张券不能用"
    tap(page, "陈醋")
    expect(refusal).to_be_visible()
    page.get_by_role("button", name="选好了").click()
    expect(refusal).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="陈醋加一").click()
    expect(refusal).to_be_visible()
    gun(page, served.urls[1])
    expect(refusal).to_contain_text("这张券已经在这一笔里了")
    gun(page, served.urls[2])
    expect(page.locator("#vouchers")).to_contain_text("蒋**")
    expect(refusal).to_have_count(0)
    assert left(served, 0) == 35


def test_a_scanned_good_that_is_not_there_is_refused_large(desk: Page, served: Shop) -> None:
    for _ in range(12):
        gun(desk, "6901234567892")
    expect(desk.locator("#basket output")).to_have_text("12")
    gun(desk, "6901234567892")
    expect(desk.get_by_role("alert")).to_contain_text("没有加上")
    expect(desk.get_by_role("alert")).to_contain_text("陈醋只有 12 瓶了")
    gun(desk, "06909876543212")  # the same thirteen digits with one zero more
    expect(desk.locator("#basket .good", has_text="挂面")).to_be_visible()
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_the_result_is_spoken_where_it_is_wished(sensed: Page, live_server: LiveServer, served: Shop) -> None:
    page = sensed
    expect(page.get_by_label("扫完念出来")).to_be_hidden()  # there is no voice here
    page.add_init_script(VOICES)
    page.reload()
    wish = page.get_by_label("扫完念出来")
    expect(wish).not_to_be_checked()
    type_code(page, "7K3M")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("spoken") == []
    wish.check()
    page.reload()
    expect(page.get_by_label("扫完念出来")).to_be_checked()
    type_code(page, served.vouchers[0].short_code)
    expect(page.locator("#goods")).to_be_visible()
    assert page.evaluate("spoken") == [["孔家，还有 35 分", "zh_CN", "zh-CN"]]
    gun(page, served.urls[1])
    expect(page.locator("#shelf-holder-points")).to_have_text("55")
    assert page.evaluate("spoken") == [["姚家，这张 20 分，合起来 55 分", "zh_CN", "zh-CN"]]
    gun(page, "6901234567893")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("spoken")[0][0].startswith("条形码“6901234567893”有一位不对")


@on_sqlite_alone
def test_a_voucher_is_redeemed_by_keyboard_alone(page: Page, served: Shop) -> None:
    reach(page, page.locator("#code"))
    page.keyboard.type(served.vouchers[0].short_code)
    page.keyboard.press("Enter")
    expect(page.locator("#goods")).to_be_visible()
    reach(page, page.locator("#goods button", has_text="陈醋"))
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    reach(page, page.get_by_role("button", name="选好了"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="确认兑换")).to_be_focused()
    reach(page, page.get_by_role("button", name="陈醋减一"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("button", name="再加一张"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("button", name="收起"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="确认兑换")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("已成交")).to_be_visible()
    assert left(served, 0) == 28


@on_sqlite_alone
@pytest.mark.parametrize("width", [1366, 390])
def test_at_twice_the_size_nothing_is_cut_off_and_axe_finds_nothing(page: Page, served: Shop, width: int) -> None:
    # A browser that shows a page twice as large has half the room for it; the phone has the page's own largest type.
    size = {"width": width // 2, "height": 384} if width > 1000 else PHONE
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{page.url}?text={1 if width > 1000 else 3}")
    for scan in (served.urls[0][:-4], served.urls[0], "6901234567893"):
        gun(page, scan)
        expect(page.get_by_role("alert").or_(page.locator("#shelf-holder")).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert serious(page) == []
    page.go_back()
    expect(page.get_by_role("heading", name="孔**")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert serious(page) == []
