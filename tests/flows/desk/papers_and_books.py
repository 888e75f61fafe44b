"""Every paper of the quarter, printed from the pages, its words compared with the rows of the books."""

import re
from collections.abc import Mapping

from playwright.sync_api import Page

from tests.flows.desk.before import REFUSAL
from tests.flows.desk.deciding import OBJECTIONS, RIGHT, WRONG
from tests.flows.desk.village import (
    CLAIMANT,
    CORRECTED,
    HOUSEHOLDS,
    KIN,
    LITTERED,
    LITTERER,
    Desk,
    awarded,
    quarter_page,
)
from tests.flows.story import Q3


def compare(desk: Desk) -> None:
    """Print what the list of papers offers, and what hangs on single objections and penalties; read each one."""
    desk.story.later(60)
    recorder = desk.goes(desk.recorder, f"/papers?quarter={Q3}")
    texts = _all_of(desk, recorder)
    points = awarded(desk)
    for name in ("公示表 A4", "公示表 A3"):
        notice(desk, texts[name], points)
    register(desk, texts["事迹登记册 按户"])
    register(desk, texts["事迹登记册 按日子"])
    agenda(desk, desk.keeps("评议会议程", desk.printed["评议会议程"]), points)
    minutes(desk, texts["评议会记录 打印"])
    vouchers(desk, texts)
    booklets(desk, texts["户积分存折 全村"], points)
    report(desk, texts["季度报表 打印"], points)
    rules(desk, texts)
    objections(desk)
    slips(desk)
    stocktake(desk)


def _all_of(desk: Desk, page: Page) -> dict[str, str]:
    """Print every PDF that the page links to, also those of each batch; return their words by the link's name."""
    links = page.locator("main a[href*='.pdf']").all()
    texts: dict[str, str] = {}
    for link in links:
        name = link.get_attribute("aria-label") or re.sub(r"\s+", " ", link.inner_text())
        texts[name] = texts.get(name, "") + desk.prints(page, name, link)
    return texts


def _row(number: str, name: str, points: int) -> re.Pattern[str]:
    """Return how a row of a household reads on paper: number, name, group, points."""
    return re.compile(rf"^\s*{number}\s+{re.escape(name)}\s+\S+组\s+{points}(?!\d)", re.MULTILINE)


def notice(desk: Desk, text: str, points: Mapping[str, int]) -> None:
    missing = [
        home.number
        for home in desk.story.homes
        if not _row(f"{home.number:03}", f"{home.head[0]}**", points[f"{home.number:03}"]).search(text)
    ]
    assert missing == []
    assert f"共 {HOUSEHOLDS} 户" in text
    assert "更正" in text, "what was put right is said on paper too"
    assert not any(home.head in text for home in desk.story.homes), "the wall shows no whole name"
    begun = desk.books.value("SELECT head_hash FROM appraisal").upper()
    assert begun in re.sub(r"\s", "", text)


def register(desk: Desk, text: str) -> None:
    """The deed that two people saw; the refused one is not there."""
    accepted = desk.books.rows("SELECT points FROM deed WHERE state = 'accepted'")
    assert accepted == [(8,)]
    for words in (desk.home(CLAIMANT).head, "义务劳动", "清了村东的渠", "石主", "1 件，8 分"):
        assert words in text
    assert "邻里助老" not in text
    assert REFUSAL not in text


def agenda(desk: Desk, text: str, points: Mapping[str, int]) -> None:
    """Printed before the meeting: whole names, and who steps aside."""
    for home in desk.story.homes:
        number = f"{home.number:03}"
        before = 16 if number == CLAIMANT else points[number]
        assert _row(number, home.head, before).search(text), number
    assert re.search(rf"{KIN}\s.*评议甲", text)


def minutes(desk: Desk, text: str) -> None:
    for words in (WRONG, RIGHT, "应到", "4 人：石主、评议丙、评议乙、评议甲", "通过，进入公示"):
        assert words in text
    votes = desk.books.rows("SELECT votes_for, votes_against, votes_abstained FROM resolution ORDER BY votes_for")
    assert votes == [(3, 0, 0), (4, 0, 0)]
    assert re.search(rf"{KIN} 户 {desk.home(KIN).head}\s+评议甲\s+3\s+0\s+0\s+通过", text)


def vouchers(desk: Desk, texts: dict[str, str]) -> None:
    """Each voucher stands on a sheet with its points, and on a list to sign with the whole name."""
    rows = desk.books.rows(
        """
        SELECT voucher.serial_no, voucher.short_code, voucher.face_points, household.number, household.head_name
        FROM voucher JOIN household ON household.market_id = voucher.market_id AND household.id = voucher.household_id
        """
    )
    assert len(rows) == sum(1 for each in awarded(desk).values() if each)
    for serial, short_code, face, number, head in rows:
        assert serial in texts["积分券 打印"]
        assert short_code.replace("-", "") in texts["积分券 打印"].replace("-", "")
        signed = re.compile(rf"{number}\s+{head}\s+\S+组\s+{serial}\s+{face}(?!\d)")
        assert signed.search(texts["领取签字表 打印"]), serial


def booklets(desk: Desk, text: str, points: Mapping[str, int]) -> None:
    for home in desk.story.homes:
        assert re.search(rf"{home.number:03} 号 {home.head} 户", text), home.number
    for number in (CLAIMANT, LITTERER):
        assert f"{number} 号" in text
    assert text.count("合计") >= HOUSEHOLDS
    assert f"合计 {points[CLAIMANT]} 分" in text


def report(desk: Desk, text: str, points: Mapping[str, int]) -> None:
    """The township reads the same sums as the books have."""
    total = f"{sum(points.values()):,}"
    count = sum(1 for each in points.values() if each)
    assert re.search(rf"{count} 户\s+{total} 分", text)
    assert re.search(rf"发出\s+{count} 张，{total} 分", text)
    assert re.search(rf"领走\s+{count} 张", text)
    assert re.search(r"认可的好事\s+1\s?件", text)
    assert re.search(rf"在册户数\s+{HOUSEHOLDS} 户", text)


def rules(desk: Desk, texts: dict[str, str]) -> None:
    names = [
        name
        for (name,) in desk.books.rows(
            "SELECT name FROM rule JOIN rule_version ON rule_version.id = rule.version_id WHERE number = 2"
        )
    ]
    for size in ("积分细则 A4", "积分细则 A3"):
        assert [name for name in names if name not in texts[size]] == []
        assert "赞成" in texts[size]
    page = desk.goes(desk.recorder, "/rules")
    changes = desk.prints(page, "细则修改对照表", page.locator("a[href*='changes.pdf']").first)
    assert "季度检查表，两人签字" in changes


def objections(desk: Desk) -> None:
    page = desk.goes(desk.recorder, quarter_page("/objections"))
    for number, (said, reply) in OBJECTIONS.items():
        item = page.locator("main li").filter(has_text=f"{number} 户")
        form = desk.prints(page, f"异议登记表 {number}", item.locator("a[href*='/form.pdf']"))
        answer = desk.prints(page, f"异议答复书 {number}", item.locator("a[href*='/reply.pdf']"))
        for text in (form, answer):
            flat = re.sub(r"\s", "", text)
            assert said in flat
            assert reply in flat
            assert f"{number}号" in flat
        state = desk.books.value(
            "SELECT objection.state FROM objection JOIN household ON household.id = objection.household_id"
            " WHERE household.number = :number",
            number=number,
        )
        assert ("异议不成立" in answer) == (state == "rejected")
    assert f"{CORRECTED} 分" in desk.keeps("", desk.printed[f"异议答复书 {CLAIMANT}"])


def slips(desk: Desk) -> None:
    for number in (CLAIMANT, LITTERER):
        text = desk.keeps(f"扣分告知单 {number}", desk.printed[f"扣分告知单 {number}"])
        assert f"{number} 号 {desk.home(number).head} 家" in text
        assert re.search(rf"扣\s+{LITTERED} 分", text)
        assert "乱倒垃圾" in text


def stocktake(desk: Desk) -> None:
    """The sheet names the goods and says nothing of how many there should be."""
    page = desk.goes(desk.recorder, "/stock/stocktakes")
    page.get_by_role("link", name="去点货").first.click()
    sheet = desk.prints(page, "盘点表", page.locator("a[href*='sheet.pdf']").first)
    assert desk.books.rows("SELECT quantity_received FROM lot") == [(47,)]
    assert "食盐" in sheet
    assert "47" not in sheet
