"""Confirming: when, by whom, once; and that what the books hold equals the rows."""

from datetime import timedelta

import pytest

from love_market.appraisals import queries, service
from love_market.appraisals.rules import RowState, State, refusals
from love_market.db import new_id, transaction
from love_market.ledger import queries as ledger
from love_market.points.service import BudgetExceeded
from tests.appraisals import stages
from tests.appraisals.stages import AFTER_NOTICE, AT, Q3, TWO_ROWS, balances, row
from tests.builders import Village


def test_confirming_waits_for_the_notice_s_last_minute(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.DECIDED)
        end = stages.publish(session, village)
        with pytest.raises(refusals.NoticeStillOpen, match="10月13日 18:00"):
            service.confirm(session, village.chair, Q3, at=end - timedelta(microseconds=1), key=new_id())
        assert balances(session, village) == [0, 0, 0]
        assert service.confirm(session, village.chair, Q3, at=end, key=new_id()).points == 27


def test_whoever_entered_a_score_does_not_confirm(village: Village) -> None:
    with transaction() as session:
        stages.open_quarter(session, village)
        given = stages.cells(session, village, 0, {"tidy_yard": 5})
        service.save_scores(session, village.chair, Q3, given, source="grid", at=AT, key=new_id())
        service.submit(session, village.recorder, Q3, at=AT)
        stages.meet(session, village)
        stages.publish(session, village)
        with pytest.raises(refusals.OwnRecord):
            stages.confirm(session, village)
        assert balances(session, village) == [0, 0, 0]


def test_the_same_confirm_sent_twice_awards_once(village: Village) -> None:
    key = new_id()
    with transaction() as session:
        appraisal_id = stages.bring_to(session, village, State.NOTICE, scores=TWO_ROWS)
    results = []
    for _ in range(2):
        with transaction() as session:
            results.append(service.confirm(session, village.chair, Q3, at=AFTER_NOTICE, key=key))
    assert results[0] == results[1]
    with transaction() as session:
        with pytest.raises(refusals.ConfirmedAlready):
            stages.confirm(session, village)
        awards = dict(queries.confirmed_awards(session, village.chair, appraisal_id))
        assert awards == {village.households[0]: 32, village.households[1]: 9}
        assert ledger.balances(session, village.market_id, "household", village.households) == awards
        assert queries.budget_left(session, village.chair, appraisal_id) == 1000 - 41


def test_a_quarter_over_its_budget_is_refused_whole(village: Village) -> None:
    with transaction() as session:
        appraisal_id = stages.open_quarter(session, village, budget_points=40)
        stages.score(session, village, TWO_ROWS)
        service.submit(session, village.recorder, Q3, at=AT)
        stages.meet(session, village)
        stages.publish(session, village)
    with pytest.raises(BudgetExceeded, match="40"), transaction() as session:
        stages.confirm(session, village)
    with transaction() as session:
        assert balances(session, village) == [0, 0, 0]
        assert row(session, village, 0).state is RowState.LISTED
        service.add_budget(session, village.chair, Q3, amount_points=1, reason="补一分", at=AT, key=new_id())
        assert stages.confirm(session, village).points == 41
        assert queries.budget_left(session, village.chair, appraisal_id) == 0


def test_a_quarter_of_zeros_is_confirmed_without_an_entry(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE, scores={})
        before = ledger.head(session, village.market_id)
        done = stages.confirm(session, village)
        assert (done.confirmed, done.points, done.entry_number) == (12, 0, None)
        assert ledger.head(session, village.market_id) == before
