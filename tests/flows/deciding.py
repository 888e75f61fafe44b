"""What happens to the quarter of the story, each step by whoever does it, over HTTP: roster to vouchers."""

import io
from datetime import UTC, datetime
from pathlib import Path

from love_market.db import new_id
from tests import papers
from tests.flows.story import PUBLIC, Q3, Story
from tests.flows.visitor import Visitor
from tests.plays.books import sums_of
from tests.plays.shapes import roster_by_person
from tests.plays.shell import Installation

TIDY, LABOUR = 10, 16
COUNTED = 5 + 16
"""庭院整洁 is entered as 10 and counts for 5; 义务劳动 counts whole (domain.md §3)."""


def take_the_roster_in(story: Story, recorder: Visitor, books: Installation) -> None:
    name, data = roster_by_person(story.homes)
    recorder.visit(story.at("/households/roster"))
    recorder.press("看看会改什么", roster=(io.BytesIO(data), name)).sees("身份证号，都丢掉了", story.homes[0].head)
    assert books.value("SELECT count(*) FROM household") == 0, "a preview writes nothing"
    recorder.press("照此导入").sees(f"新增 {len(story.homes)} 户")
    assert books.value("SELECT count(*) FROM household") == len(story.homes)
    assert books.value("SELECT sum(member_count) FROM household") == sum(1 + len(home.members) for home in story.homes)


def meet(story: Story, recorder: Visitor, books: Installation) -> None:
    """Before office hours, which is still yesterday in Greenwich: first too few come, then enough."""
    story.is_now(10, 10, 7, 30)
    recorder.visit(story.at(f"/quarters/{Q3}/meeting"))
    recorder.press("开始点名", held_on="2026-10-10", place_name="村委会").sees("还差 2 人", "评议甲", "石主")
    assert books.value("SELECT count(*) FROM attendance WHERE present") == 1, "who chairs is here"
    recorder.press("评议甲").sees("还差 1 人").does_not_see("记下表决")
    recorder.press("评议乙").press("评议丙").sees("够了")
    recorder.press("记下表决", {"for": "2", "against": "0"}, status=422).sees("加起来应是 4 票")
    recorder.press("记下表决", {"for": "3", "abstained": "1"}).sees("都表决完了")
    assert books.rows("SELECT state FROM appraisal") == [("deliberating",)]
    recorder.press("散会").sees("村委会", "评议甲", "散会了")
    assert books.rows("SELECT state FROM appraisal") == [("decided",)]
    assert books.value("SELECT count(*) FROM attendance WHERE present") == 4


def publish(story: Story, recorder: Visitor, books: Installation) -> None:
    story.is_now(10, 10, 9, 0)
    recorder.visit(story.at(f"/quarters/{Q3}/publish"))
    recorder.press("发布公示", status=422, days="4")
    recorder.press("发布公示", days="5").sees("公示开始了")
    begins, ends, head = books.rows("SELECT notice_begins_at, notice_ends_at, head_hash FROM appraisal")[0]
    assert (begins, ends) == (datetime(2026, 10, 10, 1, 0, tzinfo=UTC), datetime(2026, 10, 15, 10, 0, tzinfo=UTC))
    paper = recorder.client.get(f"/board/{PUBLIC}/notice.pdf")
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert head == books.value("SELECT head_hash FROM book")


def object_and_answer(story: Story, books: Installation) -> None:
    """A neighbour reads the public page without signing in, objects; the chair corrects one cell."""
    story.is_now(10, 11, 20, 0)
    masked = f"{story.homes[2].head[0]}**"
    neighbour = Visitor(story.app).visit(f"/board/{PUBLIC}").sees(masked, "还剩").does_not_see(story.homes[2].head)
    third = books.value("SELECT id FROM household WHERE number = '003'")
    neighbour.visit(f"/board/{PUBLIC}?find=003")
    neighbour.visit(neighbour.link_to(f"/object/{third}"))
    neighbour.press("提异议", words="清渠我去了三个半天。", raised_by="本户", contact="13900000003")
    assert books.rows("SELECT state FROM appraisal_row WHERE state <> 'listed'") == [("contested",)]
    neighbour.visit(f"/board/{PUBLIC}").sees("有异议，正在核")
    chair = story.comes("chair").visit(story.at(f"/quarters/{Q3}"))
    chair.sees("清渠我去了三个半天。").visit(chair.link_to("/objections/"))
    corrected = f"points-{books.value('SELECT id FROM rule WHERE name = :name', name='义务劳动')}"
    chair.press("答复异议", {corrected: "24"}, upheld="yes", reply="查了带工人的名单，补一个半天。")
    neighbour.visit(f"/board/{PUBLIC}").sees("查了带工人的名单，补一个半天。", "更正")
    assert books.value("SELECT points FROM appraisal_row WHERE household_id = :id", id=third) == 5 + 24


def confirm(story: Story, recorder: Visitor, books: Installation) -> None:
    """Not before the notice ends, not by who recorded, and once however often it is pressed."""
    page = story.at(f"/quarters/{Q3}/confirm")
    chair = story.comes("chair").visit(page).sees("到期以后才能认定")
    refused = chair.client.post(page, data={"key": str(new_id())})
    assert (refused.status_code, books.rows("SELECT state FROM appraisal")) == (409, [("notice",)])
    assert sums_of(books).awarded == 0
    story.is_now(10, 15, 18, 1)
    assert recorder.client.post(page, data={"key": str(new_id())}).status_code == 403
    chair.visit(page).press("确认认定").sees("已认定")
    before = books.counts()
    chair.client.post(page, data={"key": str(new_id())})
    assert books.counts() == before, "pressed again, nothing more"
    sums = sums_of(books)
    assert sums.awarded == 12 * COUNTED + 8
    assert (sums.points["budget"], sums.points["household"]) == (300 - sums.awarded, sums.awarded)


def issue(story: Story, recorder: Visitor, books: Installation, folder: Path) -> list[str]:
    """Issue, print both papers, hand ten over; return what the codes on the sheet say, in the order of its vouchers."""
    story.is_now(10, 16, 9, 0)
    recorder.visit(story.at(f"/vouchers/issue/{Q3}")).sees("12").press("确认发券").sees("券已发出，共 12 张")
    sums = sums_of(books)
    assert (sums.issued, sums.points["voucher"], sums.points["household"]) == (12 * COUNTED + 8, sums.issued, 0)
    batch = recorder.path
    sheet = recorder.client.get(f"{batch}/sheet.pdf").data
    codes = [code for page in papers.pictures(sheet, folder, 150) for code in papers.codes_by_zxing(page)]
    assert len(set(codes)) == 12
    assert story.homes[0].head in papers.text(recorder.client.get(f"{batch}/sign-for.pdf").data, folder)
    recorder.visit(batch)
    first_ten = [str(row[0]) for row in books.rows("SELECT id FROM voucher ORDER BY serial_no LIMIT 10")]
    recorder.press("记下已领取", voucher=first_ten).sees("领走 10 张")
    assert books.rows("SELECT state, count(*) FROM voucher GROUP BY state ORDER BY state") == [
        ("handed_over", 10),
        ("issued", 2),
    ]
    return codes


def receive(story: Story, clerk: Visitor, books: Installation) -> None:
    clerk.visit(story.at("/stock/receive"))
    clerk.press("记下入库", code="食盐", quantity="40", unit_cost="2", expires_on="2027-10-01", source="bought")
    assert (sums_of(books).goods["shelf"], sums_of(books).goods["supplier"]) == (40, -40)
    clerk.visit(story.at("/stock")).sees("食盐", "40")
