"""What the demonstration village's score sheets hold: drawn by chance, but always the same."""

import random
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals import service as appraisals_service
from love_market.appraisals.rules import State
from love_market.appraisals.service import CellInput
from love_market.clock import Quarter
from love_market.db import transaction
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.deeds.queries import RuleRecord
from love_market.deeds.rules import times_for
from love_market.deeds.service import Noted
from love_market.people import queries as people
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard
from love_market.plays import cast_of_demonstration
from love_market.plays.stage import Cast, key_of

CHANCE = "demonstration"


def enter_scores(cast: Cast, quarter: Quarter, count: int | None, at: datetime) -> None:
    """Enter plausible scores for the first so many households, drawn by chance but always the same."""
    guard = cast.recorder
    with transaction() as session:
        if appraisals.appraisal(session, guard, quarter).state is not State.SCORING:
            return
        homes, rules = people.households(session, guard), rules_of(session, guard, quarter)
        cells = [cell for home in homes[:count] for cell in _cells_of(home, rules, quarter)]
        key = key_of(guard.market_id, quarter, "typed")
        plan = _penalties_of(cells, rules, key)
        noted = deeds_service.note_penalties(session, guard, plan, source=f"{quarter.title}评分表里的扣分", at=at)
        cells = [replace(cell, points=0) if (cell.points or 0) < 0 else cell for cell in cells]
        appraisals_service.save_scores(session, guard, quarter, cells, source="import", at=at, key=key)
        if noted:
            appraisals_service.note_with(session, guard, key, noted)


def _penalties_of(cells: list[CellInput], rules: list[RuleRecord], key: UUID) -> list[Noted]:
    """Return the cells that take points off as penalties to be heard."""
    by_id = {rule.id: rule for rule in rules}
    return [
        Noted(
            key_of(key, cell.household_id, rule.code),
            cell.household_id,
            rule.id,
            rule.code,
            times_for(rule, cell.points),
            cell.points,
        )
        for cell in cells
        if (rule := by_id[cell.rule_id]).points < 0 and cell.points
    ]


def _cells_of(home: HouseholdRecord, rules: list[RuleRecord], quarter: Quarter) -> list[CellInput]:
    chance = random.Random(f"{CHANCE}/{quarter}/{home.number}")  # noqa: S311 always the same village
    cells = []
    for rule in rules:
        often = cast_of_demonstration.HOW_OFTEN.get(rule.name, (0.02 if rule.points > 0 else 0.01, 1))
        if chance.random() < often[0]:
            times = chance.randint(1, often[1])
            cells.append(CellInput(home.id, rule.id, rule.points * times))
    return cells or [CellInput(home.id, rules[0].id, 0)]


def rules_of(session: Session, guard: Guard, quarter: Quarter) -> list[RuleRecord]:
    """Return the rules that a quarter is scored by."""
    version_id = appraisals.appraisal(session, guard, quarter).rule_version_id
    return list(deeds.rules(session, guard, version_id))
