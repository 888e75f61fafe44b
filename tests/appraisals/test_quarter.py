"""The meeting, the notice, objections and the confirm: rows, votes, and what the books hold after them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.rules import RowState, State, Votes, refusals
from love_market.clock import village_date
from love_market.db import new_id, transaction
from love_market.errors import Invalid
from love_market.ledger import queries as ledger
from love_market.people.models import Kinship
from love_market.points.service import BudgetExceeded
from tests.appraisals import stages
from tests.appraisals.stages import AFTER_NOTICE, AT, Q3
from tests.builders import Village

TWO_ROWS: dict[int, dict[str, int | None]] = {0: {"public_labour": 32}, 1: {"tidy_yard": 5, "assembly": 4}}


def kin(session: Session, village: Village, member: int, household: int) -> None:
    session.add(
        Kinship(
            market_id=village.market_id,
            id=new_id(),
            staff_id=village.panel[member].require_staff(),
            household_id=village.households[household],
            relation="本人",
        )
    )
    session.flush()


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


def object_to(session: Session, village: Village, household: int, **changed: object) -> object:
    told = {"raised_by": "刘满仓", "words": "清渠三个半天，只记了两个。", "contact": "", "at": AT, "key": new_id()}
    return service.object_to(
        session,
        village.recorder,
        Q3,
        village.households[household],
        **(told | changed),  # type: ignore[arg-type]
    )


def row(session: Session, village: Village, household: int) -> queries.NoticeRow:
    found = queries.notice(session, village.recorder, Q3).row(village.households[household])
    assert found is not None
    return found


def balances(session: Session, village: Village) -> list[int]:
    found = ledger.balances(session, village.market_id, "household", village.households)
    return [found.get(household, 0) for household in village.households[:3]]


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
        key, again = new_id(), {"votes": Votes(4, 1), "key": new_id()}
        assert not service.vote_again(session, village.chair, Q3, village.households[1], votes=Votes(0, 5), key=key)
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


@pytest.mark.parametrize("days", [0, 2, 4])
def test_a_notice_is_never_cut_short(village: Village, days: int) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.DECIDED)
        with pytest.raises(refusals.NoticeCutShort, match="5 天"):
            service.publish_notice(session, village.chair, Q3, at=AT, days=days)
        with pytest.raises(Invalid):
            service.publish_notice(session, village.chair, Q3, at=AT, days=31)
        assert queries.appraisal(session, village.chair, Q3).state is State.DECIDED


def test_the_notice_carries_the_head_of_the_book_and_masks_names(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE)
        head = ledger.head(session, village.market_id)
        notice = queries.notice(session, village.recorder, Q3)
    assert (notice.appraisal.head_number, notice.appraisal.head_hash) == (head.number, head.hash)
    assert {one.masked_name[1:] for one in notice.rows} == {"**"}
    assert [one.number for one in notice.matching("孔")] == ["001", "010"]
    assert [one.number for one in notice.matching("10")] == ["010"]
    assert len(notice.matching(" ")) == 12


def test_an_objection_holds_its_row_while_the_rest_goes_on(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE, scores=TWO_ROWS)
        key = new_id()
        for _ in range(2):
            assert object_to(session, village, 0, key=key) == key
        with pytest.raises(refusals.KeyOfOther):
            object_to(session, village, 1, key=key)
        assert row(session, village, 0).state is RowState.CONTESTED
        done = stages.confirm(session, village)
        assert (done.confirmed, done.points, done.waiting) == (11, 9, 1)
        assert balances(session, village) == [0, 9, 0]
        with pytest.raises(refusals.NothingToConfirm):
            stages.confirm(session, village)
        ids = stages.rule_ids(session, village)
        upheld = {
            "upheld": True,
            "reply": "名单上确有三次。",
            "corrections": {ids["public_labour"]: 40},
            "at": AFTER_NOTICE,
        }
        for _ in range(2):
            assert service.reply(session, village.chair, key, **upheld) is RowState.LISTED  # type: ignore[arg-type]
        with pytest.raises(refusals.RepliedAlready):
            service.reply(session, village.chair, key, **(upheld | {"upheld": False}))  # type: ignore[arg-type]
    with transaction() as session:
        changed = row(session, village, 0)
        assert (changed.points, changed.lines[0].corrected_from, changed.lines[0].counted) == (40, 32, 40)
        done = stages.confirm(session, village)
        assert (done.confirmed, done.points, done.waiting) == (1, 40, 0)
        assert balances(session, village) == [40, 9, 0]
        found = queries.objections(session, village.chair, queries.appraisal(session, village.chair, Q3).id)
        assert [(one.state, one.reply) for one in found] == [("upheld", "名单上确有三次。")]


def test_a_correction_may_add_a_rule_and_is_capped_like_all(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE, scores=TWO_ROWS)
        key = object_to(session, village, 0)
        ids = stages.rule_ids(session, village)

        def reply(corrections: dict[str, int]) -> object:
            return service.reply(
                session,
                village.chair,
                key,  # type: ignore[arg-type]
                upheld=True,
                reply="核过了",
                corrections={ids[code]: points for code, points in corrections.items()},
                at=AT,
            )

        with pytest.raises(Invalid):
            reply({})
        with pytest.raises(refusals.WrongSign):
            reply({"dumping": 10})
        reply({"tidy_yard": 10, "public_labour": 0})
        changed = row(session, village, 0)
        assert changed.points == 5
        assert [(one.name, one.entered, one.counted, one.corrected_from) for one in changed.lines] == [
            ("庭院整洁", 10, 5, 0),
            ("义务劳动", 0, 0, 32),
        ]


def test_two_objections_are_both_answered_before_a_row_goes_on(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE)
        keys = [object_to(session, village, 0) for _ in range(3)]
        with pytest.raises(refusals.TooManyObjections):
            object_to(session, village, 0)
        states = [
            service.reply(session, village.chair, key, upheld=False, reply="名单无误", corrections={}, at=AT)  # type: ignore[arg-type]
            for key in keys
        ]
    assert states == [RowState.CONTESTED, RowState.CONTESTED, RowState.LISTED]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"at": AFTER_NOTICE}, refusals.ObjectionsClosed),
        ({"words": "  "}, Invalid),
        ({"raised_by": ""}, Invalid),
        ({"words": "字" * 501}, Invalid),
    ],
)
def test_an_objection_says_who_and_what_in_time(
    village: Village, changed: dict[str, object], refusal: type[Exception]
) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE)
        with pytest.raises(refusal):
            object_to(session, village, 0, **changed)
        assert row(session, village, 0).state is RowState.LISTED


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
