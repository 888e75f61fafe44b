"""Reading the star lists that were published, as they were printed: those that stand, and those before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from love_market.boards.models import StarList, StarListRow
from love_market.boards.queries.stars import count_stars
from love_market.boards.rules import NoStarList, Stars
from love_market.errors import words
from love_market.people.models import Staff
from love_market.people.rules import Guard

SHOWN_YEARS = 5


@dataclass(frozen=True, slots=True)
class ListedHome:
    """A household with stars on a published list, as it was printed."""

    household_id: UUID
    number: str
    masked_name: str
    group_name: str
    points: int
    stars: int


@dataclass(frozen=True, slots=True)
class Published:
    """A year's list as it was published (see ``boards.models.StarList``); it stands while nobody withdrew it.

    ``keeps_rows``: its households were kept with it, as they are since decision 27.
    """

    id: UUID
    year: int
    stars: Stars
    entry_number: int
    head_hash: str
    published_at: datetime
    publisher_name: str
    corrects_id: UUID | None
    reason: str
    withdrawn_at: datetime | None
    keeps_rows: bool


def published(session: Session, guard: Guard, year: int) -> Published | None:
    """Return a year's list that stands; None before it is published."""
    return next((one for one in lists_of_year(session, guard, year) if one.withdrawn_at is None), None)


def lists_of_year(session: Session, guard: Guard, year: int) -> Sequence[Published]:
    """Return every list of a year that was ever published, the latest first."""
    query = _lists(guard).where(StarList.year == year).order_by(StarList.published_at.desc(), StarList.id.desc())
    return [_record(row, name) for row, name in session.execute(query)]


def published_rows(
    session: Session, guard: Guard, year: int, list_id: UUID | None = None
) -> tuple[Published, Sequence[ListedHome]]:
    """Return the list of a year that stands, and its households, five stars first, by number.

    Another one is named by ``list_id``; it can be read while one of its year stands. Raises ``NoStarList``.
    """
    lists = lists_of_year(session, guard, year)
    standing = next((one for one in lists if one.withdrawn_at is None), None)
    if standing is None:
        raise NoStarList(words("{year}年的星级文明户还没有公布。公布以后在这里能看到。"), year=year)
    found = standing if list_id is None else next((one for one in lists if one.id == list_id), None)
    if found is None:
        raise NoStarList(words("没有这份名单。请刷新页面。"))
    return found, homes_of(session, guard, found)


def homes_of(session: Session, guard: Guard, listed: Published) -> Sequence[ListedHome]:
    """Return a list's households as they were printed, five stars first, by number.

    Of a list from before they were kept, they are counted from what it follows from, named as today.
    """
    if listed.keeps_rows:
        query = select(StarListRow).where(
            StarListRow.market_id == guard.market_id, StarListRow.star_list_id == listed.id
        )
        homes = [
            ListedHome(row.household_id, row.number, row.masked_name, row.group_name, row.points, row.stars)
            for row in session.scalars(query)
        ]
    else:
        homes = homes_now(
            session, guard, listed.year, listed.stars, at=listed.published_at, upto_entry=listed.entry_number
        )
    return sorted(homes, key=lambda home: (-home.stars, home.number))


def homes_now(
    session: Session, guard: Guard, year: int, stars: Stars, *, at: datetime, upto_entry: int
) -> list[ListedHome]:
    """Return the households with stars as ``count_stars`` counts and names them."""
    rows = count_stars(session, guard, year, stars, at=at, upto_entry=upto_entry)
    return [
        ListedHome(row.household.id, row.number, row.masked_name, row.group_name, row.points, row.stars)
        for row in rows
        if row.stars
    ]


def latest_list(session: Session, guard: Guard) -> Published | None:
    """Return the list of the latest year that stands."""
    query = _lists(guard).where(StarList.withdrawn_at.is_(None)).order_by(StarList.year.desc()).limit(1)
    found = session.execute(query).one_or_none()
    return None if found is None else _record(*found)


def published_years(session: Session, guard: Guard) -> Sequence[int]:
    """Return the latest years with a published list, the latest first."""
    query = select(StarList.year).where(*_of_village(guard), StarList.withdrawn_at.is_(None))
    return session.scalars(query.order_by(StarList.year.desc()).limit(SHOWN_YEARS)).all()


def _record(row: StarList, publisher_name: str) -> Published:
    return Published(
        id=row.id,
        year=row.year,
        stars=Stars(row.three_points, row.four_points, row.five_points),
        entry_number=row.entry_number,
        head_hash=row.head_hash,
        published_at=row.published_at,
        publisher_name=publisher_name,
        corrects_id=row.corrects_id,
        reason=row.reason or "",
        withdrawn_at=row.withdrawn_at,
        keeps_rows=row.household_count is not None,
    )


def _lists(guard: Guard) -> Select[StarList, str]:
    return select(StarList, Staff.name).join(Staff, Staff.id == StarList.published_by).where(*_of_village(guard))


def _of_village(guard: Guard) -> tuple[ColumnElement[bool], ...]:
    return StarList.market_id == guard.market_id, StarList.village_code == guard.village_code
