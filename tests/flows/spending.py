"""What happens to the vouchers of the story: the counter, the loss desk, and the villager's own page."""

import re
from pathlib import Path
from typing import Any

from love_market.db import new_id
from tests import papers
from tests.flows.story import Story
from tests.flows.visitor import Visitor
from tests.plays.books import redemptions_that_do_not_match, sums_of
from tests.plays.shell import Installation

SALT_PRICE = 2
ALL_POINTS = 12 * 21 + 8


def spend(story: Story, clerk: Visitor, books: Installation, codes: list[str]) -> None:
    """Part of a voucher, sent twice; two vouchers in one basket; an undo; and what is refused in between."""
    story.is_now(10, 18, 10, 0)
    clerk.visit(story.at("/counter")).sees("请扫积分券")
    shelf = clerk.client.get(f"/api/v1{story.at('/goods')}").get_json()["goods"]
    assert [(good["name"], good["quantity"]) for good in shelf if good["quantity"]] == [("食盐", 40)]
    faces = sorted((look_up(story, clerk, code)["voucher"] for code in codes), key=lambda one: str(one["serial_no"]))
    assert [face["balance_points"] for face in faces] == [21, 21, 29, *[21] * 9]
    first, second = faces[0], faces[1]
    part = basket(books, [first], 3)
    made = clerk.posts(f"/api/v1{story.at('/redemptions')}", part)
    assert (made["total_points"], made["left_points"]) == (6, 15)
    before = books.counts()
    assert clerk.posts(f"/api/v1{story.at('/redemptions')}", part) == made, "sent again after a lost answer"
    assert books.counts() == before
    totals(books, redeemed=6, given=3)
    clerk.visit(made["page"]).sees("食盐", str(first["serial_no"]))
    refuse(story, clerk, books, first)

    both = clerk.posts(f"/api/v1{story.at('/redemptions')}", basket(books, [first, second], 15))
    assert (both["total_points"], both["left_points"]) == (30, 6)
    totals(books, redeemed=36, given=18)
    spent = look_up(story, clerk, short_code(books, first), status=409)
    assert (spent["error"], "用完了" in spent["detail"]) == ("VoucherSpent", True)

    story.later()
    clerk.visit(both["page"]).visit(f"{both['page']}/undo").press("确认撤销", why="拿错了货")
    totals(books, redeemed=6, given=3)
    clerk.visit(f"{both['page']}/undo", status=409)
    assert look_up(story, clerk, short_code(books, first))["voucher"]["balance_points"] == 15
    clerk.visit(story.at("/counter/today")).sees("食盐")
    assert redemptions_that_do_not_match(books) == []


def look_up(story: Story, clerk: Visitor, scan: str, status: int = 200) -> dict[str, Any]:
    answer: dict[str, Any] = clerk.posts(f"/api/v1{story.at('/scan')}", {"scan": scan}, status=status)
    return answer


def basket(books: Installation, vouchers: list[dict[str, Any]], pieces: int, price: int = SALT_PRICE) -> dict[str, Any]:
    salt = str(books.value("SELECT id FROM good WHERE name = '食盐'"))
    line = {"good_id": salt, "quantity": pieces, "points_each": price}
    return {"key": str(new_id()), "voucher_ids": [one["id"] for one in vouchers], "basket": [line]}


def short_code(books: Installation, face: dict[str, Any]) -> str:
    code: str = books.value("SELECT short_code FROM voucher WHERE serial_no = :number", number=face["serial_no"])
    return code


def totals(books: Installation, *, redeemed: int, given: int) -> None:
    """Check where all points and goods are, by the legs alone."""
    sums = sums_of(books)
    assert sums.balances_agree
    assert (sums.points["redeemed"], sums.points["voucher"]) == (redeemed, ALL_POINTS - redeemed)
    assert (sums.goods["given"], sums.goods["shelf"]) == (given, 40 - given)


def refuse(story: Story, clerk: Visitor, books: Installation, face: dict[str, Any]) -> None:
    """Ask for what cannot be: each refusal says which it is, and nothing is booked."""
    before = books.counts()
    for asked, status, error in (
        (basket(books, [face], 8), 409, "TooFewPoints"),
        (basket(books, [face], 3, price=1), 409, "PriceChanged"),
        (basket(books, [face], 99), 409, "TooFewPoints"),
        (basket(books, [], 1), 422, "NotJson"),
        (basket(books, [face], 0), 422, "NotJson"),
    ):
        assert clerk.posts(f"/api/v1{story.at('/redemptions')}", asked, status=status)["error"] == error
    assert look_up(story, clerk, "AAAA-BBBB-C", status=422)["error"] == "ShortCodeMistyped"
    assert books.counts() == before


def lose_one(story: Story, recorder: Visitor, clerk: Visitor, books: Installation) -> None:
    """A villager lost a voucher: frozen, then a new paper with the same points, and the old one is dead."""
    voucher_id, code = books.rows("SELECT id, short_code FROM voucher ORDER BY serial_no LIMIT 1 OFFSET 4")[0]
    page = story.at(f"/vouchers/{voucher_id}")
    recorder.visit(f"{page}/freeze").press("确认冻结", reason="赶集时丢了")
    assert look_up(story, clerk, code, status=409)["error"] == "VoucherFrozen"
    recorder.visit(f"{page}/reissue").press("确认补发", reason="确实找不着了")
    assert look_up(story, clerk, code, status=409)["error"] == "VoucherVoid"
    new = books.value("SELECT short_code FROM voucher WHERE reissue_of_id = :id", id=voucher_id)
    assert look_up(story, clerk, new)["voucher"]["balance_points"] == 21
    totals(books, redeemed=6, given=3)


def read_the_statement(story: Story, recorder: Visitor, books: Installation, folder: Path) -> None:
    """The household's card is printed; its code leads to the door, its six digits open it, and the points are there."""
    household_id, head = books.rows("SELECT id, head_name FROM household WHERE number = '001'")[0]
    recorder.visit(story.at(f"/households/cards?household={household_id}")).press("做新卡并下载")
    card = recorder.page.data
    (door,) = [code for page in papers.pictures(card, folder, 300) for code in papers.codes_by_zxing(page)]
    (digits,) = re.findall(r"(?<!\d)(\d{3}) (\d{3})(?!\d)", papers.text(card, folder))
    pin = "".join(digits)
    villager = Visitor(story.app).visit(door.removeprefix("HTTP://127.0.0.1:8000")).sees(f"{head[0]}** 家")
    villager.press("看我家的积分", pin=f"{(int(pin) + 1) % 10**6:06}", status=422)
    villager.press("看我家的积分", pin=pin)
    assert villager.path == "/my"
    villager.sees(f"{head[0]}** 家", "<b>15</b>", "义务劳动", "食盐", "2026-3-0001")
    totals(books, redeemed=6, given=3)
    assert villager.visit(story.at("/households")).path == "/sign-in", "what is the committee's is not a household's"
    villager.visit("/my").press("看完了，退出")
    assert villager.visit("/my").path != "/my"
    assert books.type("books", "verify").exit_code == 0
