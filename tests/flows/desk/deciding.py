"""The quarter itself: the grid, the meeting, the notice with its objections, the confirmation, the vouchers."""

import re
from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.flows.desk.village import (
    BLAMED,
    CLAIMANT,
    CORRECTED,
    DOUBTED,
    HOUSEHOLDS,
    KIN,
    Desk,
    awarded,
    counted,
    photo,
    told,
)
from tests.flows.story import PUBLIC, Q3
from tests.plays.books import sums_of

BEFORE_LABOUR = 8
"""So many columns stand between 庭院整洁 and 义务劳动."""
WRONG, RIGHT = "评议乙说：三组的路灯坏了。", "更正：路灯坏在二组，不在三组。"
OBJECTIONS = {
    CLAIMANT: ("清渠我去了三个半天，只记了两个。", "查了带工人的名单，三个半天，补记。"),
    BLAMED: ("他家院子没有那么干净。", "两名评议员上门看过，院子是干净的。"),
    DOUBTED: ("他家去外地了，义务劳动不会是他。", "带工人作证，去的是他家大儿子。"),
}


def score(desk: Desk) -> None:
    """Open the quarter and paste two columns out of WPS; the deed and the penalty are there already."""
    desk.story.is_now(10, 8, 9, 0)
    recorder = desk.takes_up(desk.recorder, "开2026年第三季度的评分")
    desk.goes(recorder, "/quarters/open")
    recorder.get_by_role("button", name="开季度").click()
    recorder.wait_for_url(f"**/scores/{Q3}")
    expect(recorder.locator("[data-filled]")).to_have_text("2")
    recorder.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for column, rule in ((0, 0), (BEFORE_LABOUR, 1)):
        _paste(recorder, column, [str(home.points[rule] or "") for home in desk.story.homes])
    filled = sum(1 for home in desk.story.homes if any(home.points[:2]))
    expect(recorder.locator("[data-filled]")).to_have_text(str(filled))
    desk.goes(recorder, f"/scores/{Q3}/submit")
    recorder.get_by_label("没填的都按 0 分算").check()
    recorder.get_by_role("button", name="提交评议").click()
    expect(recorder.get_by_role("heading", level=1)).to_have_text("2026年第三季度")
    assert desk.books.rows("SELECT state FROM appraisal") == [("deliberating",)]
    assert awarded(desk) == {**_expected(desk), CLAIMANT: 16}


def _paste(page: Page, column: int, texts: Sequence[str]) -> None:
    """Put a column on the clipboard and paste it below the first household's cell."""
    page.locator("#grid tbody tr").first.locator("td:not(.pin)").first.focus()
    page.keyboard.press("Control+Home")
    for _ in range(column):
        page.keyboard.press("ArrowRight")
    page.evaluate("text => navigator.clipboard.writeText(text)", "\r\n".join(texts))
    page.keyboard.press("Control+V")
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=20_000)
    expect(page.locator(".is-unsaved")).to_have_count(0)


def _expected(desk: Desk) -> dict[str, int]:
    return {f"{home.number:03}": counted(home) for home in desk.story.homes}


def meet(desk: Desk) -> None:
    """Kin is told of beforehand; names are tapped, items voted one by one, the minutes put right and scanned in."""
    chair = desk.goes(desk.chair, "/kin")
    chair.get_by_label("谁", exact=True).select_option("评议甲")
    kin = chair.get_by_label("哪一户").locator("option", has_text=f"{KIN} ").get_attribute("value")
    chair.get_by_label("哪一户").select_option(kin)
    chair.get_by_label("关系").fill("姐夫家")
    chair.get_by_role("button", name="记下回避").click()
    told(chair, "他要回避")
    desk.story.is_now(10, 10, 8, 0)
    recorder = desk.takes_up(desk.recorder, "开评议会")
    desk.prints(recorder, "评议会议程", recorder.get_by_role("link", name="打印议程和名单"))
    recorder.get_by_role("button", name="开始点名").click()
    for name in ("评议甲", "评议乙", "评议丙"):
        recorder.get_by_role("button", name=name).click()
    expect(recorder.locator(".quorum")).to_contain_text("到会 4 / 4，够了")
    items = recorder.locator("[data-live=items] h2")
    expect(items).to_contain_text("0 / 2 项")
    recorder.get_by_role("button", name="记下表决").click()
    expect(items).to_contain_text("1 / 2 项")
    recorder.get_by_text("记一句谁说了什么").click()
    recorder.get_by_label("记一句", exact=True).fill(WRONG)
    recorder.get_by_role("button", name="记下这句").click()
    expect(recorder.locator("[data-live=notes]")).to_contain_text(WRONG)
    expect(recorder.locator(".item.is-current")).to_contain_text("回避：评议甲（姐夫家）")
    recorder.get_by_role("button", name="记下表决").click()
    expect(items).to_contain_text("2 / 2 项")
    recorder.get_by_role("button", name="散会").click()
    told(recorder, "名单定下来了")
    recorder.get_by_text("补一句，或更正").click()
    recorder.locator("details[open] [name=words]").fill(RIGHT)
    recorder.get_by_role("button", name="记在旁边").click()
    expect(recorder.get_by_role("main")).to_contain_text(RIGHT)
    recorder.locator("input[type=file]").set_input_files([photo()])
    recorder.get_by_role("button", name="存下签字的记录").click()
    told(recorder, "存下了")
    assert desk.books.rows("SELECT state FROM appraisal") == [("decided",)]


def publish(desk: Desk) -> None:
    """The panel's member sees it on the board too; the notice is printed on the day it is pinned up."""
    desk.story.is_now(10, 10, 9, 0)
    recorder = desk.takes_up(desk.recorder, "发布公示")
    recorder.get_by_role("button", name="发布公示").click()
    told(recorder, "公示开始了")
    desk.prints(recorder, "公示表，贴出的那天", recorder.get_by_role("link", name="公示表（打印）"))
    desk.panel.goto(f"/board/{PUBLIC}?find={KIN}")
    expect(desk.panel.get_by_role("main")).to_contain_text(f"{desk.home(KIN).head[0]}**")


def object_and_answer(desk: Desk) -> None:
    """One objection upheld, one rejected; one comes on the last day and is not answered before the notice ends."""
    desk.story.is_now(10, 11, 20, 0)
    _object(desk, desk.villager, CLAIMANT)
    _object(desk, desk.neighbour, BLAMED)
    desk.story.is_now(10, 12, 9, 0)
    chair = desk.takes_up(desk.chair, "答复异议：2 件")
    row = chair.locator("main li").filter(has_text=f"{CLAIMANT} 户")
    row.get_by_role("link", name="答复", exact=True).click()
    chair.get_by_text("异议成立，改分").click()
    chair.get_by_label("义务劳动").fill(str(CORRECTED))
    _answer(desk, CLAIMANT)
    chair = desk.takes_up(desk.chair, f"答复异议：{BLAMED} 号")
    chair.get_by_text("异议不成立，分不变").click()
    _answer(desk, BLAMED)
    desk.story.is_now(10, 15, 10, 0)
    _object(desk, desk.neighbour, DOUBTED)
    states = "SELECT state, count(*) FROM objection GROUP BY state ORDER BY state"
    assert desk.books.rows(states) == [("open", 1), ("rejected", 1), ("upheld", 1)]
    assert awarded(desk) == _expected(desk)


def _object(desk: Desk, page: Page, number: str) -> None:
    page.goto(f"/board/{PUBLIC}?find={number}")
    page.get_by_role("link", name="这一户有不对的，提异议").click()
    page.get_by_label("哪里不对").fill(OBJECTIONS[number][0])
    page.get_by_label("您的姓名").fill(desk.home(number).head if page is desk.villager else "一个邻居")
    page.get_by_role("button", name="提异议").click()
    told(page, "5 个工作日内答复您")
    expect(page.get_by_role("main")).to_contain_text("有异议，正在核")


def _answer(desk: Desk, number: str) -> None:
    desk.chair.get_by_label("答复的话").fill(OBJECTIONS[number][1])
    desk.chair.get_by_role("button", name="答复异议").click()
    told(desk.chair, "这一户可以认定了")


def confirm_and_pay(desk: Desk) -> None:
    """All but the row that is objected to; its vouchers; then that row, when it is answered, and its voucher."""
    points = _expected(desk)
    desk.story.is_now(10, 15, 18, 5)
    chair = desk.takes_up(desk.chair, "认定2026年第三季度")
    expect(chair.get_by_role("main")).to_contain_text(re.compile(rf"先等：{DOUBTED}.*有异议"))
    _confirm(desk, sum(points.values()) - points[DOUBTED])
    desk.story.is_now(10, 16, 9, 0)
    first = _issue(desk, sum(1 for number, each in points.items() if each and number != DOUBTED))
    desk.story.is_now(10, 19, 9, 0)
    chair = desk.takes_up(desk.chair, f"答复异议：{DOUBTED} 号")
    chair.get_by_text("异议不成立，分不变").click()
    _answer(desk, DOUBTED)
    desk.takes_up(chair, "认定2026年第三季度")
    _confirm(desk, sum(points.values()))
    second = _issue(desk, 1)
    for batch in (first, second):
        _hand_over(desk, batch)
    sums = sums_of(desk.books)
    assert sums.balances_agree
    assert (sums.points["household"], sums.points["voucher"]) == (0, sum(points.values()))
    assert awarded(desk) == points


def _confirm(desk: Desk, so_far: int) -> None:
    desk.chair.get_by_role("button", name="确认认定").click()
    expect(desk.chair.locator(".sealed")).to_be_visible()
    assert sums_of(desk.books).awarded == so_far


def _issue(desk: Desk, count: int) -> str:
    recorder = desk.takes_up(desk.recorder, "发券")
    recorder.get_by_role("button", name="确认发券").click()
    told(recorder, f"券已发出，共 {count} 张")
    return recorder.url


def _hand_over(desk: Desk, batch: str) -> None:
    recorder = desk.recorder
    recorder.goto(batch)
    recorder.get_by_text("全勾上").click()
    recorder.get_by_role("button", name="张已领取").click()
    told(recorder, re.compile("领走|领取"))


def count_the_shelf(desk: Desk) -> None:
    """Salt comes in, and a stocktake begins: its sheet does not say how much there should be."""
    recorder = desk.goes(desk.recorder, "/stock/receive")
    for name, value in {"code": "食盐", "quantity": "47", "expires_on": "2027-10-01"}.items():
        recorder.locator(f"[name={name}]").fill(value)
    recorder.get_by_role("button", name="记下入库").click()
    expect(recorder.get_by_role("main")).to_contain_text("今天入库 1 批")
    desk.goes(recorder, "/stock/stocktakes")
    recorder.get_by_label("监督人").fill("监委会甲")
    recorder.get_by_role("button", name="开始").click()
    recorder.wait_for_url(re.compile("/stocktakes/[0-9a-f-]{36}"))
    assert desk.books.value("SELECT count(*) FROM household") == HOUSEHOLDS
