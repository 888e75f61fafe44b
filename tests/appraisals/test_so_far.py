"""What the desk counts of a sheet that is being filled in is what the sheet itself comes to."""

import random
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, AppraisalRow, Score
from love_market.db import new_id, transaction
from love_market.deeds.models import Deed
from love_market.people.models import Household
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.builders import Village


def earlier_quarter(session: Session, village: Village, codes: list[str], dice: random.Random) -> None:
    """A confirmed quarter of the year that used up some of the yearly caps."""
    found = queries.appraisal(session, village.recorder, Q3)
    appraisal = Appraisal(market_id=village.market_id, id=new_id(), village_code=village.code, quarter="2026Q1")
    appraisal.rule_version_id, appraisal.state, appraisal.budget_points = found.rule_version_id, "confirmed", 100
    appraisal.opened_by, appraisal.opened_at = "x", AT
    session.add(appraisal)
    session.flush()
    for household_id in village.households:
        lines = [{"code": code, "counted": dice.choice([0, 5, 20])} for code in codes]
        row = AppraisalRow(market_id=village.market_id, appraisal_id=appraisal.id, household_id=household_id)
        row.state, row.points, row.lines = "confirmed", 5, lines
        session.add(row)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_counted_is_what_the_sheet_says(village: Village, seed: int) -> None:
    dice = random.Random(seed)
    with transaction() as session:
        appraisal_id: UUID = stages.open_quarter(session, village)
        rules = queries.sheet(session, village.recorder, Q3).rules
        for household_id in village.households:
            for rule in dice.sample(rules, dice.randrange(len(rules) + 1)):
                score = Score(market_id=village.market_id, appraisal_id=appraisal_id, household_id=household_id)
                score.rule_id, score.points = rule.id, dice.choice([0, 1, 9, 40]) * (1 if rule.points > 0 else -1)
                score.entered_by, score.entered_at = "x", AT
                session.add(score)
            rule, staff_id = dice.choice(rules), village.grid_worker.staff_id
            assert staff_id is not None
            deed = Deed(market_id=village.market_id, id=new_id(), village_code=village.code, household_id=household_id)
            deed.rule_id, deed.rule_code = rule.id, dice.choice([rule.code, "gone"])
            deed.done_on, deed.state = dice.choice([date(2026, 8, 1), date(2026, 4, 1)]), "accepted"
            deed.times, deed.points, deed.recorded_by, deed.recorded_at = 1, rule.points, staff_id, AT
            session.add(deed)
        earlier_quarter(session, village, [rule.code for rule in rules], dice)
        session.get_one(Household, (village.market_id, village.households[-1])).left_on = date(2026, 9, 1)
        session.flush()
        sheet = queries.sheet(session, village.recorder, Q3)
        told = queries.so_far(session, village.recorder, queries.appraisal(session, village.recorder, Q3))
    assert any(rule.cap_period == "year" for rule in rules)
    assert (told.households, told.filled, told.points) == (len(sheet.rows), sheet.filled_count, sheet.points)
