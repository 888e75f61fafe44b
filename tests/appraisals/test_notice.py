"""The notice: never cut short, masked, with the head of the book; objections, replies and corrections."""

import pytest

from love_market.appraisals import queries, service
from love_market.appraisals.rules import RowState, State, refusals
from love_market.db import new_id, transaction
from love_market.errors import Invalid
from love_market.ledger import queries as ledger
from love_market.people import service as people
from love_market.people.rules import SameHousehold
from tests.appraisals import stages
from tests.appraisals.stages import AFTER_NOTICE, AT, Q3, TWO_ROWS, balances, object_to, row
from tests.builders import Village


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
        people.add_kinship(
            session,
            village.chair,
            staff_id=village.recorder.require_staff(),
            household_id=village.households[0],
            relation="哥哥家",
            key=new_id(),
        )
        with pytest.raises(SameHousehold):
            service.reply(session, village.recorder, key, **upheld)  # type: ignore[arg-type]
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
                key,
                upheld=True,
                reply="核过了",
                corrections={ids[code]: points for code, points in corrections.items()},
                at=AT,
            )

        with pytest.raises(Invalid):
            reply({})
        with pytest.raises(refusals.WrongSign):
            reply({"dumping": 10})
        with pytest.raises(refusals.PenaltyRaised):
            reply({"dumping": -10})
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
            service.reply(session, village.chair, key, upheld=False, reply="名单无误", corrections={}, at=AT)
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
