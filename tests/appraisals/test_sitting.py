"""A meeting as it goes: who may vote on what, votes taken again, what keeps it open, what it changes when it closes."""

from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.models import Meeting, Resolution
from love_market.appraisals.rules import LIST, About, RowState, State, Vote, Votes, is_done, refusals, voted_apart
from love_market.db import new_id, transaction
from love_market.people import service as people
from love_market.people import token
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3, TWO_ROWS, kin, row
from tests.builders import Village

CHAIR, KIN, OTHER, LATE = (new_id() for _ in range(4))
HOME, FAR = new_id(), new_id()
OF = {HOME: frozenset({KIN}), FAR: frozenset({LATE})}


def cast(*voters: object) -> Vote:
    return Vote(1, Votes(len(voters)), True, frozenset(voters), frozenset())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("present", "on_list", "apart"),
    [
        ({CHAIR, OTHER}, None, set()),
        ({CHAIR, KIN}, None, {HOME}),
        ({CHAIR, KIN}, cast(CHAIR, KIN), {HOME}),
        ({CHAIR}, cast(CHAIR, KIN), {HOME}),  # left after the vote on the list
        ({CHAIR}, cast(CHAIR), set()),  # left before it
        ({CHAIR, KIN, LATE}, cast(CHAIR, KIN), {HOME, FAR}),  # came after it
    ],
)
def test_households_voted_apart(present: set[object], on_list: Vote | None, apart: set[object]) -> None:
    assert voted_apart(OF, present, on_list) == apart  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("about", "vote", "done"),
    [
        (LIST, None, False),
        (LIST, cast(CHAIR, KIN), True),
        (About(HOME), cast(CHAIR, OTHER), True),
        (About(HOME), cast(CHAIR, KIN), False),
        (About(HOME, new_id()), cast(CHAIR, KIN), False),
        (About(FAR), cast(CHAIR, KIN), True),
    ],
)
def test_a_vote_stands_while_nobody_who_voted_is_kin(about: About, vote: Vote | None, done: bool) -> None:  # noqa: FBT001
    assert is_done(about, vote, OF) is done


def ready(session: Session, village: Village) -> None:
    """Two households scored, 评议甲 kin to the first, the sheet submitted."""
    kin(session, village, 0, 0)
    stages.bring_to(session, village, State.DELIBERATING, scores=TWO_ROWS)


def test_the_recused_are_named_and_left_out_of_the_sum(village: Village) -> None:
    with transaction() as session:
        ready(session, village)
        stages.begin(session, village, 0, 1)
        with pytest.raises(refusals.QuorumMissing, match="至少 4 人"):
            stages.vote(session, village, LIST, 3)
        service.attend(session, village.recorder, Q3, village.panel[2].require_staff(), here=True)
        apart = About(village.households[0])
        item = stages.now_sitting(session, village).item(apart)
        assert item is not None
        assert (item.recused, item.eligible_count) == ((("评议甲", "本人"),), 3)
        for votes in ((4,), (2,), (2, 0, 0), (3, 1)):
            with pytest.raises(refusals.VotesDoNotAddUp, match=r"001 户.*应是 3 票"):
                stages.vote(session, village, apart, *votes)
        assert not stages.vote(session, village, apart, 1, 1, 1)
        with pytest.raises(refusals.NobodyRecuses):
            stages.vote(session, village, About(village.households[1]), 4)
        with pytest.raises(refusals.ItemOpen, match="1 项没有表决：整张名单"):
            stages.close(session, village)
        stages.vote(session, village, LIST, 4)
        stages.close(session, village)
        assert session.scalar(select(func.count()).select_from(Resolution)) == 2
        minutes = queries.minutes(session, village.chair, Q3)
        assert [item.recused for item in minutes.items] == [(), ("评议甲",)]
        assert (minutes.present, minutes.absent) == (("石主", "评议丙", "评议乙", "评议甲"), ("评议丁", "评议戊"))
        assert queries.frozen_rows(session, village.chair, minutes.appraisal.id)[0].state is RowState.HELD


def test_kin_entered_during_the_meeting_undo_a_vote_they_took_part_in(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.DELIBERATING, scores=TWO_ROWS)
        stages.begin(session, village, 0, 1, 2, 3)
        raised = stages.propose(session, village, 0, "public_labour", 40)
        stages.vote(session, village, raised, 5)
        stages.vote(session, village, LIST, 5)
        assert stages.now_sitting(session, village).open_items == []
        people.add_kinship(
            session,
            village.recorder,
            staff_id=village.panel[3].require_staff(),
            household_id=village.households[0],
            relation="兄弟",
            key=new_id(),
        )
        waiting = [item.about for item in stages.now_sitting(session, village).open_items]
        assert waiting == [raised, About(village.households[0])]
        with pytest.raises(refusals.ItemOpen, match="2 项"):
            stages.close(session, village)
        with pytest.raises(refusals.VotesDoNotAddUp, match="应是 4 票"):
            stages.vote(session, village, raised, 5)
        # Gone home they still voted on the list, so the household is voted on without them.
        service.attend(session, village.recorder, Q3, village.panel[3].require_staff(), here=False)
        for about in waiting:
            stages.vote(session, village, about, 4)
        stages.close(session, village)
        minutes = queries.minutes(session, village.chair, Q3)
        assert "评议丁" in minutes.present
        assert [len(item.earlier) for item in minutes.items] == [0, 0, 1]


def test_a_change_that_is_carried_stands_corrected_on_the_notice(village: Village) -> None:
    with transaction() as session:
        ready(session, village)
        stages.begin(session, village, 1, 2, 3)
        up = stages.propose(session, village, 0, "public_labour", 48)
        down = stages.propose(session, village, 1, "assembly", 2)
        refused = stages.propose(session, village, 1, "tidy_yard", 0)
        for about, votes in ((up, (4,)), (down, (1, 2, 1)), (down, (3, 1)), (refused, (2, 2)), (LIST, (4,))):
            stages.vote(session, village, about, *votes)
        stages.close(session, village)
        stages.publish(session, village)
        first, second = row(session, village, 0), row(session, village, 1)
        assert (first.points, second.points) == (40, 5 + 2)
        (labour,) = first.lines
        assert (labour.entered, labour.counted, labour.corrected_from) == (48, 40, 32), "the rule's cap stands"
        assert {line.code: line.corrected_from for line in second.lines} == {"tidy_yard": None, "assembly": 4}
        totals = queries.minutes(session, village.chair, Q3)
        assert (totals.household_count, totals.points) == (12, 47)


@pytest.mark.parametrize(
    ("code", "points", "refusal"),
    [
        ("dumping", -20, refusals.DeductionAtMeeting),
        ("straw_burning", -20, refusals.DeductionAtMeeting),
        ("tidy_yard", 10, refusals.ChangesNothing),  # capped at 5 already
        ("tidy_yard", 5, refusals.ChangesNothing),
        ("tidy_yard", -5, refusals.WrongSign),
        ("tidy_yard", 5000, refusals.PointsTooLarge),
    ],
)
def test_what_a_meeting_may_not_change(village: Village, code: str, points: int, refusal: type[Exception]) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.DELIBERATING)
        stages.begin(session, village, 0, 1, 2)
        with pytest.raises(refusal):
            stages.propose(session, village, 0, code, points)
        lessened = stages.propose(session, village, 0, "dumping", 0)
        service.drop_proposal(session, village.recorder, Q3, lessened.proposal_id)  # type: ignore[arg-type]
        assert [item.about for item in stages.now_sitting(session, village).items] == [LIST]


def test_a_second_device_goes_on_where_the_first_was(village: Village) -> None:
    with transaction() as session:
        ready(session, village)
        meeting = stages.begin(session, village, 1, 2, 3)
    with transaction() as session, pytest.raises(refusals.MeetingGoesOn):
        stages.begin(session, village)
    key = new_id()
    for by in (village.chair, village.recorder):  # an answer that got lost is asked for again
        with transaction() as session:
            assert service.vote(session, by, Q3, LIST, votes=Votes(4), key=key, at=AT, seen=0)
    with transaction() as session:
        with pytest.raises(refusals.VotedMeanwhile):
            service.vote(session, village.chair, Q3, LIST, votes=Votes(4), key=new_id(), at=AT, seen=0)
        assert service.vote(session, village.chair, Q3, LIST, votes=Votes(3, 1), key=new_id(), at=AT, seen=1)
        assert stages.now_sitting(session, village).meeting.id == meeting
    key = new_id()
    for by in (village.chair, village.recorder):
        with transaction() as session:
            assert service.close(session, by, Q3, key=key, at=AT) == meeting
    with transaction() as session:
        minutes = queries.minutes(session, village.chair, Q3)
        assert [(item.vote.votes, len(item.earlier)) for item in minutes.items] == [(Votes(3, 1), 1)]
        assert (minutes.chair_name, minutes.writer_name) == ("石主", "赵记")
        with pytest.raises(refusals.NotDeliberating, match="已经记过了"):
            stages.vote(session, village, LIST, 4)


def test_a_list_that_is_not_carried_goes_back_and_another_meeting_is_held(village: Village) -> None:
    with transaction() as session:
        ready(session, village)
        first = stages.begin(session, village, 1, 2, 3)
        assert not stages.vote(session, village, LIST, 2, 2)
        with pytest.raises(refusals.NotCarried):
            stages.close(session, village)
        service.return_to_scoring(session, village.recorder, Q3, at=AT)
        with pytest.raises(refusals.NotDeliberating):
            stages.begin(session, village)
        service.submit(session, village.recorder, Q3, at=AT)
        stages.meet(session, village)
        outcomes = session.scalars(select(Meeting.outcome).order_by(Meeting.outcome)).all()
        assert outcomes == ["carried", "returned"]
        before = queries.minutes(session, village.chair, Q3, first)
        assert (before.meeting.outcome, before.meeting.present_count) == ("returned", 4)
        assert [one.id for one in queries.minutes(session, village.chair, Q3).others] == [first]


def test_a_card_stands_for_who_belongs_to_its_household(village: Village) -> None:
    with transaction() as session:
        for member, household, relation in ((0, 0, "本人"), (1, 0, "儿女亲家"), (2, 1, "本人"), (3, 1, "户主")):
            kin(session, village, member, household, relation)
        stages.bring_to(session, village, State.DELIBERATING)
        secrets = {village.households[at]: token.new_card(village.code) for at in range(3)}
        people.issue_cards(session, village.recorder, secrets, at=AT)
        stages.begin(session, village)
        first, second, third = (secret.card_key for secret in secrets.values())
        scan = partial(service.attend_by_card, session, village.recorder, Q3)
        for code in (f"HTTPS://AIXIN.EXAMPLE/C/{first}", first.lower()):
            assert scan(code) == "评议甲", "kin of the household are not of it"
        for code, told in (
            (second, "有 评议丁、评议丙"),
            (third, "没有记在哪位评议员名下"),
            ("7K3M-Q4XD-8", "不是本村在用的户卡"),
            (token.new_card("140221100201").card_key, "不是本村在用的户卡"),
        ):
            with pytest.raises(refusals.CardOfNobody) as refused:
                scan(code)
            assert told in str(refused.value)
        assert [one.name for one in stages.now_sitting(session, village).members if one.is_here] == ["石主", "评议甲"]
