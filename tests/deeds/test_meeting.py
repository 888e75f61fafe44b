"""Quorum and majority of the meeting that adopts rules: two thirds present, more than half of them in favour."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from love_market.deeds.rules import (
    Meeting,
    MeetingWrong,
    NoQuorum,
    NotCarried,
    check_meeting,
    majority,
    quorum,
)

DAY = date(2026, 10, 8)


@pytest.mark.parametrize(
    ("representatives", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (20, 14), (29, 20), (30, 20), (31, 21), (1000, 667)]
)
def test_two_thirds_of_the_representatives(representatives: int, needed: int) -> None:
    assert quorum(representatives) == needed


@pytest.mark.parametrize(("present", "needed"), [(1, 1), (2, 2), (20, 11), (21, 11), (26, 14)])
def test_more_than_half_of_those_present(present: int, needed: int) -> None:
    assert majority(present) == needed


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [
        ((30, 20, 11, 9, 0), None),
        ((30, 20, 20, 0, 0), None),
        ((30, 30, 16, 0, 14), None),
        ((1, 1, 1, 0, 0), None),
        ((31, 20, 20, 0, 0), NoQuorum),
        ((30, 19, 19, 0, 0), NoQuorum),
        ((30, 20, 10, 10, 0), NotCarried),
        ((30, 20, 10, 0, 10), NotCarried),
        ((30, 31, 31, 0, 0), MeetingWrong),
        ((30, 20, 11, 8, 0), MeetingWrong),
        ((30, 20, 11, 9, 1), MeetingWrong),
        ((30, 20, 21, -1, 0), MeetingWrong),
        ((0, 0, 0, 0, 0), MeetingWrong),
        ((1001, 1001, 1001, 0, 0), MeetingWrong),
    ],
)
def test_what_a_meeting_of_these_numbers_decides(
    numbers: tuple[int, int, int, int, int], refusal: type[Exception] | None
) -> None:
    meeting = Meeting(DAY, *numbers)
    if refusal is None:
        check_meeting(meeting, DAY)
        return
    with pytest.raises(refusal) as refused:
        check_meeting(meeting, DAY)
    assert str(refused.value).endswith("。")


def test_the_day_of_a_meeting() -> None:
    meeting = Meeting(DAY, 30, 20, 20)
    check_meeting(meeting, DAY + timedelta(days=400))
    for today in (DAY - timedelta(days=1), DAY + timedelta(days=401)):
        with pytest.raises(MeetingWrong):
            check_meeting(replace(meeting), today)
