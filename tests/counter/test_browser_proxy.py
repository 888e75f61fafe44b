"""Redeeming for somebody else in a real browser: signed on the screen or on paper, with a network and without."""

from playwright.sync_api import Page, expect

from love_market.counter import queries
from love_market.db import reading, transaction
from love_market.vouchers import queries as vouchers
from love_market.vouchers import service as vouchers_service
from love_market.vouchers.rules import proxy_of
from tests.conftest import on_sqlite_alone
from tests.counter.hands import redemptions, serious
from tests.counter.made import Shop
from tests.counter.test_browser_till import basket
from tests.counter.test_proxies import limit_to
from tests.flows.live import LiveServer


def draw(page: Page, field: str = "#proxy-signature") -> None:
    """Sign with a finger: two strokes."""
    box = page.locator(field).bounding_box()
    assert box is not None
    for begin in (0.2, 0.6):
        page.mouse.move(box["x"] + box["width"] * begin, box["y"] + box["height"] * 0.3)
        page.mouse.down()
        for step in range(1, 6):
            across = begin + 0.05 * step
            page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * (0.3 + 0.08 * step))
        page.mouse.up()


def bring(page: Page, name: str, relation: str = "邻居") -> None:
    """Open the sheet and say who brings the vouchers."""
    page.get_by_role("button", name="替别人换").click()
    page.get_by_label("代办人姓名").fill(name)
    page.get_by_label(relation).check()


WITHOUT_HOUSEHOLD = """() => new Promise((done) => {
  const open = indexedDB.open("love-market-till");
  open.onsuccess = () => {
    const asked = open.result.transaction("vouchers").objectStore("vouchers").getAll();
    asked.onsuccess = () => (open.result.close(), done(asked.result.filter((one) => !one.household_id).length));
  };
})"""


def make_older(page: Page) -> None:
    """Make the till's copy one that an older page kept: it says nothing of proxies, and not whose vouchers are."""
    page.evaluate(
        """() => new Promise((done) => {
          const open = indexedDB.open("love-market-till");
          open.onsuccess = () => {
            const change = open.result.transaction(["facts", "vouchers"], "readwrite");
            const [facts, vouchers] = ["facts", "vouchers"].map((name) => change.objectStore(name));
            facts.get("copy").onsuccess = ({ target }) => {
              const { form, proxies, proxies_on, proxy_daily_households, ...older } = target.result;
              facts.put(older, "copy");
            };
            vouchers.getAll().onsuccess = ({ target }) => {
              for (const { household_id, ...older } of target.result) vouchers.put(older);
            };
            change.oncomplete = () => (open.result.close(), done());
          };
        })"""
    )
    assert page.evaluate(WITHOUT_HOUSEHOLD) > 0


def until_copied(page: Page, condition: str) -> None:
    """Have the till fetch what is new, and wait until it has a copy that is so."""
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate(
        """async () => {
          const read = () => new Promise((done) => {
            const open = indexedDB.open("love-market-till");
            open.onsuccess = () => {
              const asked = open.result.transaction("facts").objectStore("facts").get("copy");
              asked.onsuccess = () => (open.result.close(), done(asked.result));
            };
          });
          const holds = (copy) => CONDITION;
          while (!holds(await read())) await new Promise((next) => setTimeout(next, 50));
        }""".replace("CONDITION", condition)
    )


@on_sqlite_alone
def test_signed_on_the_screen_without_a_network_it_arrives_with_the_record(
    enrolled: Page, served: Shop, live_server: LiveServer
) -> None:
    till = enrolled
    limit_to(served, 2)
    with transaction() as session:
        ids = [served.vouchers[1].id, served.vouchers[2].id]
        proxy, at = proxy_of("王五", "neighbour"), live_server.clock.at
        vouchers_service.hand_over(session, served.village.chair, ids, at=at, proxy=proxy)
    until_copied(till, "copy.proxies.length === 2")
    till.context.set_offline(True)
    basket(till, served)
    bring(till, "王　五")
    till.get_by_role("button", name="记下代办人").click()
    expect(till.locator("#proxy-wrong")).to_contain_text("请代办人签个字")
    draw(till)
    till.get_by_role("button", name="擦掉重签").click()
    draw(till)
    assert serious(till) == []
    till.get_by_role("button", name="记下代办人").click()
    expect(till.locator("#proxy-line")).to_contain_text("代办：王五，邻居")
    till.reload()  # what lies in the basket stays, and who brought it
    expect(till.locator("#proxy-line")).to_contain_text("代办：王五，邻居")
    till.get_by_role("button", name="确认兑换").click()
    expect(till.get_by_role("alert")).to_contain_text("王五今天已经替 2 家办过，一个人一天最多替 2 家")
    till.get_by_role("button", name="改代办人").click()
    till.get_by_label("代办人姓名").fill("王六")
    till.get_by_role("button", name="记下代办人").click()  # what was signed is still there
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place")).to_contain_text("代办：王六，邻居")
    till.get_by_role("button", name="下一位").click()

    till.context.set_offline(False)
    expect(till.locator("#status-words")).not_to_contain_text("等着送回", timeout=20_000)
    (made,) = redemptions(served)
    assert made.proxy is not None
    assert (made.proxy.name, made.proxy.signed_on) == ("王六", "screen")
    assert made.booked_at is not None


@on_sqlite_alone
def test_a_till_alone_refuses_by_what_it_redeemed_itself(enrolled: Page, served: Shop) -> None:
    till = enrolled
    make_older(till)
    limit_to(served, 1)
    until_copied(till, "copy.proxy_daily_households === 1 && copy.form")
    assert till.evaluate(WITHOUT_HOUSEHOLD) == 0
    till.context.set_offline(True)
    for index, said in (
        (0, "已记在这台机器里"),
        (0, "已记在这台机器里"),
        (1, "王五今天已经替 1 家办过，一个人一天最多替 1 家"),
    ):
        basket(till, served, index, "食盐")
        bring(till, "王五")
        till.get_by_label("在纸上签了字").check()
        till.get_by_role("button", name="记下代办人").click()
        till.get_by_role("button", name="确认兑换").click()
        expect(till.locator("body")).to_contain_text(said)
        if index == 0:
            till.get_by_role("button", name="下一位").click()
    till.get_by_role("button", name="改代办人").click()
    till.get_by_role("button", name="是户主自己来的").click()
    till.get_by_role("button", name="确认兑换").click()
    expect(till.locator("#slip-place")).not_to_contain_text("代办")


@on_sqlite_alone
def test_by_keyboard_a_typed_name_stands_with_a_signature_on_paper(page: Page, served: Shop) -> None:
    basket(page, served)
    expect(page.locator("#proxy-said")).to_be_empty()
    bring(page, "王五", "子女")
    page.keyboard.press("Escape")
    expect(page.locator("#proxy-said")).to_be_empty()
    bring(page, "王五", "子女")
    page.get_by_label("在纸上签了字").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#proxy-line")).to_contain_text("代办：王五，子女")
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_role("heading", name="孔** 的兑换")).to_be_visible()
    expect(page.locator(".slip")).to_contain_text("代办：王五，子女")
    with reading() as session:
        day = redemptions(served)[0].redeemed_at.date()
        (act,) = vouchers.proxy_acts(session, served.village.chair, day, day)
        assert (act.proxy.relation, act.proxy.signed_on) == ("child", "paper")
        assert queries.totals(session, served.village.clerk).redemptions == 1
