"""Each kind of what waits: on whose desk, with whom others see it, the one step to it, and gone once it is done."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from love_market.appraisals import service as appraisals
from love_market.db import new_id, transaction
from love_market.deeds import service as deeds
from love_market.people import service as people
from love_market.people.models import RoleGrant, Staff
from love_market.people.rules import Guard, Role
from tests.appraisals import stages
from tests.builders import Village, adopt_catalogue, sign_in
from tests.conftest import Clock, on_sqlite_alone
from tests.deeds.conftest import home_of, record, standing
from tests.reports import waiting, waiting_in_the_shop
from tests.reports.conftest import Walk, ways_of
from tests.reports.test_statements_asked import asked_for
from tests.reports.waiting import KINDS, Kind


def people_of(village: Village, overseer: Guard) -> dict[str, Guard]:
    return {
        "recorder": village.recorder,
        "chair": village.chair,
        "panel": village.panel[0],
        "grid": village.grid_worker,
        "clerk": village.clerk,
        "overseer": overseer,
    }


@pytest.fixture
def overseer(village: Village, clock: Clock) -> Guard:
    """Somebody who oversees the township."""
    staff = Staff(id=new_id(), sign_in_name="镇", name="镇", password_hash="unset", created_at=clock())
    with transaction() as session:
        session.add(staff)
        session.flush()
        role = Role.TOWNSHIP_OVERSEER
        session.add(RoleGrant(staff_id=staff.id, place_code=village.code[:9], role=role, granted_at=clock()))
    return Guard.of_staff(village.market_id, village.code, staff.id, "镇", Role.TOWNSHIP_OVERSEER)


def desk(client: FlaskClient, guard: Guard) -> str:
    sign_in(client, guard)
    return client.get(f"/v/{guard.village_code}/").text


def parts(page: str) -> tuple[str, str]:
    """Return what of a desk is mine, and what is others'."""
    mine, _, others = page.partition("<aside>")
    if "村里正办的" in mine:
        mine, _, others = mine.partition("村里正办的")
    return mine, others


@on_sqlite_alone
@pytest.mark.parametrize(("kind", "count"), [(kind, n) for kind in KINDS for n in kind.counts], ids=str)
def test_what_waits_is_with_whoever_may_do_it_and_goes_once_done(
    village: Village, overseer: Guard, clock: Clock, client: FlaskClient, desk_of: Walk, kind: Kind, count: int
) -> None:
    waits = kind.make(village, clock, count)
    next(waits)
    title, way = kind.line.format(count), kind.way if count == 1 else kind.way_many
    for name, guard in people_of(village, overseer).items():
        is_mine = name in kind.mine.split()
        mine, others = parts(desk_of(guard) if is_mine else desk(client, guard))
        assert (mine.count(f">{title}<"), title in others) == ((1, False) if is_mine else (0, True)), name
        if is_mine:
            assert [one for one in ways_of(mine + "</main>") if re.search(f"{way}$", one)], ways_of(mine + "</main>")
            assert kind.when in mine
        elif name != "overseer":
            assert f"{kind.whom}：{title}" in others, name
    assert next(waits, "done") == "done"
    for name in kind.mine.split():
        assert title not in desk(client, people_of(village, overseer)[name]), name


@on_sqlite_alone
def test_what_waits_for_me_is_what_the_list_is_narrowed_to(village: Village, clock: Clock, client: FlaskClient) -> None:
    for _ in waiting.first_review(village, clock, 2):
        break
    with transaction() as session:
        record(
            session,
            village,
            standing(session, village.recorder),
            clock,
            guard=village.grid_worker,
            key=new_id(),
            household_id=village.households[5],
        )
    sign_in(client, village.grid_worker)
    page = client.get(f"/v/{village.code}/deeds?state=first").text
    assert [number in page for number in ("001 ", "002 ", "006 ")] == [True, True, False]
    sign_in(client, village.chair)
    assert "006 " in client.get(f"/v/{village.code}/deeds?state=first").text, "nothing is mine: all of them"


@on_sqlite_alone
def test_only_what_was_not_handed_over(village: Village, clock: Clock, client: FlaskClient) -> None:
    waits = waiting_in_the_shop.hand_over(village, clock, 1)
    next(waits)
    sign_in(client, village.chair)
    (way,) = [one for one in ways_of(client.get(f"/v/{village.code}/").text) if "show=waiting" in one]
    assert [name in client.get(way).text for name in ("孔振明", "姚改")] == [False, True]
    assert next(waits, None) is None
    assert "都交到户里了" in client.get(way).text


@on_sqlite_alone
def test_two_people_finish_what_one_of_them_told(
    village: Village, clock: Clock, desk_of: Walk, client: FlaskClient
) -> None:
    leave_two(village)
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        rules = standing(session, village.recorder)
        told = record(session, village, rules, clock)
        claimed = record(
            session, village, rules, clock, guard=home_of(village, 1), key=new_id(), household_id=village.households[1]
        )
    chair = desk_of(village.chair)
    assert "复核好事：1 件" in chair
    assert "还差一位" not in chair
    assert "初审好事：1 件" in desk_of(village.recorder), "what a household claims is looked at by both"
    sign_in(client, village.chair)
    assert "由记的人看过" in client.get(f"/v/{village.code}/deeds/{told.id}").text
    client.post(f"/v/{village.code}/deeds/{told.id}/accept", data={})
    assert "复核好事" not in desk_of(village.chair)
    with transaction() as session:
        deeds.first_review(session, village.recorder, claimed.id, at=clock())
    assert "复核好事：1 件" in desk_of(village.chair)


def leave_two(village: Village) -> None:
    """Let only the recorder and the chair be left to review."""
    with transaction() as session:
        people.revoke(session, village.chair, village.grid_worker.require_staff(), Role.GRID_WORKER)
        for member in village.panel:
            people.revoke(session, village.chair, member.require_staff(), Role.PANEL_MEMBER)


@on_sqlite_alone
def test_who_is_missing_is_said(village: Village, clock: Clock, desk_of: Walk) -> None:
    leave_two(village)
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        record(session, village, standing(session, village.recorder), clock, guard=home_of(village, 0))
        people.revoke(session, village.chair, village.recorder.require_staff(), Role.RECORDER)
    page = desk_of(village.chair)
    assert "还差一位能复核的人" in page
    assert f"/v/{village.code}/staff" in ways_of(page)
    with transaction() as session:
        people.grant(session, village.chair, village.recorder.require_staff(), Role.PANEL_MEMBER, at=clock())
        stages.kin(session, village, 0, 0)
    assert "还差一位" not in desk_of(village.chair)


@on_sqlite_alone
def test_a_chair_who_entered_scores_is_told_that_another_is_needed(
    village: Village, clock: Clock, desk_of: Walk
) -> None:
    with transaction() as session:
        stages.open_quarter(session, village)
        cells = stages.cells(session, village, 0, {"tidy_yard": 5})
        appraisals.save_scores(session, village.chair, stages.Q3, cells, source="grid", at=clock(), key=new_id())
        appraisals.submit(session, village.recorder, stages.Q3, at=clock())
        stages.meet(session, village)
        stages.publish(session, village)
    clock.at = stages.AFTER_NOTICE + timedelta(days=2)
    mine, _ = parts(desk_of(village.chair))
    assert "认定2026年第三季度还差一位主任" in mine
    assert "过了 3 天" in mine
    with transaction() as session:
        people.grant(session, village.chair, village.panel[0].require_staff(), Role.CHAIR, at=clock())
    mine, others = parts(desk_of(village.chair))
    assert "认定2026年第三季度" not in mine
    assert "主任：公示到期，认定2026年第三季度" in others
    another = Guard.of_staff(village.market_id, village.code, village.panel[0].require_staff(), "评议甲", Role.CHAIR)
    assert "公示到期，认定2026年第三季度" in parts(desk_of(another))[0]


def test_a_desk_asks_as_often_for_many_as_for_one(village: Village, clock: Clock, client: FlaskClient) -> None:
    """With one of each kind that stands beside the others, and then with four."""
    kinds = [waiting.first_review, waiting.untold_penalty, waiting_in_the_shop.hand_over]
    asked = []
    for count in (1, 3):
        begun = (
            [make(village, clock, count) for make in kinds]
            if count == 1
            else [waiting_in_the_shop.hand_over(village, clock, count)]
        )
        for one in begun:
            next(one)
        if count == 3:
            with transaction() as session:
                rules = standing(session, village.recorder)
                for place in range(3, 6):
                    record(session, village, rules, clock, key=new_id(), household_id=village.households[place])
        sign_in(client, village.chair)
        asked.append(asked_for(client, f"/v/{village.code}/"))
    assert asked[0] == asked[1]
    assert asked[0] <= 33
