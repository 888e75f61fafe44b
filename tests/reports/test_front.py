"""The notice board before the doors: what is open comes first, and each is sent to where the own work is."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from love_market.appraisals import queries as appraisals_read
from love_market.appraisals import service as appraisals
from love_market.appraisals.service import CellInput
from love_market.clock import Quarter
from love_market.db import new_id, transaction
from love_market.people import service as people
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.plays import acts
from love_market.plays.stage import Cast
from tests import builders
from tests.builders import Village, adopt_catalogue, sign_in
from tests.conftest import Clock

Q3 = Quarter(2026, 3)


def put_on_notice(village: Village, cast: Cast, clock: Clock) -> None:
    """Publish the third quarter with a few points."""
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock.at)
        appraisals.open_quarter(session, village.recorder, Q3, budget_points=500, at=clock.at, key=new_id())
        rule = appraisals_read.sheet(session, village.recorder, Q3).rules[0]
        cells = [CellInput(household, rule.id, 5) for household in village.households]
        appraisals.save_scores(session, village.recorder, Q3, cells, source="typed", at=clock.at, key=new_id())
    acts.deliberate(cast, Q3, submitted_at=clock.at, met_at=clock.at)
    acts.publish(cast, Q3, at=clock.at)


def test_open_notices_come_first_and_lead_to_the_board(
    client: FlaskClient, village: Village, cast: Cast, clock: Clock
) -> None:
    with transaction() as session:
        builders.village(session, at=clock.at, code="140221100201", households=1)
    put_on_notice(village, cast, clock)
    page = client.get("/").text
    board = f"/board/{village.code}/2026Q3"
    assert "10月13日 18:00 截止" in page
    assert page.index(board) < page.index("还没有公示过")
    assert client.get(board).status_code == 200
    clock.at = clock.at.replace(day=20)
    later = client.get("/").text
    assert "现在没有村在公示" in later
    assert "2026年第三季度公示" in later


def test_a_board_of_nobody_says_when_there_is_something(app: Flask) -> None:
    page = app.test_client().get("/")
    assert page.status_code == 200
    assert "现在没有村在公示" in page.text


def test_each_is_sent_to_where_the_own_work_is(client: FlaskClient, village: Village) -> None:
    sign_in(client, village.panel[0])
    assert client.get("/").headers["Location"] == f"/v/{village.code}/"
    sign_in(client, Guard.of_household(village.market_id, village.code, village.households[0], "孔振明"))
    assert client.get("/").headers["Location"] == "/my"


@pytest.mark.parametrize("before", ["", "http://127.0.0.1:8000/C/", " https://x.example/c/"])
def test_a_card_read_by_a_scanner_gun_opens_its_door(
    client: FlaskClient, village: Village, clock: Clock, before: str
) -> None:
    with transaction() as session:
        card = people.issue_card(session, village.chair, village.households[0], at=clock.at)
    answer = client.post("/", data={"scanned": f"{before}{card.card_key}\n", "key": str(new_id())})
    assert answer.headers["Location"] == f"/c/{card.card_key}"
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("scanned", ["", "6901234567892", "http://127.0.0.1/q/ABC", "<b>", "A" * 300])
def test_what_is_no_card_is_said_so(client: FlaskClient, village: Village, scanned: str) -> None:
    answer = client.post("/", data={"scanned": scanned, "key": str(new_id())})
    assert answer.status_code == 422
    assert 'id="scanned"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="<b>"' not in answer.text


def test_how_to_check_is_for_everybody(client: FlaskClient) -> None:
    page = client.get("/how-to-check")
    assert page.status_code == 200
    assert "核对全部账目" in page.text


def test_no_name_of_a_household_stands_on_the_front_page(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        names = [row.head_name for row in session.query(Household)]
    page = client.get("/").text
    assert not [name for name in names if name in page]
