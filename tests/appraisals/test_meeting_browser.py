"""The meeting on a phone on the table: names are tapped, a card is scanned, votes are taken, another device sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.rules import State, Votes
from love_market.clock import utc_now
from love_market.db import reading, transaction
from love_market.people import service as people
from love_market.people import token
from love_market.people.sheet import HouseholdCard, lay_out_cards
from tests import papers
from tests.appraisals import stages
from tests.appraisals.stages import Q3, TWO_ROWS, kin
from tests.browser import film, launch_options
from tests.builders import Village
from tests.conftest import on_sqlite_alone
from tests.counter.hands import serious
from tests.flows.live import PHONE, LiveServer

TWICE_AS_LARGE = """() => {
  const root = document.documentElement;
  for (const name of ["small", "text", "lead", "sub", "title", "figure", "figure-m", "target"]) {
    root.style.setProperty(`--${name}`, `${2 * parseFloat(getComputedStyle(root).getPropertyValue(`--${name}`))}px`);
  }
}"""

pytestmark = [pytest.mark.browser, on_sqlite_alone]


def card_of(session: Session, village: Village, household: int, folder: Path) -> Path:
    """Give a household a card; return a film of it as the paper has it."""
    secret = token.new_card(village.code)
    people.issue_cards(session, village.recorder, {village.households[household]: secret}, at=utc_now())
    card = HouseholdCard("001", "孔振明", "一组", f"HTTPS://AIXIN.EXAMPLE/C/{secret.card_key}", "123456")
    (page,) = papers.pictures(lay_out_cards("守口堡村", "爱心超市", "", [card], utc_now()), folder, 200)
    with Image.open(page) as sheet:
        frame = Image.new("L", (1280, 720), 255)
        frame.paste(sheet.crop((0, 0, sheet.width, sheet.height // 3)).resize((1280, 604)), (0, 60))
    return film(frame, folder / "card.mjpeg")


@pytest.fixture
def phone(playwright: Playwright, live_server: LiveServer, village: Village, tmp_path: Path) -> Iterator[Page]:
    """A phone whose camera sees the card of 评议甲's household, the recorder signed in, the sheet submitted."""
    with transaction() as session:
        kin(session, village, 0, 0)
        stages.bring_to(session, village, State.DELIBERATING, scores=TWO_ROWS)
        seen = card_of(session, village, 0, tmp_path)
    chromium = playwright.chromium.launch(**launch_options(seen))
    context = chromium.new_context(viewport=PHONE, base_url=live_server.url, permissions=["camera"])  # type: ignore[arg-type]
    live_server.sign_in(context, village.recorder)
    yield context.new_page()
    chromium.close()


def test_names_tapped_faster_than_the_network_answers_are_all_here(phone: Page, village: Village) -> None:
    phone.goto(f"/v/{village.code}/quarters/{Q3}/meeting")
    phone.get_by_role("button", name="开始点名").click()
    expect(phone.locator(".quorum")).to_contain_text("1 / 6")
    phone.locator(".present").evaluate(
        "form => [...form.elements].filter((each) => each.name === 'in').slice(0, 3).forEach((each) => each.click())"
    )
    expect(phone.locator(".quorum")).to_contain_text("4 / 6，够了")
    expect(phone.locator(".present [aria-busy]")).to_have_count(0)


def test_names_are_tapped_a_card_is_scanned_and_votes_are_taken(phone: Page, village: Village) -> None:
    phone.goto(f"/v/{village.code}/quarters/{Q3}/meeting")
    phone.get_by_role("button", name="开始点名").click()
    quorum = phone.locator(".quorum")
    expect(quorum).to_contain_text("1 / 6，还差 3 人")
    for name, told in (
        ("评议乙", "还差 2 人"),
        ("评议丁", "还差 1 人"),
        ("评议丁", "还差 2 人"),
        ("评议丙", "还差 1 人"),
    ):
        phone.get_by_role("button", name=name).click()
        expect(quorum).to_contain_text(told)
    phone.get_by_text("扫户卡签到").click()
    phone.get_by_role("button", name="打开摄像头").click()
    expect(phone.locator("#heard")).to_have_text("评议甲 到了。", timeout=20_000)
    expect(quorum).to_contain_text("4 / 6，够了")
    expect(phone.get_by_role("button", name="评议甲")).to_have_attribute("aria-pressed", "true")
    assert serious(phone) == []
    phone.get_by_text("扫户卡签到").click()
    expect(phone.locator("#camera")).to_be_hidden()

    votes = phone.locator(".votes-told")
    expect(votes).to_have_text("通过")
    phone.get_by_label("反对").fill("1")
    expect(votes).to_have_text("5 票，应是 4 票")
    phone.get_by_role("button", name="记下表决").click()
    expect(phone.get_by_role("alert")).to_contain_text("加起来应是 4 票")
    expect(phone.get_by_label("反对")).to_have_value("1")
    phone.get_by_label("赞成").fill("3")
    phone.get_by_role("button", name="记下表决").click()
    current = phone.locator(".item.is-current")
    expect(current).to_contain_text("001 户 孔振明")
    expect(current).to_contain_text("回避：评议甲（本人）")
    expect(phone.get_by_label("赞成")).to_have_value("3")

    phone.evaluate(TWICE_AS_LARGE)
    assert phone.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [PHONE["width"]] * 2
    assert serious(phone) == []
    phone.reload()
    expect(quorum).to_contain_text("4 / 6")
    expect(phone.get_by_role("button", name="评议乙")).to_be_hidden()  # who is here is folded away once votes are taken
    phone.context.set_offline(True)
    phone.get_by_role("button", name="记下表决").click()
    expect(phone.get_by_text("没有记上：网络断了")).to_be_visible()
    phone.context.set_offline(False)

    with transaction() as session:  # the chair, on another device
        (waiting,) = stages.now_sitting(session, village).open_items
        stages.vote(session, village, waiting.about, 2, 1, by=village.chair)
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(phone.get_by_role("button", name="散会")).to_be_visible()
    phone.get_by_role("button", name="散会").click()
    expect(phone.get_by_role("heading", name="评议会记录")).to_be_visible()
    with reading() as session:
        minutes = queries.minutes(session, village.recorder, Q3)
    assert [one.vote.votes for one in minutes.items] == [Votes(3, 1), Votes(2, 1)]
    assert minutes.present == ("石主", "评议丙", "评议乙", "评议甲")
