"""Adopting rules, recording deeds, and the second person's word."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.db import new_id
from love_market.deeds import queries, service
from love_market.deeds.evidence import StoredPhoto, TooManyPhotos
from love_market.deeds.models import Deed, DeedPhoto
from love_market.deeds.reviewing import (
    ClaimNotForVillagers,
    FirstReviewMissing,
    NotOwnHousehold,
    NotRefused,
    NotYourReview,
    SameReviewer,
)
from love_market.deeds.rules import (
    DeedAlreadyReviewed,
    DeedDateWrong,
    DeedTimesWrong,
    DeedWordsWrong,
    NotOwnRecord,
    OwnRecord,
    RuleNotCurrent,
    SameDeedTwice,
)
from love_market.errors import NotFound, Refused
from love_market.ledger.rules import KeyReused
from love_market.people.rules import Guard, RoleMissing, SameHousehold
from tests.builders import Village, meeting
from tests.conftest import Clock
from tests.deeds.conftest import DAY, Rules, home_of, kin_to, record, standing

QUARTER = Quarter(2026, 3)
PHOTO = StoredPhoto("a" * 64, 1600, 1200)


def test_a_deed_is_recorded(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    deed = record(session, village, rules, clock, member_name=" 孔小满 ", photos=[PHOTO])
    assert (deed.head_name, deed.member_name, deed.rule.name, deed.points) == ("孔振明", "孔小满", "义务劳动", 24)
    assert (deed.state, deed.recorder_name, deed.reviewer_name) == ("claimed", "赵记", "")
    assert [photo.sha256 for photo in deed.photos] == [PHOTO.sha256]
    assert queries.deed(session, village.chair, deed.id) == deed
    assert queries.counts(session, village.chair) == {"claimed": 1, "accepted": 0, "refused": 0, "withdrawn": 0}
    assert queries.accepted_points(session, village.chair, QUARTER.first_day, QUARTER.last_day) == {}


def test_the_same_key_records_once(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    key = new_id()
    first = record(session, village, rules, clock, key=key, photos=[PHOTO])
    clock.at += timedelta(minutes=1)
    assert record(session, village, rules, clock, key=key, photos=[PHOTO]) == first
    assert session.scalars(select(Deed.id)).all() == [key]
    assert len(session.scalars(select(DeedPhoto.id)).all()) == 1
    others: list[dict[str, Any]] = [{"times": 2}, {"words": "别的"}, {"photos": []}, {"guard": village.grid_worker}]
    for other in others:
        with pytest.raises(KeyReused):
            record(session, village, rules, clock, **({"key": key, "photos": [PHOTO]} | other))


def test_what_is_not_recorded(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    cases: list[tuple[type[Exception], dict[str, Any]]] = [
        (DeedDateWrong, {"done_on": date(2026, 10, 9)}),
        (DeedDateWrong, {"done_on": date(2025, 8, 1)}),
        (DeedTimesWrong, {"times": 0}),
        (DeedTimesWrong, {"rule": "移风易俗", "times": 2}),
        (DeedWordsWrong, {"words": "长" * 501}),
        (DeedWordsWrong, {"member_name": "长" * 61}),
        (TooManyPhotos, {"photos": [PHOTO] * 7}),
        (NotFound, {"household_id": new_id()}),
        (RuleNotCurrent, {"rule_id": new_id()}),
        (RoleMissing, {"guard": village.clerk}),
        (NotOwnHousehold, {"guard": home_of(village, 1)}),
        (ClaimNotForVillagers, {"guard": home_of(village, 0), "rule": "乱倒垃圾", "times": 1}),
        (NotRefused, {"guard": home_of(village, 0), "again_of": new_id()}),
        (RoleMissing, {"guard": Guard.public(village.market_id, village.code)}),
    ]
    for error, other in cases:
        with pytest.raises(error):
            record(session, village, rules, clock, **other)
    assert session.scalars(select(Deed.id)).all() == []


def test_without_rules_nothing_is_recorded(session: Session, village: Village, clock: Clock) -> None:
    with pytest.raises(Refused, match="还没有细则"):
        service.record(
            session,
            village.recorder,
            key=new_id(),
            household_id=village.households[0],
            rule_id=new_id(),
            done_on=DAY,
            at=clock(),
        )


def test_a_rule_of_an_older_version_is_not_recorded(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    drafts = [rule.draft() for rule in rules.by_name.values()][5:]
    service.adopt_version(
        session, village.chair, drafts, meeting=meeting(clock()), note="少几条", at=clock(), key=new_id()
    )
    with pytest.raises(RuleNotCurrent):
        record(session, village, rules, clock)
    record(session, village, standing(session, village.chair), clock)


def test_the_same_deed_twice(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    first = record(session, village, rules, clock)
    with pytest.raises(SameDeedTwice):
        record(session, village, rules, clock, guard=village.grid_worker, times=1)
    record(session, village, rules, clock, member_name="孔小满")
    record(session, village, rules, clock, done_on=DAY + timedelta(days=1))
    record(session, village, rules, clock, household_id=village.households[1])
    service.withdraw(session, village.recorder, first.id, at=clock())
    record(session, village, rules, clock, times=1)


def test_two_people_review(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    deed = record(session, village, rules, clock)
    with pytest.raises(OwnRecord):
        service.first_review(session, village.recorder, deed.id, at=clock())
    with pytest.raises(RoleMissing):
        service.first_review(session, village.clerk, deed.id, at=clock())
    with pytest.raises(FirstReviewMissing):
        service.accept(session, village.grid_worker, deed.id, at=clock())
    clock.at += timedelta(hours=1)
    checked = service.first_review(session, village.grid_worker, deed.id, at=clock())
    assert (checked.state, checked.first_reviewer_name, checked.first_reviewed_at) == ("claimed", "网格", clock())
    assert service.first_review(session, village.grid_worker, deed.id, at=clock() + timedelta(hours=1)) == checked
    with pytest.raises(SameReviewer):
        service.accept(session, village.grid_worker, deed.id, at=clock())
    with pytest.raises(DeedAlreadyReviewed, match="初审过了"):
        service.first_review(session, village.chair, deed.id, at=clock())
    with pytest.raises(DeedAlreadyReviewed, match="已经有人看过"):
        service.withdraw(session, village.recorder, deed.id, at=clock())
    accepted = service.accept(session, village.chair, deed.id, at=clock())
    assert (accepted.state, accepted.reviewer_name, accepted.reviewed_at) == ("accepted", "石主", clock())
    # asked again by the same person it stays; anybody else, or another word, is refused
    assert service.accept(session, village.chair, deed.id, at=clock() + timedelta(hours=1)) == accepted
    for other in (village.panel[0], village.grid_worker):
        with pytest.raises(DeedAlreadyReviewed):
            service.accept(session, other, deed.id, at=clock())
    with pytest.raises(DeedAlreadyReviewed):
        service.refuse(session, village.chair, deed.id, reason="看错了", at=clock())
    assert queries.accepted_points(session, village.chair, QUARTER.first_day, QUARTER.last_day) == {
        (village.households[0], "public_labour"): 24
    }


def test_kin_do_not_review(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    deed = record(session, village, rules, clock)
    service.first_review(session, village.grid_worker, deed.id, at=clock())
    kin_to(session, village.chair, village.households[0])
    with pytest.raises(SameHousehold):
        service.accept(session, village.chair, deed.id, at=clock())
    with pytest.raises(SameHousehold):
        service.refuse(session, village.chair, deed.id, reason="不实", at=clock())
    assert queries.deed(session, village.chair, deed.id).state == "claimed"
    # recorded by the one, kin to the other of the committee: the panel steps in
    service.accept(session, village.panel[1], deed.id, at=clock())


def test_refusing_wants_a_reason(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    deed = record(session, village, rules, clock)
    for reason in ("", "  \n ", "长" * 201):
        with pytest.raises(DeedWordsWrong):
            service.refuse(session, village.grid_worker, deed.id, reason=reason, at=clock())
    with pytest.raises(NotYourReview, match="等网格员看"):
        service.refuse(session, village.chair, deed.id, reason="名单上只有两次", at=clock())
    refused = service.refuse(session, village.grid_worker, deed.id, reason="名单上只有两次", at=clock())
    assert (refused.state, refused.refusal, refused.reviewer_name) == ("refused", "名单上只有两次", "网格")
    assert service.refuse(session, village.grid_worker, deed.id, reason="名单上只有两次", at=clock()) == refused


def test_who_withdraws(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    deed = record(session, village, rules, clock, guard=village.grid_worker)
    with pytest.raises(NotOwnRecord):
        service.withdraw(session, village.chair, deed.id, at=clock())
    withdrawn = service.withdraw(session, village.grid_worker, deed.id, at=clock())
    assert withdrawn.state == "withdrawn"
    assert service.withdraw(session, village.grid_worker, deed.id, at=clock()) == withdrawn
    with pytest.raises(DeedAlreadyReviewed):
        service.accept(session, village.chair, deed.id, at=clock())
