"""A till in a real browser: enrolled by its code, it redeems with a network and without, and sends when it is back."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from love_market.counter import queries
from love_market.db import reading
from love_market.ledger.verify import verify
from love_market.tills import queries as tills
from tests import papers
from tests.counter.equipment import SENSES, VOICES
from tests.counter.hands import gun
from tests.counter.made import Shop
from tests.vouchers.made import balance


def scan(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")


def put(page: Page, name: str) -> None:
    page.locator("#goods").get_by_role("button", name=name).click()


def basket(page: Page, served: Shop, voucher: int = 0, name: str = "陈醋") -> None:
    scan(page, served.vouchers[voucher].short_code)
    put(page, name)
    page.get_by_role("button", name="选好了").click()


def balance_of(served: Shop) -> int:
    with reading() as session:
        return balance(session, served.village.market_id, served.vouchers[0].id)


def top(page: Page, what: str) -> float:
    return float(page.locator(what).evaluate("(it) => it.getBoundingClientRect().top"))


def bottom(page: Page, what: str) -> float:
    return float(page.locator(what).evaluate("(it) => Math.floor(it.getBoundingClientRect().bottom)"))


def test_it_redeems_with_a_network_and_without_and_sends_what_waited(enrolled: Page, served: Shop) -> None:
    till = enrolled
    basket(till, served)
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-view")).to_contain_text("已记入账本第")
    till.get_by_role("button", name="下一位").click()

    till.context.set_offline(True)
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    till.reload()
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    basket(till, served)
    expect(till.locator("#holder-points")).to_have_text("28")
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    expect(till.locator("#slip-view")).to_contain_text("已记在这台机器里")
    expect(till.locator("#status-words")).to_contain_text("有 1 笔等着送回账本")
    with reading() as session:
        assert queries.totals(session, served.village.clerk).redemptions == 1

    till.context.set_offline(False)
    expect(till.locator("#status-words")).not_to_contain_text("等着送回", timeout=20_000)
    with reading() as session:
        assert queries.totals(session, served.village.clerk).redemptions == 2
        assert balance(session, served.village.market_id, served.vouchers[0].id) == 35 - 14
        assert verify(session, served.village.market_id).verified
        (known,) = tills.tills(session, served.village.chair)
    assert known.last_redemption == 2
    till.get_by_role("button", name="下一位").click()
    till.get_by_role("button", name="今天的兑换").click()
    till.locator("#slip-list button").first.click()
    expect(till.locator("#slip-view")).to_contain_text(re.compile(r"已记入账本第 \d+ 笔"))


def test_what_happened_when_the_power_went_is_shown_when_it_is_back(enrolled: Page, served: Shop) -> None:
    till = enrolled
    till.context.set_offline(True)
    basket(till, served)
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    # A browser writes what lies in the basket to the disk late, or not at all.
    till.evaluate("localStorage.clear()")
    till.reload()
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    till.get_by_role("button", name="下一位").click()
    expect(till.get_by_role("heading", name="请扫积分券")).to_be_visible()
    till.reload()
    expect(till.get_by_role("heading", name="请扫积分券")).to_be_visible()
    till.get_by_role("button", name="今天的兑换").click()
    expect(till.locator("#slip-list button")).to_have_count(1)


def test_a_basket_that_was_redeemed_already_does_not_come_back(enrolled: Page, served: Shop) -> None:
    till = enrolled
    till.context.set_offline(True)
    basket(till, served)
    before = till.evaluate("({ ...localStorage })")
    till.get_by_role("button", name="确认兑换").click()
    till.get_by_role("button", name="下一位").click()
    till.evaluate("kept => void Object.assign(localStorage, kept)", before)
    till.reload()
    expect(till.get_by_role("heading", name="请扫积分券")).to_be_visible()
    expect(till.locator("#sum")).to_have_text("还没有选货")


def test_its_own_undo_is_sent_and_pressed_twice_it_is_one(enrolled: Page, served: Shop) -> None:
    till = enrolled
    basket(till, served)
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-view")).to_contain_text("已记入账本第")
    till.get_by_role("button", name="拿错了").click()
    till.get_by_label("数量点错了").check()
    till.get_by_role("button", name="确认撤销").dblclick()
    expect(till.locator("#slip-place").get_by_label("已撤销")).to_be_visible()
    with reading() as session:
        assert balance(session, served.village.market_id, served.vouchers[0].id) == 35
        assert verify(session, served.village.market_id).verified


def test_an_undo_that_nobody_answers_is_said_so_and_asked_again_it_is_done(enrolled: Page, served: Shop) -> None:
    till = enrolled
    basket(till, served)
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-view")).to_contain_text("已记入账本第")
    for offline, said in ((True, "还不知道撤销成没有"), (False, "")):
        till.context.set_offline(offline)
        till.get_by_role("button", name="拿错了").click()
        till.get_by_label("数量点错了").check()
        till.get_by_role("button", name="确认撤销").click()
        expect(till.locator("#slip-trouble")).to_contain_text(said)
        expect(till.locator("#slip-place").get_by_label("已撤销" if not said else "已成交")).to_be_visible()
    expect(till.locator("#slip-trouble")).to_be_hidden()
    assert balance_of(served) == 35


# A second tap that comes as soon as the red button says something else.
TAP_AGAIN = """() => {
  const go = document.getElementById("go");
  const again = () => go.dispatchEvent(new MouseEvent("click", { detail: 2, bubbles: true }));
  new MutationObserver(again).observe(go, { childList: true, characterData: true, subtree: true });
}"""


def test_a_second_tap_presses_nothing_else_and_the_seal_is_in_sight(enrolled: Page, served: Shop) -> None:
    till = enrolled
    till.set_viewport_size({"width": 320, "height": 568})
    till.context.set_offline(True)
    scan(till, served.vouchers[0].short_code)
    for name in ("陈醋", "食盐", "香皂"):
        put(till, name)
    till.evaluate(TAP_AGAIN)
    till.get_by_role("button", name="选好了").click()
    expect(till.locator("#sum")).to_contain_text("共 13 分")
    expect(till.get_by_role("button", name="确认兑换")).to_be_enabled()  # its rest is over: nobody confirmed
    till.get_by_role("button", name="确认兑换").click()
    seal = till.locator("#slip-place").get_by_label("已成交")
    expect(till.get_by_role("button", name="下一位")).to_be_enabled()
    expect(seal).to_be_in_viewport(ratio=0.99)
    assert bottom(till, "#slip-place [data-seal]") <= top(till, ".action")


def test_a_redemption_is_felt_and_spoken_where_it_is_wished(enrolled: Page, served: Shop) -> None:
    till = enrolled
    till.add_init_script(SENSES + VOICES)
    till.evaluate("localStorage.setItem('till:speak', 'yes')")
    till.reload()
    expect(till.locator("#speak")).to_be_checked()
    basket(till, served)
    till.evaluate("[felt, spoken].forEach((told) => told.splice(0))")
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    assert till.evaluate("[felt, spoken]") == [[[60]], [["已成交，用去 7 分，还剩 28 分", "zh_CN", "zh-CN"]]]


def test_its_slip_is_one_receipt_without_a_network(enrolled: Page, served: Shop, tmp_path: Path) -> None:
    enrolled.context.set_offline(True)
    basket(enrolled, served)
    enrolled.get_by_role("button", name="确认兑换").click()
    expect(enrolled.locator("#slip-place").get_by_label("已成交")).to_be_visible()
    paper = enrolled.pdf(prefer_css_page_size=True)
    (picture,) = papers.pictures(paper, tmp_path, 72)
    assert papers.size(picture) == (164, 510)  # 58 × 180 mm
    told = papers.text(paper, tmp_path)
    for line in ("兑换小票", "陈醋 800毫升", "待送回", "2026-3-0001", "货请当面点清"):
        assert line in told, told
    assert "没有网络" not in told


def test_an_older_phone_reads_a_paper_by_what_is_served_with_the_page(enrolled: Page, served: Shop) -> None:
    """Its browser has no Ed25519: the voucher's signature is checked all the same, and a forged one refused."""
    till = enrolled
    till.add_init_script(
        "const make = crypto.subtle.generateKey.bind(crypto.subtle);"
        "crypto.subtle.generateKey = (how, ...rest) =>"
        " how === 'Ed25519' ? Promise.reject(new Error(how)) : make(how, ...rest);"
    )
    till.context.set_offline(True)
    till.reload()
    expect(till.locator("#status-words")).to_contain_text("还能离线兑换到")
    url = served.urls[0]
    forged = url[:-40] + ("A" if url[-40] != "A" else "B") + url[-39:]
    gun(till, forged)
    expect(till.get_by_role("alert")).to_be_visible()
    gun(till, url)
    expect(
        till.get_by_role("heading", name="孔**").or_(till.locator("#shelf-holder-name", has_text="孔**")).first
    ).to_be_visible()
    assert till.evaluate("performance.getEntriesByType('resource').some(({ name }) => name.includes('vendor/ed25519'))")
