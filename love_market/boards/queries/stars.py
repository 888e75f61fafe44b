"""Reading star households: which rule stands, and what the books count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.boards.models import StarRule
from love_market.boards.rules import USUAL, Stars, looked_at_on
from love_market.clock import village_date
from love_market.deeds import queries as deeds
from love_market.deeds.queries import VetoInForce
from love_market.people import queries as people
from love_market.people.models import Staff
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard, mask_name


@dataclass(frozen=True, slots=True)
class StarRow:
    """A household's year: its honour points, and the stars they make; none (0) while a veto bars it."""

    household: HouseholdRecord
    points: int
    stars: int
    bars: tuple[VetoInForce, ...]

    @property
    def number(self) -> str:
        """The household's number."""
        return self.household.number

    @property
    def group_name(self) -> str:
        """The household's group."""
        return self.household.group_name

    @property
    def masked_name(self) -> str:
        """The head's name as the public sees it."""
        return mask_name(self.household.head_name)


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """The rule was set once."""

    stars: Stars
    at: datetime
    name: str


def rule_settings(session: Session, guard: Guard) -> Sequence[RuleSetting]:
    """Return when the village's rule of stars was set and by whom, the latest first; none: it is as usual."""
    rows = session.execute(
        select(StarRule, Staff.name)
        .join(Staff, Staff.id == StarRule.set_by)
        .where(StarRule.market_id == guard.market_id, StarRule.village_code == guard.village_code)
        .order_by(StarRule.set_at.desc(), StarRule.id.desc())
    )
    return [
        RuleSetting(Stars(row.three_points, row.four_points, row.five_points), row.set_at, name) for row, name in rows
    ]


def standing_rule(session: Session, guard: Guard) -> Stars:
    """Return how many points make stars at the village: as it was last set, else as usual."""
    settings = rule_settings(session, guard)
    return settings[0].stars if settings else USUAL


def count_stars(
    session: Session, guard: Guard, year: int, stars: Stars, *, at: datetime, upto_entry: int | None = None
) -> Sequence[StarRow]:
    """Return every household with honour points in a year or a veto, with its stars, the most points first.

    What counts is what was known ``at``: vetoes in force on the year's last day, or on that day while the year runs;
    with ``upto_entry`` the points as the book stood with that entry. Asked again for the same, it answers the same.
    """
    on = looked_at_on(year, village_date(at))
    points = appraisals.honour_points(session, guard, year, upto_entry=upto_entry)
    bars: dict[UUID, list[VetoInForce]] = {}
    for one in deeds.vetoes_in_force(session, guard, on, known_at=at):
        bars.setdefault(one.household_id, []).append(one)
    rows = []
    for home in people.households(session, guard, with_left=True):
        earned, barred = points.get(home.id, 0), tuple(bars.get(home.id, ()))
        if (earned or barred) and _lives_there(home, on):
            rows.append(StarRow(home, earned, 0 if barred else stars.of(earned), barred))
    return sorted(rows, key=lambda row: (-row.points, row.household.number))


def _lives_there(home: HouseholdRecord, on: date) -> bool:
    return home.left_on is None or home.left_on > on
