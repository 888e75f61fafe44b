"""The way of a penalty, as a table; and what a deduction needs."""

from datetime import UTC, datetime, timedelta

import pytest

from love_market.deeds.rules import (
    PENALTY_STEPS,
    PenaltyAct,
    PenaltyNotThere,
    PenaltyPointsWrong,
    PenaltyState,
    PenaltyWordsWrong,
    ProofMissing,
    ReplyStillOpen,
    RuleDraft,
    check_heard,
    check_penalty,
    check_proof,
    next_state,
    times_for,
)
from love_market.errors import LoveMarketError

ENDS = datetime(2026, 10, 14, 10, tzinfo=UTC)
DUMPING = RuleDraft("扣分", "乱倒垃圾", -10, "次", 20, "quarter")
BANQUET = RuleDraft("扣分", "大操大办", -10, "桌", 30, "event")

# What each act leads to from each state; a blank is refused.
TABLE = """
           noted      recorded   told       replied    stands  withdrawn
show       recorded   .          .          .          .       .
tell       .          told       .          .          .       .
reply      .          .          replied    .          .       .
stand      .          .          stands     stands     .       .
withdraw   .          .          withdrawn  withdrawn  .       .
drop       withdrawn  withdrawn  .          .          .       .
"""


def test_only_the_moves_of_the_table_exist() -> None:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    assert head == list(PenaltyState)
    assert [line[0] for line in lines] == list(PenaltyAct) == list(PENALTY_STEPS)
    for act, *after in lines:
        for state, wanted in zip(head, after, strict=True):
            if wanted == ".":
                with pytest.raises(PenaltyNotThere):
                    next_state(PenaltyAct(act), PenaltyState(state))
            else:
                assert next_state(PenaltyAct(act), PenaltyState(state)) == wanted


@pytest.mark.parametrize(
    ("state", "at", "heard"),
    [
        ("told", ENDS - timedelta(seconds=1), False),
        ("told", ENDS, True),
        ("replied", ENDS - timedelta(days=5), True),
    ],
)
def test_a_household_is_heard_once_it_replied_or_its_time_is_over(state: str, at: datetime, heard: bool) -> None:  # noqa: FBT001
    if heard:
        check_heard(PenaltyState(state), ENDS, at)
    else:
        with pytest.raises(ReplyStillOpen, match="10月14日 18:00"):
            check_heard(PenaltyState(state), ENDS, at)


@pytest.mark.parametrize(
    ("rule", "times", "points", "wrong"),
    [
        (DUMPING, 1, -10, None),
        (DUMPING, 1, -5, None),
        (DUMPING, 3, -30, None),
        (DUMPING, 1, -11, PenaltyPointsWrong),
        (DUMPING, 1, 0, PenaltyPointsWrong),
        (DUMPING, 1, 10, PenaltyPointsWrong),
        (DUMPING, 0, -10, PenaltyPointsWrong),
        (BANQUET, 4, -31, PenaltyPointsWrong),
        (BANQUET, 4, -30, None),
    ],
)
def test_no_more_is_taken_than_the_rule_says(
    rule: RuleDraft, times: int, points: int, wrong: type[LoveMarketError] | None
) -> None:
    if wrong is None:
        check_penalty(rule, times, points)
    else:
        with pytest.raises(wrong):
            check_penalty(rule, times, points)


def test_how_often_a_rule_was_broken_for_so_many_points() -> None:
    assert [times_for(DUMPING, points) for points in (-1, -10, -11, -25)] == [1, 1, 2, 3]


def test_a_photo_or_words_prove_it_and_nothing_does_not() -> None:
    check_proof("两张照片", "巡查记录", 0)
    check_proof("两张照片", "", 1)
    with pytest.raises(ProofMissing, match="两张照片"):
        check_proof("两张照片", "", 0)
    with pytest.raises(PenaltyWordsWrong):
        check_proof("", "长" * 201, 0)
