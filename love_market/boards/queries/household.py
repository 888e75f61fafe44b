"""Reading what the stars are to one household: those it was given last, and how far it is this year."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.boards.queries.published import homes_of, latest_list
from love_market.boards.queries.stars import standing_rule
from love_market.clock import village_date
from love_market.deeds import queries as deeds
from love_market.deeds.queries import VetoInForce
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class OwnStars:
    """A household's stars: of the list published last (``given`` 0: none), and this year's points so far.

    ``next_stars`` take ``missing_points`` more; with five there is nothing next. While one of ``bars`` is in force
    there are no stars.
    """

    given_year: int | None
    given: int
    year: int
    points: int
    next_stars: int | None
    missing_points: int
    bars: tuple[VetoInForce, ...]


def stars_of_household(session: Session, guard: Guard, household_id: UUID, *, at: datetime) -> OwnStars:
    """Return what the stars are to one household of the village, by the same count as the list's."""
    today = village_date(at)
    points = _points(session, guard, today.year, household_id)
    coming = standing_rule(session, guard).next_after(points)
    given_year, given = _given(session, guard, household_id)
    return OwnStars(
        given_year=given_year,
        given=given,
        year=today.year,
        points=points,
        next_stars=coming[0] if coming else None,
        missing_points=coming[1] if coming else 0,
        bars=tuple(deeds.vetoes_in_force(session, guard, today, household_id=household_id)),
    )


def _given(session: Session, guard: Guard, household_id: UUID) -> tuple[int | None, int]:
    listed = latest_list(session, guard)
    if listed is None:
        return None, 0
    homes = homes_of(session, guard, listed)
    return listed.year, next((home.stars for home in homes if home.household_id == household_id), 0)


def _points(session: Session, guard: Guard, year: int, household_id: UUID, upto_entry: int | None = None) -> int:
    found = appraisals.honour_points(session, guard, year, upto_entry=upto_entry, household_id=household_id)
    return found.get(household_id, 0)
