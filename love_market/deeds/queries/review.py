"""Reading for a second person: what waits for them, whose kin they are, what a cap leaves of a deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.deeds.models import Deed, Rule
from love_market.deeds.queries.counting import accepted_points
from love_market.deeds.queries.deeds import DeedRecord
from love_market.deeds.queries.versions import RuleRecord, rule_record
from love_market.deeds.rules import counted_together
from love_market.people.models import Kinship
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Room:
    """How much a deed would bring in its quarter: ``before`` counted already, ``brings`` more once accepted."""

    before: int
    brings: int


def next_to_review(session: Session, guard: Guard) -> UUID | None:
    """Return the deed that has waited longest for somebody like the person asking: neither recorder nor kin."""
    kin = select(Kinship.household_id).where(Kinship.market_id == guard.market_id, Kinship.staff_id == guard.staff_id)
    return session.scalar(
        select(Deed.id)
        .where(
            Deed.market_id == guard.market_id,
            Deed.village_code == guard.village_code,
            Deed.state == "claimed",
            Deed.recorded_by != guard.staff_id,
            Deed.household_id.not_in(kin),
        )
        .order_by(Deed.recorded_at, Deed.id)
        .limit(1)
    )


def room_under_cap(session: Session, guard: Guard, found: DeedRecord) -> Room:
    """Return how much a deed still brings beside the deeds accepted in its quarter or year.

    What it brings is bounded by its rule's cap, and by higher awards of its family.
    """
    quarter = Quarter.of(found.done_on)
    first, last = quarter.first_day, quarter.last_day
    if found.rule.cap_period == "year" or found.rule.family:
        first, last = date(quarter.year, 1, 1), date(quarter.year, 12, 31)
    family = _family(session, guard, found.rule)
    sums = accepted_points(session, guard, first, last)
    own = {rule.code: sums.get((found.household_id, rule.code), 0) for rule in family}
    own[found.rule.code] -= found.points if found.state == "accepted" else 0
    before = counted_together(own, family, {})
    own[found.rule.code] += found.points
    after = counted_together(own, family, {})
    return Room(before[found.rule.code], sum(after.values()) - sum(before.values()))


def _family(session: Session, guard: Guard, rule: RuleRecord) -> Sequence[RuleRecord]:
    """Return the rules of which only the highest counts beside one, in the version it is of; itself alone for none."""
    if not rule.family:
        return [rule]
    version = select(Rule.version_id).where(Rule.market_id == guard.market_id, Rule.id == rule.id).scalar_subquery()
    rows = session.scalars(
        select(Rule).where(Rule.market_id == guard.market_id, Rule.version_id == version, Rule.family == rule.family)
    )
    return [rule_record(row) for row in rows]


def is_kin(session: Session, guard: Guard, household_id: UUID) -> bool:
    """Return whether the person asking is of a household or kin to it."""
    found = session.scalar(
        select(Kinship.id).where(
            Kinship.market_id == guard.market_id,
            Kinship.staff_id == guard.staff_id,
            Kinship.household_id == household_id,
        )
    )
    return found is not None
