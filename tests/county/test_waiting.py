"""A village that is not so far waits, and says for whom or for how long."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from love_market.appraisals import queries as appraisal_queries
from love_market.appraisals import service as appraisals
from love_market.county import village as villages
from love_market.county.rules import ClosePlan, Ending, NotAsChairs
from love_market.db import new_id, reading, transaction
from love_market.people.models import RoleGrant
from love_market.people.rules import Role
from love_market.places.models import Installation
from tests.county import books
from tests.county.acts import chair_of, change, close_all, first
from tests.county.scored import QUARTER


def test_without_its_chair_a_village_waits(county_app: Flask, blank_papers: None, plan: ClosePlan) -> None:
    outcomes = close_all(replace(plan, as_chairs=False))
    assert [(one.ending, one.said) for one in outcomes] == [(Ending.WAITING, "公示结束了，等主任认定")] * 3
    assert not list(plan.out.iterdir())


def test_what_a_chair_confirmed_is_issued_and_no_more(county_app: Flask, blank_papers: None, plan: ClosePlan) -> None:
    with transaction() as session:
        village = books.villages(session)[1]
        appraisals.confirm(session, chair_of(session, village), QUARTER, at=plan.at, key=new_id())
    endings = {one.village_code: one.ending for one in close_all(replace(plan, as_chairs=False))}
    assert endings.pop(village.code) is Ending.CLOSED
    assert set(endings.values()) == {Ending.WAITING}


@pytest.mark.parametrize(
    ("state", "said"),
    [("scoring", "还在评分"), ("deliberating", "还在评议"), ("decided", "评议会通过了，还没有公示")],
)
def test_a_village_that_is_not_so_far_says_where_it_is(
    county_app: Flask, blank_papers: None, plan: ClosePlan, state: str, said: str
) -> None:
    with reading() as session:
        village = first(session)
    change(village, state=state, notice_ends_at=None)
    assert villages.close(plan, village).said == said


def test_a_village_still_on_notice_says_until_when(county_app: Flask, blank_papers: None, plan: ClosePlan) -> None:
    with reading() as session:
        village = first(session)
    change(village, notice_ends_at=plan.at + timedelta(seconds=1))
    outcome = villages.close(plan, village)
    assert outcome.ending is Ending.WAITING
    assert outcome.said.startswith("还在公示，到")


def test_a_village_that_opened_no_quarter_waits(county_app: Flask, blank_papers: None, plan: ClosePlan) -> None:
    with reading() as session:
        village = first(session)
    change(village, quarter="2026Q2")
    assert villages.close(plan, village).said == "还没有开这个季度的评分"


def test_a_chair_who_entered_scores_is_not_played(county_app: Flask, blank_papers: None, plan: ClosePlan) -> None:
    with transaction() as session:
        village = first(session)
        chair, recorder = chair_of(session, village), appraisal_queries.recorders
        (made_by,) = recorder(session, chair, appraisal_queries.appraisal(session, chair, QUARTER).id)
        staff_id = UUID(made_by.removeprefix("staff:"))
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.place_code == village.code, RoleGrant.role == Role.CHAIR.value)
            .values(staff_id=staff_id)
        )
    assert villages.close(plan, village).said.startswith("没有可以认定的主任")


def test_in_earnest_the_program_never_plays_a_chair(county_app: Flask, blank_papers: None, plan: ClosePlan) -> None:
    with transaction() as session:
        session.execute(update(Installation).values(demonstration=False))
        village = first(session)
    with pytest.raises(NotAsChairs, match="村主任自己"):
        villages.close(plan, village)
