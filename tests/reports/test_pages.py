"""The pages that only read: what waits for whom, what a household has and why, the book in plain words."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text

from love_market.appraisals import service as appraisals
from love_market.appraisals.service import CellInput
from love_market.clock import Quarter
from love_market.counter import service as counter
from love_market.counter.rules import BasketLine
from love_market.db import new_id, reading, transaction
from love_market.deeds import queries as deeds
from love_market.people import service as people
from love_market.people.rules import Role
from love_market.plays import acts
from love_market.plays.stage import Cast
from love_market.plays.timetable import Timetable
from love_market.reports.queries.statement import statement
from love_market.stock import service as stock
from love_market.vouchers import queries as vouchers
from tests import builders
from tests.builders import Village, adopt_catalogue, sign_in
from tests.conftest import Clock
from tests.databases import SECRET, without_triggers

QUARTER = Quarter(2026, 3)


@pytest.fixture
def cast(village: Village) -> Cast:
    return Cast(village.recorder, village.chair, village.clerk)


@pytest.fixture
def paid_out(village: Village, cast: Cast, clock: Clock) -> UUID:
    """The first household has 35 points in a voucher, of which a redemption spent 14; the clock stands a day later."""
    times = Timetable.usual(QUARTER)
    with transaction() as session:
        version = adopt_catalogue(session, village.recorder, at=times.opened)
        rules = {rule.name: rule for rule in deeds.rules(session, village.recorder, version)}
    acts.open_quarter(cast, QUARTER, at=times.opened)
    with transaction() as session:
        cells = [
            CellInput(village.households[0], rules["庭院整洁"].id, 5),
            CellInput(village.households[0], rules["志愿服务"].id, 40),
        ]
        appraisals.save_scores(session, village.recorder, QUARTER, cells, source="typed", at=times.scored, key=new_id())
    acts.deliberate(cast, QUARTER, submitted_at=times.submitted, met_at=times.met)
    _, ends_at = acts.publish(cast, QUARTER, at=times.published)
    acts.confirm(cast, QUARTER, at=times.confirmed(ends_at))
    batch = acts.issue(cast, QUARTER, secret=SECRET, at=times.issued(ends_at))
    clock.at = times.market_day(ends_at)
    with transaction() as session:
        [face] = vouchers.vouchers_of_batch(session, village.chair, batch)
        good = stock.add_good(
            session,
            village.clerk,
            key=new_id(),
            at=clock.at,
            name="陈醋",
            spec="800毫升",
            unit_name="瓶",
            points_price=7,
        )
        stock.receive(
            session,
            village.clerk,
            key=new_id(),
            at=clock.at,
            good_id=good,
            quantity=9,
            source="bought",
            unit_cost_fen=650,
        )
        counter.redeem(
            session, village.clerk, key=new_id(), voucher_ids=[face.id], basket=[BasketLine(good, 2, 7)], at=clock.at
        )
    clock.at += timedelta(days=1)
    return village.households[0]


def test_a_statement_adds_up(village: Village, paid_out: UUID, clock: Clock) -> None:
    with reading() as session:
        found = statement(session, village.recorder, paid_out, at=clock.at)
    assert (found.balance_points, found.usable_points, found.waiting_points) == (21, 21, 0)
    assert [change.points for change in found.changes] == [35, -14]
    assert found.carried_points == 0
    assert found.honour == [(2026, 35)]  # though 14 are spent
    assert [(line.name, line.entered, line.counted) for line in found.awarded[0].counted_lines] == [
        ("庭院整洁", 5, 5),
        ("志愿服务", 40, 30),
    ]
    assert [good.name for good in found.goods] == ["陈醋"]


def test_a_villager_reads_the_own_statement_and_no_other(app: Flask, village: Village, paid_out: UUID) -> None:
    with transaction() as session:
        card = people.issue_card(session, village.chair, paid_out, at=app.extensions["love_market_clock"]())
    client = app.test_client()
    answer = client.post(f"/c/{card.card_key}", data={"pin": card.pin}, follow_redirects=True)
    assert answer.request.path == "/my"
    for words in ("我家现有", "21", "做好事得的", "换货用了", "陈醋", "（封顶）", "2026年 35 分"):
        assert words in answer.text
    other = client.get(f"/v/{village.code}/households/{village.households[1]}/statement")
    assert other.status_code == 302
    assert "/sign-in" in other.headers["Location"]


@pytest.mark.parametrize(("role", "status"), [("recorder", 200), ("grid_worker", 200), ("clerk", 403)])
def test_who_of_the_staff_may_read_a_statement(
    client: FlaskClient, village: Village, paid_out: UUID, role: str, status: int
) -> None:
    sign_in(client, getattr(village, role))
    answer = client.get(f"/v/{village.code}/households/{paid_out}/statement")
    assert answer.status_code == status
    assert ("我家现有" in answer.text) == (status == 200)


def test_the_first_page_sends_each_to_the_own_work(app: Flask, village: Village) -> None:
    anybody = app.test_client().get("/")
    assert anybody.status_code == 200
    assert "现在没有村在公示" in anybody.text
    assert "守口堡村" in anybody.text
    client = app.test_client()
    sign_in(client, village.clerk)
    assert client.get("/").headers["Location"] == f"/v/{village.code}/"


def test_an_empty_village_is_told_its_first_steps(client: FlaskClient, village: Village) -> None:
    sign_in(client, village.chair)
    page = client.get(f"/v/{village.code}/").text
    assert "定下积分细则" in page
    assert "把货架上的东西记进来" in page
    assert "导入农户名册" not in page


def test_the_desk_shows_what_waits_for_whom(client: FlaskClient, village: Village, paid_out: UUID) -> None:
    sign_in(client, village.clerk)
    clerk = client.get(f"/v/{village.code}/").text
    assert "开始兑换" in clerk
    assert "开2026年第三季度的评分" not in clerk
    sign_in(client, village.chair)
    chair = client.get(f"/v/{village.code}/").text
    assert "2026年第三季度走到哪了" in chair
    assert "换了 14 分，还有 21 分" in chair


def test_nobody_from_elsewhere_reads_a_desk(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        other = builders.village(session, at=app_now(client), code="140221100225", households=1)
    sign_in(client, other.chair)
    assert client.get(f"/v/{village.code}/").status_code == 403
    assert client.get(f"/v/{village.code}/books").status_code == 403


def app_now(client: FlaskClient) -> datetime:
    at: datetime = client.application.extensions["love_market_clock"]()
    return at


def test_the_book_in_plain_words(client: FlaskClient, village: Village, paid_out: UUID) -> None:
    sign_in(client, village.recorder)
    page = client.get(f"/v/{village.code}/books").text
    for words in ("001 孔振明用 14 分换了陈醋 800毫升 ×2", "1 张券，共 35 分", "2026年第三季度额度 5,000 分", "对得上"):
        assert words in page
    only = client.get(f"/v/{village.code}/books?kind=receive").text
    assert "陈醋 800毫升 ×9" in only
    assert "1 张券，共 35 分" not in only
    entry = client.get(f"/v/{village.code}/books/5").text
    assert "券 2026-3-0001（001 孔振明）" in entry
    assert client.get(f"/v/{village.code}/books/99").status_code == 404
    assert client.get(f"/v/{village.code}/books?before=x").status_code == 422


def test_the_clerk_reads_masked_names_in_the_book(client: FlaskClient, village: Village, paid_out: UUID) -> None:
    sign_in(client, village.clerk)
    page = client.get(f"/v/{village.code}/books").text
    assert "孔**用 14 分换了陈醋" in page
    assert "孔振明" not in page
    assert client.get(f"/v/{village.code}/books/export.xlsx").status_code == 403


def test_the_book_is_recomputed_on_demand(client: FlaskClient, village: Village, paid_out: UUID) -> None:
    sign_in(client, village.recorder)
    assert "都对得上" in client.post(f"/v/{village.code}/books").text
    with transaction() as session:
        without_triggers(session.connection())
        session.execute(text("UPDATE leg SET amount = amount + 1 WHERE entry_number = 2"))
    answer = client.post(f"/v/{village.code}/books")
    assert "第 2 笔对不上" in answer.text


def test_the_book_is_taken_home_as_text(client: FlaskClient, village: Village, paid_out: UUID) -> None:
    sign_in(client, village.recorder)
    answer = client.get(f"/v/{village.code}/books/export.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "笔"
    assert [row[0] for row in rows[1:] if isinstance(row[0], int)] == list(range(1, len(rows)))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_overseers_have_no_case_of_their_own(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        at = app_now(client)
        staff_id = people.add_staff(
            session,
            name="县演示",
            sign_in_name="xian",
            password="long-enough-for-it",
            grants=[("140221", Role.COUNTY_OVERSEER)],
            at=at,
            key=new_id(),
        )
        people.sign_in(session, "xian", "long-enough-for-it", at=at)
    client.post("/sign-in", data={"sign_in_name": "xian", "password": "long-enough-for-it"})
    assert isinstance(staff_id, UUID)
    page = client.get(f"/v/{village.code}/")
    assert page.status_code == 200
    assert "村里正办的" in page.text
