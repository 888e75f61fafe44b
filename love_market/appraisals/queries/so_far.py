"""What a score sheet comes to while it is filled in, counted in the database: the sheet's own numbers without it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CompoundSelect, Integer, Select, and_, case, cast, func, select, true, union_all
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow, Score
from love_market.appraisals.queries.quarter import AppraisalRecord
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.deeds.models import Rule
from love_market.deeds.rules import counted_together
from love_market.people.models import Household
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class SoFar:
    """How many households the sheet has, how many have something entered, and what all rows come to."""

    households: int
    filled: int
    points: int


def so_far(session: Session, guard: Guard, found: AppraisalRecord) -> SoFar:
    """Return what ``queries.sheet`` of a quarter that is being scored would say, without making it.

    Each household's sums by rule are added up by the database; the caps are laid on here.
    """
    rules = {rule.code: rule for rule in deeds.rules(session, guard, found.rule_version_id)}
    households = session.scalar(select(func.count()).select_from(_living(guard).subquery())) or 0
    entered = _entered(session, guard, found)
    before: Mapping[UUID, Mapping[str, int]] = {}
    by_year = {rule.code for rule in rules.values() if rule.cap_period == "year" or rule.family}
    if found.quarter.number > 1 and any(code in by_year for _, code, _ in entered):
        before = _counted_before(session, guard, found.quarter, by_year)
    totals: dict[UUID, dict[str, int]] = {}
    for household_id, code, total in entered:
        totals.setdefault(household_id, {})[code] = total
    families = [rule for rule in rules.values() if rule.family]
    points = 0
    for household_id, of_household in totals.items():
        known = [*(rules[code] for code in of_household if not rules[code].family), *families]
        counts = counted_together(of_household, known, before.get(household_id, {}))
        points += max(0, sum(counts.values()))
    return SoFar(households, len(totals), points)


def _living(guard: Guard) -> Select[UUID]:
    return select(Household.id).where(
        Household.market_id == guard.market_id,
        Household.village_code == guard.village_code,
        Household.left_on.is_(None),
    )


def _entered(session: Session, guard: Guard, found: AppraisalRecord) -> Sequence[tuple[UUID, str, int]]:
    """Return ``(household_id, rule_code, points)``: what was typed and what records bring, added up."""
    parts = _parts(guard, found).subquery()
    rows = session.execute(
        select(parts.c.household_id, parts.c.code, func.sum(parts.c.points))
        .join(Household, and_(Household.market_id == guard.market_id, Household.id == parts.c.household_id))
        .where(Household.village_code == guard.village_code, Household.left_on.is_(None))
        .group_by(parts.c.household_id, parts.c.code)
    )
    return [(household_id, code, int(total)) for household_id, code, total in rows]


def _counted_before(
    session: Session, guard: Guard, quarter: Quarter, codes: Collection[str]
) -> Mapping[UUID, Mapping[str, int]]:
    """Return what ``queries.counted_before`` would say of some rules, added up by the database."""
    if session.get_bind().dialect.name == "postgresql":
        line = func.json_array_elements(AppraisalRow.lines).table_valued("value")
    else:
        line = func.json_each(AppraisalRow.lines).table_valued("value")
    code, points = line.c.value.op("->>")("code"), cast(line.c.value.op("->>")("counted"), Integer)
    rows = session.execute(
        select(AppraisalRow.household_id, code, func.sum(points))
        .join(
            Appraisal,
            and_(Appraisal.market_id == AppraisalRow.market_id, Appraisal.id == AppraisalRow.appraisal_id),
        )
        .join(line, true())
        .where(
            AppraisalRow.market_id == guard.market_id,
            AppraisalRow.state == "confirmed",
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter.in_([f"{quarter.year}Q{number}" for number in range(1, quarter.number)]),
            code.in_(codes),
        )
        .group_by(AppraisalRow.household_id, code)
    )
    counted: dict[UUID, dict[str, int]] = {}
    for household_id, rule_code, total in rows:
        counted.setdefault(household_id, {})[rule_code] = int(total)
    return counted


def _parts(guard: Guard, found: AppraisalRecord) -> CompoundSelect[UUID, str, int]:
    of_version = and_(Rule.market_id == guard.market_id, Rule.version_id == found.rule_version_id)
    points = case((Score.points > 0, Score.points), else_=0).label("points")  # a penalty cannot be typed
    typed = (
        select(Score.household_id, Rule.code.label("code"), points)
        .join(Rule, and_(of_version, Rule.id == Score.rule_id))
        .where(Score.market_id == guard.market_id, Score.appraisal_id == found.id)
    )
    records = deeds.parts_of_quarter(guard, found.quarter).subquery()
    recorded = select(records.c.household_id, Rule.code, records.c.points).join(
        Rule, and_(of_version, Rule.code == records.c.code)
    )
    return union_all(typed, recorded)
