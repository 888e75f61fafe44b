"""Reading for a second person: what waits for them, whose kin they are, what a cap leaves of a deed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.deeds.models import Deed
from love_market.deeds.queries.counting import accepted_points
from love_market.deeds.queries.deeds import DeedRecord
from love_market.deeds.rules import counted
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
    """Return how much a deed still brings under its rule's cap beside the deeds accepted in its quarter or year."""
    quarter = Quarter.of(found.done_on)
    first, last = quarter.first_day, quarter.last_day
    if found.rule.cap_period == "year":
        first, last = date(quarter.year, 1, 1), date(quarter.year, 12, 31)
    sums = accepted_points(session, guard, first, last)
    before = sums.get((found.household_id, found.rule.code), 0) - (found.points if found.state == "accepted" else 0)
    counts_before = counted(before, found.rule)
    return Room(counts_before, counted(before + found.points, found.rule) - counts_before)


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
