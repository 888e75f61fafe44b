"""Reading star households: which rule stands, what the books count, and what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.boards.models import StarList, StarRule
from love_market.boards.rules import USUAL, NoStarList, Stars, looked_at_on
from love_market.clock import village_date
from love_market.deeds import queries as deeds
from love_market.deeds.queries import VetoInForce
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.models import Staff
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard, mask_name

SHOWN_YEARS = 5


@dataclass(frozen=True, slots=True)
class StarRow:
    """A household's year: its honour points, and the stars they make; none (0) while a veto bars it."""

    household: HouseholdRecord
    points: int
    stars: int
    bars: tuple[VetoInForce, ...]

    @property
    def masked_name(self) -> str:
        """The head's name as the public sees it."""
        return mask_name(self.household.head_name)


@dataclass(frozen=True, slots=True)
class Published:
    """A year's list as it stands published (see ``boards.models.StarList``)."""

    id: UUID
    year: int
    stars: Stars
    entry_number: int
    head_hash: str
    published_at: datetime
    publisher_name: str


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


def published(session: Session, guard: Guard, year: int) -> Published | None:
    """Return a year's list that stands; None before it is published."""
    found = session.execute(
        select(StarList, Staff.name)
        .join(Staff, Staff.id == StarList.published_by)
        .where(*_standing(guard), StarList.year == year)
    ).one_or_none()
    return None if found is None else record(*found)


def published_rows(session: Session, guard: Guard, year: int) -> tuple[Published, Sequence[StarRow]]:
    """Return a published list and its households with stars, five first, by number; raise ``NoStarList``."""
    found = published(session, guard, year)
    if found is None:
        raise NoStarList(words("{year}年的星级文明户还没有公布。公布以后在这里能看到。"), year=year)
    rows = count_stars(session, guard, year, found.stars, at=found.published_at, upto_entry=found.entry_number)
    listed = [row for row in rows if row.stars]
    return found, sorted(listed, key=lambda row: (-row.stars, row.household.number))


def published_years(session: Session, guard: Guard) -> Sequence[int]:
    """Return the latest years with a published list, the latest first."""
    query = select(StarList.year).where(*_standing(guard)).order_by(StarList.year.desc())
    return session.scalars(query.limit(SHOWN_YEARS)).all()


def record(row: StarList, publisher_name: str = "") -> Published:
    """Return a list's frozen form."""
    return Published(
        id=row.id,
        year=row.year,
        stars=Stars(row.three_points, row.four_points, row.five_points),
        entry_number=row.entry_number,
        head_hash=row.head_hash,
        published_at=row.published_at,
        publisher_name=publisher_name,
    )


def _standing(guard: Guard) -> tuple[ColumnElement[bool], ...]:
    return (
        StarList.market_id == guard.market_id,
        StarList.village_code == guard.village_code,
        StarList.withdrawn_at.is_(None),
    )


def _lives_there(home: HouseholdRecord, on: date) -> bool:
    return home.left_on is None or home.left_on > on
