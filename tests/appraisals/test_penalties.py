"""Penalties in the quarter: where one that stands counts, that none is typed, and how long the public sees one."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from love_market.appraisals import queries, service
from love_market.appraisals.queries import NoticeRow, ScoreSheet
from love_market.appraisals.rules import State, refusals
from love_market.clock import Quarter
from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard
from tests import papers, penalties
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.builders import Village, sign_in
from tests.conftest import Clock

Q4 = Q3.next()


def sheet(village: Village, quarter: Quarter = Q3) -> ScoreSheet:
    with reading() as session:
        return queries.sheet(session, village.recorder, quarter)


def first_row(village: Village) -> NoticeRow:
    with reading() as session:
        return stages.row(session, village, 0)


def test_one_decided_after_its_quarter_was_frozen_counts_in_the_next(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.CONFIRMED, scores={0: {"public_labour": 32}})
        penalties.standing(session, village, AT + timedelta(days=9), day=date(2026, 9, 12))
        stages.open_quarter(session, village, quarter=Q4)
    assert (first_row(village).points, [line.name for line in first_row(village).lines]) == (32, ["义务劳动"])
    later = sheet(village, Q4).rows[0]
    assert [cell.from_deeds for cell in later.cells if cell.entered is not None] == [-10]
    assert later.points == 0
    with reading() as session:
        assert stages.balances(session, village)[0] == 32


def test_sent_back_to_scoring_it_counts_there_again_and_once(village: Village) -> None:
    with transaction() as session:
        stages.open_quarter(session, village)
        stages.open_quarter(session, village, quarter=Q4)
        stages.score(session, village)
    for _ in range(2):
        assert sheet(village).rows[0].points == 27
        with transaction() as session:
            service.submit(session, village.recorder, Q3, at=AT)
        assert sheet(village).rows[0].points == 27
        assert sheet(village, Q4).rows[0].is_empty, "what one quarter took, the next does not"
        with transaction() as session:
            service.return_to_scoring(session, village.recorder, Q3, at=AT)


def test_typing_takes_nothing_off_and_nothing_back(village: Village) -> None:
    with transaction() as session:
        stages.open_quarter(session, village)
        stages.score(session, village)
        for points in (-5, 0, -20):
            given = stages.cells(session, village, 0, {"dumping": points})
            with pytest.raises(refusals.PenaltyTyped):
                service.save_scores(session, village.recorder, Q3, given, source="grid", at=AT, key=new_id())
        same = stages.cells(session, village, 0, {"dumping": -10})
        service.save_scores(session, village.recorder, Q3, same, source="grid", at=AT, key=new_id())
        none = stages.cells(session, village, 1, {"dumping": 0})
        service.save_scores(session, village.recorder, Q3, none, source="grid", at=AT, key=new_id())
    assert [row.points for row in sheet(village).rows[:2]] == [27, 0]


def test_ninety_days_after_the_notice_the_public_sees_totals_only(
    client: FlaskClient, village: Village, clock: Clock, tmp_path: Path
) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.CONFIRMED)
    board, ends = f"/board/{village.code}/{Q3}", AT + timedelta(days=5, hours=9)
    shown = []
    for clock.at in (ends + timedelta(days=89), ends + timedelta(days=90)):
        page = client.get(board).text
        paper = papers.text(client.get(f"{board}/notice.pdf").data, tmp_path)
        row = client.get(f"{board}/object/{village.households[0]}").text
        shown.append([("乱倒垃圾" in text, "义务劳动" in text) for text in (page, paper, row)])
        assert "27" in page
    assert shown == [[(True, True)] * 3, [(False, False)] * 3]
    sign_in(client, Guard.of_household(village.market_id, village.code, village.households[0], "孔振明"))
    assert "乱倒垃圾" in client.get("/my?year=2026").text
