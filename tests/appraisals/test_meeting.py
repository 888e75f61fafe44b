"""The meeting: quorum, votes that add up, kin who recuse themselves, and rows that are not carried."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.rules import RowState, State, Votes, refusals
from love_market.clock import village_date
from love_market.db import new_id, transaction
from love_market.errors import Invalid
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3, TWO_ROWS, balances, kin, row
from tests.builders import Village

LATER = stages.AFTER_NOTICE


def meet(
    session: Session,
    village: Village,
    votes: Votes,
    recusals: dict[int, Votes] | None = None,
    present: int = stages.PANEL_COUNT,
) -> object:
    here = [guard.require_staff() for guard in (*village.panel, village.chair)[:present]]
    return service.hold_meeting(
        session,
        village.recorder,
        Q3,
        key=new_id(),
        held_on=village_date(AT),
        present=here,
        votes=votes,
        recusals={village.households[at]: vote for at, vote in (recusals or {}).items()},
        at=AT,
    )


def test_four_of_six_are_enough_and_three_are_not(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.DELIBERATING)
        with pytest.raises(refusals.QuorumMissing, match="至少 4 人"):
            meet(session, village, Votes(3), present=3)
        meet(session, village, Votes(3, 1), present=4)
        minutes = queries.meeting(session, village.recorder, queries.appraisal(session, village.chair, Q3).id)
    assert minutes is not None
    assert (minutes.panel_count, minutes.present_count, len(minutes.attendance)) == (6, 4, 6)
    assert [(one.votes, one.carried) for one in minutes.resolutions] == [(Votes(3, 1), True)]


def test_votes_must_add_up_and_a_list_must_be_carried(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.DELIBERATING)
        with pytest.raises(refusals.VotesDoNotAddUp):
            meet(session, village, Votes(5))
        with pytest.raises(refusals.NotCarried):
            meet(session, village, Votes(3, 2, 1))
        assert queries.appraisal(session, village.chair, Q3).state is State.DELIBERATING
        assert queries.meeting(session, village.chair, queries.appraisal(session, village.chair, Q3).id) is None


def test_strangers_are_not_on_the_panel_and_the_day_is_a_real_one(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.DELIBERATING)
        told = {"key": new_id(), "votes": Votes(6), "recusals": {}, "at": AT}
        here = [guard.require_staff() for guard in (*village.panel, village.chair)]
        with pytest.raises(refusals.NotOnPanel):
            service.hold_meeting(
                session,
                village.recorder,
                Q3,
                held_on=village_date(AT),
                present=[*here, new_id()],
                **told,  # type: ignore[arg-type]
            )
        with pytest.raises(Invalid):
            service.hold_meeting(
                session,
                village.recorder,
                Q3,
                held_on=village_date(AT + timedelta(days=1)),
                present=here,
                **told,  # type: ignore[arg-type]
            )


def test_kin_recuse_and_a_row_not_carried_waits_until_it_is(village: Village) -> None:
    with transaction() as session:
        for member, household in ((0, 0), (1, 0), (2, 1)):
            kin(session, village, member, household)
        stages.bring_to(session, village, State.DELIBERATING, scores=TWO_ROWS)
        with pytest.raises(refusals.RecusalMissing):
            meet(session, village, Votes(6))
        with pytest.raises(refusals.VotesDoNotAddUp, match="001"):  # two recused: four may vote
            meet(session, village, Votes(6), {0: Votes(5), 1: Votes(5)})
        meet(session, village, Votes(6), {0: Votes(4), 1: Votes(2, 2, 1)})
        stages.publish(session, village)
    with transaction() as session:
        assert [row(session, village, at).state for at in (0, 1)] == [RowState.LISTED, RowState.HELD]
        done = stages.confirm(session, village)
        assert (done.confirmed, done.points, done.waiting) == (11, 32, 1)
        assert balances(session, village) == [32, 0, 0]
        key, again = new_id(), {"votes": Votes(4, 1), "key": new_id(), "at": LATER}
        assert not service.vote_again(
            session, village.chair, Q3, village.households[1], votes=Votes(0, 5), key=key, at=LATER
        )
        assert service.vote_again(session, village.chair, Q3, village.households[1], **again)  # type: ignore[arg-type]
        assert service.vote_again(session, village.chair, Q3, village.households[1], **again)  # type: ignore[arg-type]
        done = stages.confirm(session, village)
        assert (done.confirmed, done.points, done.waiting) == (1, 9, 0)
        assert balances(session, village) == [32, 9, 0]


def test_absent_kin_need_no_vote(village: Village) -> None:
    with transaction() as session:
        kin(session, village, 4, 0)
        stages.bring_to(session, village, State.DELIBERATING)
        meet(session, village, Votes(4), present=4)
        assert queries.appraisal(session, village.chair, Q3).state is State.DECIDED
