"""Every act of the services in every state of the quarter: it leads where the table says, or nothing happens."""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.rules import ALLOWED, Act, State, Votes, refusals
from love_market.db import new_id, transaction
from love_market.people.rules import RoleMissing
from tests.appraisals import stages
from tests.appraisals.stages import AFTER_NOTICE, AT, Q3
from tests.builders import Village

REFUSED: dict[Act, type[refusals.WrongStep]] = {
    Act.SCORE: refusals.ScoringClosed,
    Act.SUBMIT: refusals.NotScoring,
    Act.RETURN: refusals.NotDeliberating,
    Act.MEET: refusals.NotDeliberating,
    Act.PUBLISH: refusals.NotDecided,
    Act.OBJECT: refusals.ObjectionsClosed,
    Act.CONFIRM: refusals.NotOnNotice,
}


def do(session: Session, village: Village, act: Act) -> object:
    """Do one act as its right person at its right time."""
    doers: dict[Act, Callable[[], object]] = {
        Act.SCORE: lambda: stages.score(session, village, {1: {"tidy_yard": 5}}),
        Act.SUBMIT: lambda: service.submit(session, village.recorder, Q3, at=AT),
        Act.RETURN: lambda: service.return_to_scoring(session, village.recorder, Q3, at=AT),
        Act.MEET: lambda: stages.meet(session, village),
        Act.PUBLISH: lambda: stages.publish(session, village),
        Act.OBJECT: lambda: object_to(session, village),
        Act.CONFIRM: lambda: stages.confirm(session, village),
    }
    return doers[act]()


def object_to(session: Session, village: Village) -> UUID:
    return service.object_to(
        session,
        village.recorder,
        Q3,
        village.households[0],
        raised_by="孔小满",
        words="七月清渠我去了三个半天，只记了两个。",
        contact="",
        at=AT,
        key=new_id(),
    )


class TakenBack(Exception):
    """Ends a transaction that was only to be looked at."""


@pytest.mark.parametrize("state", State)
def test_every_act_in_every_state(village: Village, state: State) -> None:
    with transaction() as session:
        stages.bring_to(session, village, state)
    for act, refusal in REFUSED.items():
        refused: type[Exception] | None = None if state in ALLOWED[act] else refusal
        if (act, state) == (Act.CONFIRM, State.CONFIRMED):
            refused = refusals.ConfirmedAlready  # nothing waited
        with suppress(TakenBack), transaction() as session:
            if refused is None:
                do(session, village, act)
            else:
                with pytest.raises(refused):
                    do(session, village, act)
            expected = ALLOWED[act].get(state, state)
            assert queries.appraisal(session, village.recorder, Q3).state is expected
            raise TakenBack


@pytest.mark.parametrize("state", [State.SCORING, State.DELIBERATING, State.DECIDED])
def test_before_the_notice_nothing_is_public(village: Village, state: State) -> None:
    with transaction() as session:
        stages.bring_to(session, village, state)
        with pytest.raises(refusals.NoAppraisal):
            queries.notice(session, village.recorder, Q3)
        with pytest.raises(refusals.NotOnNotice):
            service.vote_again(
                session, village.recorder, Q3, village.households[0], votes=Votes(6), key=new_id(), at=AT
            )


def test_a_quarter_is_opened_once_with_its_budget(village: Village) -> None:
    with transaction() as session:
        appraisal_id = stages.open_quarter(session, village, budget_points=700)
        assert queries.budget_left(session, village.recorder, appraisal_id) == 700
    with transaction() as session:
        again = service.open_quarter(session, village.recorder, Q3, budget_points=700, at=AT, key=appraisal_id)
        assert again == appraisal_id
        assert queries.budget_left(session, village.recorder, appraisal_id) == 700
        with pytest.raises(refusals.QuarterOpenAlready):
            service.open_quarter(session, village.recorder, Q3, budget_points=700, at=AT, key=new_id())


def test_a_village_without_rules_opens_no_quarter(village: Village) -> None:
    with transaction() as session, pytest.raises(refusals.NoRulesYet):
        service.open_quarter(session, village.recorder, Q3, budget_points=700, at=AT, key=new_id())


def test_more_budget_is_an_entry_of_its_own_and_once_for_a_key(village: Village) -> None:
    key = new_id()
    for _ in range(2):
        with transaction() as session:
            if not queries.appraisals(session, village.recorder):
                stages.open_quarter(session, village, budget_points=700)
            budget = service.add_budget(
                session, village.chair, Q3, amount_points=300, reason="村集体追加", at=AT, key=key
            )
            assert budget == 1000
    with transaction() as session:
        found = queries.appraisal(session, village.chair, Q3)
        assert (found.budget_points, queries.budget_left(session, village.chair, found.id)) == (1000, 1000)


def test_what_was_submitted_is_what_goes_on_notice(village: Village) -> None:
    """Sent back and scored anew, the frozen rows are made anew too."""
    with transaction() as session:
        stages.bring_to(session, village, State.DELIBERATING)
        service.return_to_scoring(session, village.recorder, Q3, at=AT)
        stages.score(session, village, {0: {"public_labour": 8}, 1: {"tidy_yard": 5}})
        service.submit(session, village.recorder, Q3, at=AT)
        stages.meet(session, village)
        stages.publish(session, village)
        rows = queries.notice(session, village.recorder, Q3).rows
    assert [row.points for row in rows[:3]] == [3, 5, 0]
    assert len(rows) == len(village.households)


def test_the_wrong_person_is_refused(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE)
        for guard in (village.recorder, village.clerk, village.panel[0]):
            with pytest.raises(RoleMissing):
                service.confirm(session, guard, Q3, at=AFTER_NOTICE, key=new_id())
        with pytest.raises(RoleMissing):
            service.save_scores(session, village.clerk, Q3, [], source="grid", at=AT, key=new_id())
