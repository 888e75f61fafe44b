"""Undoing an import: the penalties it noted go with it, unless the household was told, and the page says which stay."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from love_market.appraisals import queries, service
from love_market.appraisals.intake import ScorePlan
from love_market.db import new_id, reading, transaction
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.deeds.service import Shown, TakenBack
from tests import penalties
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.appraisals.test_intake import apply, plan, row
from tests.builders import Village, sign_in
from tests.conftest import on_sqlite_alone
from tests.flows.live import LiveServer

SHOWN = Shown(date(2026, 9, 12), 1, -10, penalties.SAID, penalties.PROOF)
ROWS = [row(at, 5, None, None, None, -10) for at in (1, 2, 3)]


@pytest.fixture
def imported(village: Village) -> list[UUID]:
    """An import of three penalties: the first is only noted, the second has its proof, the third was told."""
    with transaction() as session:
        stages.open_quarter(session, village)
        apply(session, village, plan(session, village, *ROWS))
        noted = [one.id for one in deeds.penalties(session, village.recorder).waiting]
        for one in noted[1:]:
            deeds_service.show_proof(session, village.grid_worker, one, SHOWN, at=AT)
        deeds_service.tell_by_slip(session, village.recorder, noted[2], to="田老三", at=AT)
    return noted


def undone(village: Village, key: UUID) -> service.SavedChange:
    with transaction() as session:
        return service.undo_change(session, village.recorder, Q3, at=AT, key=key)


def again(village: Village) -> ScorePlan:
    with transaction() as session:
        made = plan(session, village, *ROWS)
        apply(session, village, made)
    return made


def states(village: Village) -> dict[str, tuple[str, str]]:
    with reading() as session:
        page = deeds.penalties(session, village.recorder)
    return {one.household_number: (one.state, one.decision) for one in (*page.waiting, *page.decided)}


def test_what_nobody_was_told_of_goes_and_what_was_told_stays(village: Village, imported: list[UUID]) -> None:
    key = new_id()
    first = undone(village, key)
    assert first.penalties == TakenBack(2, (imported[2],))
    assert undone(village, key) == first, "asked again, it is told the same and takes nothing more"
    assert states(village) == {"002": ("withdrawn", "带来这条扣分的导入撤销了"), "003": ("told", "")}
    with reading() as session:
        assert queries.sheet(session, village.recorder, Q3).filled_count == 0
    made = again(village)
    assert [line.text for line in made.rows] == [
        "",
        "H5：乱倒垃圾的这条扣分撤销过，不再记。真要扣，请到“扣分”里另记一条。",
        "",
    ]
    assert {number: state for number, (state, _why) in states(village).items()} == {
        "001": "noted",
        "002": "withdrawn",
        "003": "told",
    }
    assert undone(village, new_id()).penalties == TakenBack(1, ()), (
        "an import takes back what it noted, not what another did"
    )


def test_an_import_of_penalties_alone_can_be_undone(village: Village) -> None:
    with transaction() as session:
        stages.open_quarter(session, village)
        apply(session, village, plan(session, village, row(1, 5)))
        apply(session, village, plan(session, village, row(1, 5, None, None, None, -10)))
    assert undone(village, new_id()).penalties == TakenBack(1, ())
    assert states(village) == {}
    with reading() as session:
        assert queries.sheet(session, village.recorder, Q3).rows[0].points == 5


def test_the_door_tells_whose_penalty_stays_and_the_list_shows_the_rest(
    client: FlaskClient, village: Village, imported: list[UUID]
) -> None:
    sign_in(client, village.recorder)
    where = f"/v/{village.code}/scores/{Q3}/undo"
    sent = {"key": str(new_id()), "since": 0}
    answers: list[Any] = [client.post(where, json=sent).json for _ in range(2)]
    assert answers[0]["penalties"] == answers[1]["penalties"]
    assert answers[0]["penalties"]["gone"] == 2
    (told,) = answers[0]["penalties"]["told"]
    assert (told["rule"], told["points"], told["day"]) == ("乱倒垃圾", -10, "10月8日")
    page = client.get(told["url"]).text
    assert "等答复" in page
    assert "带来这条扣分的导入撤销了" in client.get(f"/v/{village.code}/penalties/{imported[1]}").text


@pytest.mark.browser
@on_sqlite_alone
def test_the_grid_says_which_stay_and_leads_there(
    village: Village, imported: list[UUID], live_server: LiveServer, browser_page: Page
) -> None:
    live_server.sign_in(browser_page.context, village.recorder)
    browser_page.goto(f"/v/{village.code}/scores/{Q3}")
    expect(browser_page.locator("#grid[data-ready]")).to_be_attached()
    browser_page.locator("#undo").click()
    expect(browser_page.locator("#saved")).to_contain_text(
        "撤销了 3 户的修改；导入时记下的 2 条扣分也撤了；1 条扣分留着"
    )
    stays = browser_page.locator("#stays")
    expect(stays).to_contain_text("已经告知户里了")
    way = stays.get_by_role("link").get_attribute("href")
    assert way == f"/v/{village.code}/penalties/{imported[2]}"
    stays.get_by_role("button", name="知道了").click()
    expect(stays).to_be_hidden()
