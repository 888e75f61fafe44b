"""A scanner gun at the till: read wherever the focus is and whatever a Chinese input method makes of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.counter.hands import redemptions
from tests.counter.input_method import Gun
from tests.counter.made import Shop

pytestmark = pytest.mark.browser

INPUT_METHOD = "扫码枪打出的字被输入法改了。请按一下 Shift，把输入法切到英文再扫。"
VINEGAR = "6901234567892"


def refusal(page: Page) -> None:
    """See that the clerk is told of the input method, and that nothing was taken."""
    expect(page.get_by_role("alert")).to_contain_text(INPUT_METHOD)
    expect(page.locator("#holder")).to_be_hidden()


@pytest.fixture(params=["#code", "#find", "#go"])
def focused(request: pytest.FixtureRequest, desk: Page) -> str:
    """Where the focus is while the gun scans: the short code's field, the shelf's, or a button."""
    desk.locator(request.param).focus()
    return str(request.param)


@pytest.mark.parametrize("way", ["plain", "processed", "composed"])
def test_a_voucher_is_read_wherever_the_focus_is(desk: Page, served: Shop, focused: str, way: str) -> None:
    getattr(Gun(desk), way)(served.urls[0])
    expect(desk.get_by_role("heading", name="孔**")).to_be_visible()
    expect(desk.locator("#refusal")).to_be_empty()
    expect(desk.locator("#find")).to_have_value("")
    expect(desk.locator("#code")).to_have_value("")
    expect(desk.locator("#goods li")).to_have_count(6)
    # Nothing was pressed by the gun's Enter, and a good scanned next is found too.
    getattr(Gun(desk), way)(VINEGAR)
    expect(desk.locator("#sum")).to_have_text("1 件，共 7 分")
    assert redemptions(served) == []


def test_what_stood_in_a_field_stands_there_after_a_scan(desk: Page, served: Shop) -> None:
    desk.locator("#find").fill("面")
    expect(desk.locator("#goods li")).to_have_count(2)
    Gun(desk).plain(VINEGAR)
    expect(desk.locator("#sum")).to_have_text("1 件，共 7 分")
    expect(desk.locator("#find")).to_have_value("面")
    expect(desk.locator("#goods li")).to_have_count(2)
    expect(desk.locator("#find")).to_be_focused()


def test_small_letters_of_a_caps_lock_are_the_same_voucher(desk: Page, served: Shop) -> None:
    Gun(desk).plain(served.urls[0].lower())
    expect(desk.get_by_role("heading", name="孔**")).to_be_visible()


def test_keys_that_are_hidden_are_told_as_the_input_methods(desk: Page, served: Shop) -> None:
    Gun(desk).processed(served.urls[0], hidden=True)
    refusal(desk)
    # English now: the next scan is the voucher, and the words are gone.
    Gun(desk).plain(served.urls[0])
    expect(desk.get_by_role("heading", name="孔**")).to_be_visible()
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_letters_that_are_swallowed_are_told_as_the_input_methods(desk: Page, served: Shop, focused: str) -> None:
    swallowed = re.sub(r"[AEIOU]", "", served.urls[0])
    Gun(desk).processed(swallowed)
    refusal(desk)


@pytest.mark.parametrize("field", ["#code", "#find"])
def test_text_that_came_without_keys_is_read_or_told(desk: Page, served: Shop, field: str) -> None:
    desk.locator(field).focus()
    Gun(desk).inserted("好ttps：、、好1。0。0。好/Q/" + served.urls[0][-164:].lower().replace("a", "啊"))
    refusal(desk)
    mixed = served.urls[0][:-20].title()
    desk.locator(field).fill("")
    Gun(desk).inserted(mixed)
    refusal(desk)
    desk.locator(field).fill("")
    Gun(desk).inserted("".join(chr(ord(c) + 0xFEE0) for c in served.urls[0]))
    expect(desk.get_by_role("heading", name="孔**")).to_be_visible()


def test_a_scan_cut_short_and_what_is_no_voucher_are_told_at_once(desk: Page, served: Shop) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    Gun(desk).plain(served.urls[0][:-3])
    expect(desk.get_by_role("alert")).to_contain_text("券上的码没有扫全，请再扫一次")
    Gun(desk).plain("HTTPS://PAY.EXAMPLE/A/B/C")
    expect(desk.get_by_role("alert")).to_contain_text("扫到的不是积分券")
    Gun(desk).plain("6901234567893")
    expect(desk.get_by_role("alert")).to_contain_text("条形码“6901234567893”有一位不对")
    assert not [url for url in asked if url.endswith("/scan")]


def test_a_hand_in_a_field_is_no_gun(desk: Page, served: Shop) -> None:
    desk.locator("#find").focus()
    Gun(desk, pause_ms=90).plain(VINEGAR)  # typed: the good is found in the field's own way
    expect(desk.locator("#sum")).to_have_text("1 件，共 7 分")
    desk.locator("#code").focus()
    Gun(desk, pause_ms=120).plain(served.vouchers[0].short_code)
    expect(desk.get_by_role("heading", name="孔**")).to_be_visible()
    desk.locator("#find").focus()
    Gun(desk, pause_ms=90).composed("chencu/guamian")  # a name, of which the shelf has none
    expect(desk.locator("#no-goods")).to_have_text("没有叫“好、guamian”的货。")
    expect(desk.locator("#find")).to_have_value("好、guamian")
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_slow_keys_outside_a_field_and_a_key_held_down_are_no_gun(desk: Page, served: Shop) -> None:
    desk.locator("#go").focus()
    Gun(desk, pause_ms=300).plain("7777")
    # Enter pressed the button: there is no camera here, so a code is asked for.
    expect(desk.locator("#code")).to_be_focused()
    desk.locator("#go").focus()
    Gun(desk).held("7", 40)
    expect(desk.locator("#code")).to_be_focused()
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_a_short_code_is_checked_before_anybody_is_asked(desk: Page, served: Shop) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if request.url.endswith("/scan") else None)
    code = served.vouchers[0].short_code
    field = desk.get_by_label("券上的短码")
    wrong = "0" if code[0] != "0" else "1"
    for typed, told in (
        (f"{wrong}{code[1:]}", "短码有一处输错了"),
        (code[:8], "现在输了 8 位"),
        (f"U{code[1:]}", "短码里没有“U”"),
        (f"看{code[1:]}", "短码里只有字母和数字。请按一下 Shift"),
    ):
        field.fill(typed)
        field.press("Enter")
        expect(desk.get_by_role("alert")).to_contain_text(told)
        expect(field).to_have_value(typed)
    assert asked == []
    field.fill(f"{code[:4]}—{code[4:]}".lower().replace("0", "o").replace("1", "l"))
    field.press("Enter")
    expect(desk.get_by_role("heading", name="孔**")).to_be_visible()
    assert len(asked) == 1
