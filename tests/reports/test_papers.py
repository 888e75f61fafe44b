"""Papers of what was read: the booklet, the report, the township's sheet, and the page that lists all papers."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from love_market.appraisals import service as appraisals_service
from love_market.appraisals.rules import State
from love_market.clock import village_date
from love_market.counter import service as counter
from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as ledger
from love_market.people.models import Household, RoleGrant, Staff
from love_market.people.rules import Guard, Role
from love_market.reports.queries.booklet import booklet
from love_market.reports.queries.report import quarter_report
from love_market.reports.queries.statement import statement
from love_market.stock import queries as stock
from love_market.vouchers import queries as vouchers
from love_market.vouchers import service as vouchers_service
from love_market.vouchers.rules import proxy_of
from tests import papers
from tests.appraisals import stages
from tests.appraisals.stages import AFTER_NOTICE, Q3, TWO_ROWS
from tests.builders import HEADS, Village, sign_in
from tests.conftest import Clock, on_sqlite_alone
from tests.counter import made as shops
from tests.reports.conftest import ways_of
from tests.reports.test_statements_asked import counted_statements
from tests.vouchers import made

CARRIED = 5
"""What the first household had before the quarter."""


@pytest.fixture
def paid_out(village: Village, clock: Clock) -> Village:
    """A quarter of two households (32 and 9 points) confirmed and issued; the first spent 8 of 37 on two things."""
    with transaction() as session:
        made.award(session, village, {village.households[0]: CARRIED}, clock.at)
    with transaction() as session:
        stages.bring_to(session, village, State.CONFIRMED, scores=TWO_ROWS)
    clock.at = AFTER_NOTICE + timedelta(hours=1)
    with transaction() as session:
        batch = made.issue(session, village, clock.at)
        faces = {one.household_id: one for one in vouchers.vouchers_of_batch(session, village.chair, batch)}
        shop = shops.Shop(village, [faces[village.households[0]]], [], shops.goods(session, village, clock.at))
        basket = [shop.line("香皂", 1), shop.line("食盐", 2)]
        shops.redeem(session, shop, [shop.vouchers[0].id], basket, clock.at, new_id())
        undone = shops.redeem(session, shop, [shop.vouchers[0].id], basket[:1], clock.at, key := new_id())
        assert undone.total_points == 4
        counter.undo(session, village.clerk, key, reason="拿错了", at=clock.at, key=new_id())
    return village


def test_a_booklet_page_adds_up_from_award_to_now(paid_out: Village, clock: Clock) -> None:
    with reading() as session:
        pages = booklet(session, paid_out.chair, Q3)
        assert [page.household.number for page in pages] == [f"{number:03}" for number in range(1, 13)]
        first, second, *others = pages
        assert (first.carried_points, first.flow.awarded, first.flow.spent, first.balance_points) == (5, 32, 8, 29)
        assert (second.carried_points, second.flow.awarded, second.balance_points) == (0, 9, 9)
        assert {page.balance_points for page in others} == {0}
        assert (first.honour_points, [one.face_points for one in first.vouchers]) == (32, [37])
        assert [(one.points, one.goods) for one in first.spendings] == [(8, ("香皂 ×1", "食盐 ×2"))]
        for page in pages[:2]:
            told = statement(session, paid_out.chair, page.household.id, at=clock.at)
            assert (told.balance_points, told.carried_points) == (page.balance_points, page.carried_points)
        assert booklet(session, paid_out.chair, Q3, paid_out.households[0]) == pages[:1]


def test_a_page_ends_where_the_next_quarter_begins(paid_out: Village, clock: Clock) -> None:
    with reading() as session:
        before = booklet(session, paid_out.chair, Q3)
    after, ours = Q3.next(), paid_out.households[0]
    with transaction() as session:
        appraisals_service.open_quarter(
            session, paid_out.recorder, after, budget_points=1000, at=stages.AT, key=new_id()
        )
        stages.score(session, paid_out, {0: {"assembly": 4}}, after)
        appraisals_service.submit(session, paid_out.recorder, after, at=stages.AT)
        stages.meet(session, paid_out, quarter=after)
        stages.publish(session, paid_out, after)
    with transaction() as session:
        later = clock.at + timedelta(days=6)
        appraisals_service.confirm(session, paid_out.chair, after, at=later, key=new_id())
    with reading() as session:
        assert booklet(session, paid_out.chair, Q3)[0].balance_points == before[0].balance_points == 29
        page = booklet(session, paid_out.chair, after, ours)[0]
        assert (page.carried_points, page.flow.awarded, page.balance_points, page.waiting_points) == (29, 4, 33, 4)


def test_booklets_are_read_in_as_many_statements_for_a_village_as_for_one(paid_out: Village) -> None:
    with reading() as session:
        assert booklet(session, paid_out.chair, Q3)
        with counted_statements() as one:
            booklet(session, paid_out.chair, Q3, paid_out.households[0])
        with counted_statements() as all_of_them:
            booklet(session, paid_out.chair, Q3)
    assert len(one) == len(all_of_them) <= 20


@on_sqlite_alone
def test_the_booklets_of_a_village_are_two_a_sheet(
    paid_out: Village, client: FlaskClient, clock: Clock, tmp_path: Path
) -> None:
    neighbour = proxy_of("王五", "neighbour")
    with transaction() as session:
        batch = vouchers.batches(session, paid_out.chair)[0].id
        face = next(
            one
            for one in vouchers.vouchers_of_batch(session, paid_out.chair, batch)
            if one.household_id == paid_out.households[1]
        )
        vouchers_service.hand_over(session, paid_out.chair, [face.id], at=clock(), proxy=neighbour)
        known = {good.name: good.id for good in stock.goods(session, paid_out.clerk)}
        shop = shops.Shop(paid_out, [], [], known)
        counter.redeem(
            session,
            paid_out.clerk,
            key=new_id(),
            voucher_ids=[face.id],
            basket=[shop.line("食盐", 1)],
            at=clock(),
            proxy=neighbour,
        )
    sign_in(client, paid_out.recorder)
    paper = client.get(f"/v/{paid_out.code}/quarters/{Q3}/booklets.pdf")
    text = papers.text(paper.data, tmp_path)
    sheets = text.split("\f")[:-1]
    assert len(sheets) == 6
    for number, head in enumerate(HEADS):
        assert f"{number + 1:03} 号" in sheets[number % 6]
        assert head in sheets[number % 6]
    for words in ("义务劳动", "2026年荣誉分 32", "面额 37", "剩 29", "香皂 ×1、食盐 ×2", "第 12 页，共 12 页", "账首"):
        assert words in text
    for words in ("由 王五 代领。", "食盐 ×1（王五代换）"):
        assert text.count(words) == 1, "who has paper only reads there who acted for it"
    assert all(papers.fonts(paper.data, tmp_path).values())
    alone = client.get(f"/v/{paid_out.code}/quarters/{Q3}/booklets/{paid_out.households[0]}.pdf")
    assert "002 号" not in papers.text(alone.data, tmp_path)
    assert client.get(f"/v/{paid_out.code}/quarters/2026Q2/booklets.pdf").status_code == 404


def test_the_report_s_figures_are_those_of_rows_and_books(paid_out: Village, clock: Clock) -> None:
    with reading() as session:
        told = quarter_report(session, paid_out.chair, Q3)
        assert (told.households, told.awards.rows, told.awards.households, told.awards.points) == (12, 12, 2, 41)
        assert sum(told.awards.by_category.values()) + told.awards.floored == 41
        issued = told.issued
        assert (issued.vouchers, issued.points, issued.redeemed, issued.left) == (2, 46, 8, 38)
        assert told.unredeemed_points == told.unredeemed_of_market == 38
        assert told.redemptions == 0  # of the quarter's own days
        assert told.head == ledger.head(session, paid_out.market_id)
        now = quarter_report(session, paid_out.chair, Q3.next())
        assert (now.redemptions, now.goods_points, now.appraisal) == (1, 8, None)
        handed_out = {(one.title, one.quantity, one.points) for one in now.goods}
        assert handed_out == {("香皂 125克", 1, 4), ("食盐 400克", 2, 4)}
        assert now.shelf.points == sum(each[3] * each[6] for each in shops.GOODS) - 8
    assert village_date(clock.at) > Q3.last_day


@on_sqlite_alone
def test_the_report_is_one_page_and_says_all_of_it(paid_out: Village, client: FlaskClient, tmp_path: Path) -> None:
    sign_in(client, paid_out.chair)
    text = papers.text(client.get(f"/v/{paid_out.code}/quarters/{Q3}/report.pdf").data, tmp_path)
    with reading() as session:
        head = ledger.head(session, paid_out.market_id)
    assert text.count("\f") == 1
    for words in ("季度报表", "报：龙泉镇", "已认定", "2 张，46 分", "填报人", "盖章处", f"第 {head.number} 笔"):
        assert words in text, words
    assert head.hash[:4].upper() in text


@on_sqlite_alone
def test_a_township_reads_the_same_figures_of_its_villages(
    paid_out: Village, client: FlaskClient, clock: Clock, tmp_path: Path
) -> None:
    township = "140221100"
    with transaction() as session:
        for place, name in ((township, "龙"), ("140221101", "外")):
            staff = Staff(id=new_id(), sign_in_name=name, name=name, password_hash="unset", created_at=clock.at)
            session.add(staff)
            session.flush()
            session.add(
                RoleGrant(staff_id=staff.id, place_code=place, role=Role.TOWNSHIP_OVERSEER, granted_at=clock.at)
            )
    with reading() as session:
        ids = dict(session.execute(select(Staff.name, Staff.id).where(Staff.name.in_(["龙", "外"]))).all())
    url = f"/overview/{township}/report/{Q3}.pdf"
    sign_in(client, Guard.of_staff(paid_out.market_id, paid_out.code, ids["龙"], "龙", Role.TOWNSHIP_OVERSEER))
    assert url.replace(str(Q3), "") in client.get("/overview").text.replace(str(Q3), "")
    row = next(line for line in papers.text(client.get(url).data, tmp_path).splitlines() if "守口堡村" in line)
    assert re.findall(r"\d+", row)[:8] == ["12", "0", "2", "41", "0", "0", "0", "2"]
    sign_in(client, Guard.of_staff(paid_out.market_id, paid_out.code, ids["外"], "外", Role.TOWNSHIP_OVERSEER))
    assert client.get(url).status_code == 403
    sign_in(client, paid_out.chair)
    assert client.get(url).status_code == 403


@on_sqlite_alone
def test_every_paper_that_is_listed_opens(paid_out: Village, client: FlaskClient) -> None:
    sign_in(client, paid_out.chair)
    page = client.get(f"/v/{paid_out.code}/papers")
    assert f'href="/v/{paid_out.code}/papers"' in client.get(f"/v/{paid_out.code}/").text
    assert f'href="/v/{paid_out.code}/papers?quarter={Q3}"' in client.get(f"/v/{paid_out.code}/quarters/{Q3}").text
    ways = ways_of(page.text)
    for words in (
        "booklets.pdf",
        "report.pdf",
        "register.pdf",
        "notice.pdf?size=a3",
        "objection-forms.pdf",
        "sign-for.pdf",
    ):
        assert any(words in way for way in ways), words
    for way in ways:
        answer = client.get(way)
        assert answer.status_code == 200, way
        assert (answer.data[:5] == b"%PDF-") == (".pdf" in way)
    empty = client.get(f"/v/{paid_out.code}/papers?quarter=2025Q1").text
    assert all(words in empty for words in ("2025年第一季度", "公示以后才有", "发券以后才有"))
    sign_in(client, paid_out.clerk)
    assert client.get(f"/v/{paid_out.code}/papers").status_code == 403


@on_sqlite_alone
def test_whoever_prints_is_told_which_names_lack_a_character(village: Village, client: FlaskClient) -> None:
    sign_in(client, village.chair)
    assert "apt-get" not in client.get(f"/v/{village.code}/papers").text
    with transaction() as session:
        for place, name in ((0, "张\U0002cee0"), (1, "孔\ue863㛃𠅤𬭊")):
            session.execute(
                update(Household)
                .where(Household.market_id == village.market_id, Household.id == village.households[place])
                .values(head_name=name)
            )
    page = client.get(f"/v/{village.code}/papers").text
    for words in (
        "有 2 个名字",
        "001 号户 张\U0002cee0：U+2CEE0",
        "002 号户",
        "U+E863",
        "apt-get install fonts-hanazono",
    ):
        assert words in page, words
    assert "U+36C3" not in page
