"""Before the quarter is scored: rules by a meeting, the roster, cards, claims and penalties."""

import re
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.flows.desk.village import CLAIMANT, HOUSEHOLDS, LITTERER, Desk, photo, told
from tests.plays.shapes import roster_by_person

REFUSAL = "问过邻居，那天没有挑水；下回写清帮了谁。"
REPLY = "那天我在县医院，车票在这里，不是我家倒的。"
WITHDRAWN = "车票对得上，不是这一户。"


def adopt_rules(desk: Desk) -> None:
    """The usual rules by a meeting of the representatives; a month later one of them is bettered."""
    desk.story.is_now(7, 2, 9, 0)
    chair = desk.takes_up(desk.chair, "定下积分细则")
    chair.goto(desk.story.at("/rules/begin"))
    chair.get_by_role("link", name="拿通用细则来改").click()
    _pass(chair, "通过第 1 版", "2026-07-01")
    desk.story.is_now(7, 20, 9, 0)
    desk.goes(chair, "/rules/new")
    chair.get_by_label("凭据", exact=True).first.fill("季度检查表，两人签字")
    _pass(chair, "通过第 2 版", "2026-07-19")
    assert desk.books.rows("SELECT number FROM rule_version ORDER BY number") == [(1,), (2,)]


def _pass(chair: Page, button: str, day: str) -> None:
    chair.get_by_role("button", name="看改了什么").click()
    for label, number in (("村民代表一共", "30"), ("到会", "27"), ("赞成", "26"), ("反对", "1")):
        chair.get_by_label(label, exact=True).fill(number)
    chair.get_by_label("哪一天开的会").fill(day)
    chair.get_by_role("button", name=button).click()
    told(chair, "新一版细则通过了")


def take_the_roster_in(desk: Desk) -> None:
    """The village's own workbook, looked at first; nothing is typed twice."""
    name, data = roster_by_person(desk.story.homes)
    recorder = desk.takes_up(desk.recorder, "导入农户名册")
    recorder.set_input_files("input[type=file]", {"name": name, "mimeType": "application/zip", "buffer": data})
    recorder.get_by_role("button", name="看看会改什么").click()
    expect(recorder.get_by_role("heading", level=1)).to_have_text(re.compile(rf"会有\s*{HOUSEHOLDS}\s*户"))
    assert desk.books.value("SELECT count(*) FROM household") == 0, "a preview writes nothing"
    recorder.get_by_role("button", name="照此导入").click()
    told(recorder, f"新增 {HOUSEHOLDS} 户")
    assert desk.books.value("SELECT count(*) FROM household") == HOUSEHOLDS


def give_cards_out(desk: Desk) -> None:
    """Every household's card; the first one on the paper opens the door to the claimant's own page."""
    recorder = desk.goes(desk.recorder, "/households/cards")
    with recorder.expect_download(timeout=60_000) as saved:
        recorder.get_by_role("button", name="做新卡并下载").click(no_wait_after=True)
    text = desk.keeps("户卡", Path(saved.value.path()).read_bytes())
    missing = [home.head for home in desk.story.homes if f"{home.head} 户" not in text]
    assert missing == []
    assert desk.books.value("SELECT count(DISTINCT card_key) FROM household") == HOUSEHOLDS
    key, (digits, *_others) = _first_code(desk), re.findall(r"(?<!\d)(\d{3}) (\d{3})(?!\d)", text)
    desk.villager.goto(f"/C/{key}")
    desk.villager.locator("[name=pin]").fill("".join(digits))
    desk.villager.get_by_role("button", name="看我家的积分").click()
    desk.villager.wait_for_url("**/my")
    expect(desk.villager.get_by_role("main")).to_contain_text(f"{desk.home(CLAIMANT).head[0]}** 家")


def _first_code(desk: Desk) -> str:
    """Return the key in the code of the card at the top left of the first page."""
    (desk.folder / "cards.pdf").write_bytes(desk.printed["户卡"])
    draw = ["pdftoppm", "-r", "150", "-gray", "-singlefile", "cards.pdf", "cards"]
    subprocess.run(draw, cwd=desk.folder, check=True)
    with Image.open(desk.folder / "cards.pgm") as picture:
        found = zxingcpp.read_barcodes(picture)
    first = min(found, key=lambda one: one.position.top_left.x + one.position.top_left.y)
    return first.text.rsplit("/", 1)[-1]


def claim_and_review(desk: Desk) -> None:
    """Two claims from a phone: one accepted by two people, one refused with a reason that the villager reads."""
    desk.story.is_now(8, 20, 19, 0)
    _claim(desk.villager, "义务劳动", "清了村东的渠", photo())
    _claim(desk.villager, "邻里助老", "给邻居挑水")
    desk.story.is_now(8, 21, 9, 0)
    panel = desk.takes_up(desk.panel, "初审好事：2 件")
    panel.locator(".rows > li, main li").filter(has_text="义务劳动").get_by_role("link").last.click()
    panel.get_by_role("button", name="属实，初审通过").click()
    told(panel, "初审过了")
    desk.goes(panel, "/deeds?state=claimed")
    panel.locator("main li").filter(has_text="邻里助老").get_by_role("link").last.click()
    panel.get_by_role("link", name="退回").click()
    panel.locator("[name=reason]").fill(REFUSAL)
    panel.get_by_role("button", name="退回").click()
    told(panel, "退回了")
    chair = desk.takes_up(desk.chair, "复核好事：1 件")
    if chair.locator("main li").filter(has_text="义务劳动").count():
        chair.locator("main li").filter(has_text="义务劳动").get_by_role("link").last.click()
    chair.get_by_role("button", name="认可，加 8 分").click()
    told(chair, "认可了。")
    desk.villager.goto("/my/deeds")
    expect(desk.villager.locator("main li").filter(has_text="邻里助老")).to_contain_text(REFUSAL)
    expect(desk.villager.locator("main li").filter(has_text="义务劳动")).to_contain_text("已认可")
    assert desk.books.rows("SELECT state FROM deed ORDER BY state") == [("accepted",), ("refused",)]


def _claim(page: Page, what: str, words: str, *photos: FilePayload) -> None:
    page.goto("/my/deeds/new")
    page.get_by_label("找一件事").fill(what)
    page.locator("label.tile:visible", has_text=what).click()
    page.get_by_role("button", name="昨天", exact=True).click()
    page.get_by_label("经过").fill(words)
    page.locator("#photos").set_input_files(photos)
    expect(page.locator(".thumbs li")).to_have_count(len(photos))
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url(re.compile("/my/deeds/[0-9a-f-]{36}"))


def hear_penalties(desk: Desk) -> None:
    """Two penalties, both told by a slip: one answered on the phone and withdrawn, one not answered, which stands."""
    desk.story.is_now(9, 14, 9, 0)
    answered = _note(desk, CLAIMANT, "9月12日把垃圾倒在河边，劝过两次。")
    silent = _note(desk, LITTERER, "9月13日又把垃圾倒在渠里。")
    desk.story.is_now(9, 15, 12, 0)
    villager = desk.villager
    villager.goto("/my")
    expect(villager.get_by_role("main")).to_contain_text("现在还没有扣")
    villager.get_by_role("link", name="去看，去说").click()
    villager.get_by_label("要说的话").fill(REPLY)
    villager.locator("button.primary").last.click()
    told(villager, "收到了")
    chair = desk.takes_up(desk.chair, "扣分有答复了：1 条")
    chair.goto(answered)
    expect(chair.get_by_role("main")).to_contain_text(REPLY)
    _decide(chair, "撤销，不扣", WITHDRAWN)
    desk.story.is_now(9, 20, 9, 0)
    chair.goto(silent)
    _decide(chair, "认定，照记的扣", "凭据清楚，没有答复。")
    assert sorted(desk.books.rows("SELECT state FROM penalty")) == [("stands",), ("withdrawn",)]
    villager.goto("/my")
    expect(villager.get_by_role("main")).to_contain_text(WITHDRAWN)


def _note(desk: Desk, number: str, words: str) -> str:
    """Record a penalty with a photo, print its slip, hand it over; return its page's address."""
    recorder = desk.goes(desk.recorder, "/penalties/new")
    recorder.get_by_label("哪一户").fill(number)
    recorder.keyboard.press("Enter")
    recorder.get_by_text("乱倒垃圾").click()
    recorder.get_by_label("怎么回事").fill(words)
    recorder.locator("input[type=file]").set_input_files([photo()])
    expect(recorder.locator(".thumbs li")).to_have_count(1)
    recorder.get_by_role("button", name="记下").click()
    recorder.wait_for_url(re.compile("/penalties/[0-9a-f-]{36}"))
    desk.prints(recorder, f"扣分告知单 {number}", recorder.get_by_role("link", name="打印告知单"))
    recorder.get_by_role("link", name="已经交到户里").click()
    expect(recorder.get_by_label("告知单交到了谁手里")).to_have_value(desk.home(number).head)
    recorder.locator("button.primary").last.click()
    told(recorder, "等这一户答复")
    return recorder.url


def _decide(chair: Page, outcome: str, reason: str) -> None:
    chair.get_by_role("link", name="去定这条扣分").click()
    chair.get_by_text(outcome).click()
    chair.get_by_label("理由").fill(reason)
    chair.get_by_role("button", name="就这样定").click()
    told(chair, "定了，理由已写给这一户")
