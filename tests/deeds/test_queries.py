"""Reading deeds: sums, caps, lists, and the walls between villages."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.db import new_id
from love_market.deeds import queries, service
from love_market.deeds.rules import NoSuchDeed
from love_market.errors import Invalid, NotFound
from love_market.people.models import Household
from tests.builders import Village, review
from tests.conftest import Clock
from tests.deeds.conftest import DAY, Rules, record

QUARTER = Quarter(2026, 3)


def test_points_of_a_quarter_are_summed_by_household_and_rule(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    other = village.households[1]
    told: list[dict[str, Any]] = [
        {"times": 3},
        {"times": 2, "member_name": "孔小满"},
        {"times": 2, "household_id": other, "done_on": QUARTER.first_day},
        {"times": 1, "household_id": other, "done_on": QUARTER.last_day},
        {"times": 5, "household_id": other, "done_on": QUARTER.first_day - timedelta(days=1)},
        {"times": 5, "household_id": other, "done_on": QUARTER.last_day + timedelta(days=1)},
    ]
    for each in told:
        review(session, village, record(session, village, rules, clock, **each).id, at=clock())
    record(session, village, rules, clock, rule="志愿服务")  # nobody has accepted it
    assert queries.accepted_points(session, village.chair, QUARTER.first_day, QUARTER.last_day) == {
        (village.households[0], "public_labour"): 40,
        (other, "public_labour"): 24,
    }
    listed = queries.deeds_between(session, village.chair, QUARTER.first_day, QUARTER.last_day)
    assert [deed.points for deed in listed].count(24) == 1
    assert len(listed) == 4


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        # 义务劳动 8 a half-day, 40 a quarter: 16 stand already
        ("义务劳动", (date(2026, 7, 1), 2, date(2026, 9, 12), 3), (16, 24)),
        ("义务劳动", (date(2026, 7, 1), 4, date(2026, 9, 12), 3), (32, 8)),
        ("义务劳动", (date(2026, 6, 30), 4, date(2026, 9, 12), 3), (0, 24)),
        # 植树护绿 10 a time, 20 a year
        ("植树护绿", (date(2026, 4, 1), 1, date(2026, 9, 12), 2), (10, 10)),
        ("植树护绿", (date(2026, 4, 1), 2, date(2026, 9, 12), 1), (20, 0)),
    ],
)
def test_what_a_deed_still_brings_under_its_cap(
    session: Session,
    village: Village,
    rules: Rules,
    clock: Clock,
    rule: str,
    days: tuple[date, int, date, int],
    expected: tuple[int, int],
) -> None:
    earlier = record(session, village, rules, clock, rule=rule, done_on=days[0], times=days[1])
    review(session, village, earlier.id, at=clock())
    deed = record(session, village, rules, clock, rule=rule, done_on=days[2], times=days[3])
    room = queries.room_under_cap(session, village.chair, deed)
    assert (room.before, room.brings) == expected
    accepted = review(session, village, deed.id, at=clock())
    assert queries.room_under_cap(session, village.chair, accepted) == room


def test_lists_pages_and_what_is_asked(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    for index, household in enumerate(village.households[:4]):
        deed = record(session, village, rules, clock, household_id=household)
        clock.at += timedelta(minutes=1)
        if index == 0:
            review(session, village, deed.id, at=clock())
    page = queries.deeds(session, village.chair)
    assert [deed.household_number for deed in page.deeds] == ["002", "003", "004", "001"]
    assert page.after is None
    assert [d.household_number for d in queries.deeds(session, village.chair, state="accepted").deeds] == ["001"]
    assert [d.head_name for d in queries.deeds(session, village.chair, asked="姚").deeds] == ["姚改"]
    assert not queries.deeds(session, village.chair, asked="%").deeds
    assert not queries.deeds(session, village.chair, asked="姚", since=clock()).deeds
    assert [d.head_name for d in queries.deeds_of_household(session, village.chair, village.households[0])] == [
        "孔振明"
    ]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_follow_one_another_through_those_that_wait_and_the_others(
    session: Session, village: Village, rules: Rules, clock: Clock, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index, household in enumerate(village.households[:7]):
        deed = record(session, village, rules, clock, household_id=household)
        clock.at += timedelta(minutes=index % 2)  # some at the same instant
        if index % 3:
            review(session, village, deed.id, at=clock())
    whole = [deed.id for deed in queries.deeds(session, village.chair).deeds]
    assert len(whole) == 7
    monkeypatch.setattr("love_market.deeds.queries.listing.PAGE_SIZE", size)
    read, after = list[UUID](), ""
    while True:
        page = queries.deeds(session, village.chair, after=after)
        read += [deed.id for deed in page.deeds]
        if page.after is None:
            break
        after = page.after
    assert read == whole
    with pytest.raises(Invalid):
        queries.deeds(session, village.chair, after="w-1-x")
    monkeypatch.setattr("love_market.deeds.queries.listing.MOST_COUNTED", 1)
    assert queries.counts(session, village.chair) == {"claimed": 2, "accepted": 2, "refused": 0, "withdrawn": 0}


def test_another_village_of_the_market_sees_nothing(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    deed = record(session, village, rules, clock)
    next_door = replace(village.chair, village_code="140221100223")
    with pytest.raises(NoSuchDeed):
        queries.deed(session, next_door, deed.id)
    with pytest.raises(NoSuchDeed):
        service.accept(session, next_door, deed.id, at=clock())
    assert queries.current_version(session, next_door) is None
    assert queries.rules(session, next_door, rules.version_id) == []
    assert not queries.deeds(session, next_door).deeds
    with pytest.raises(NotFound):
        service.record(
            session,
            replace(village.recorder, village_code="140221100223"),
            key=new_id(),
            household_id=village.households[0],
            rule_id=rules["义务劳动"].id,
            done_on=DAY,
            at=clock(),
        )


def test_households_offered(session: Session, village: Village) -> None:
    session.get_one(Household, (village.market_id, village.households[3])).left_on = DAY
    session.flush()
    offered = queries.household_choices(session, village.recorder)
    assert len(offered) == 11
    assert (offered[0].number, offered[0].head_name, offered[0].members) == ("001", "孔振明", ())
