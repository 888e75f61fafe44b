"""The county's divisions: a place, those above it and below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.errors import NotFound, words
from love_market.places.models import Place


class NoSuchPlace(NotFound):
    """No place has this code."""


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A place by its division code; ``level`` is county, township, village or community."""

    code: str
    name: str
    level: str
    parent_code: str | None
    market_id: UUID | None


def place(session: Session, code: str) -> PlaceRecord:
    """Return a place; raise ``NoSuchPlace``."""
    row = session.get(Place, code)
    if row is None:
        raise no_such(code)
    return place_record(row)


def lineage(session: Session, code: str) -> Sequence[PlaceRecord]:
    """Return a place and all places above it, the place first; raise ``NoSuchPlace``."""
    places = [place(session, code)]
    while (parent := places[-1].parent_code) is not None:
        places.append(place(session, parent))
    return places


def children(session: Session, code: str | None) -> Sequence[PlaceRecord]:
    """Return the places right below one, by code; below None: the counties."""
    rows = session.scalars(select(Place).where(Place.parent_code == code).order_by(Place.code))
    return [place_record(row) for row in rows]


def villages_named(session: Session, text: str) -> Sequence[PlaceRecord]:
    """Return the villages and communities with this code or with this in their name, by code."""
    rows = session.scalars(
        select(Place)
        .where(Place.level.in_(["village", "community"]))
        .where((Place.code == text) | Place.name.contains(text.removesuffix("村"), autoescape=True))
        .order_by(Place.code)
    )
    return [place_record(row) for row in rows]


def no_such(code: str) -> NoSuchPlace:
    """Return the refusal for a code that no place has."""
    return NoSuchPlace(words("没有代码是 {code} 的地方。"), code=code)


def place_record(row: Place) -> PlaceRecord:
    """Return a place as it is told."""
    return PlaceRecord(row.code, row.name, row.level, row.parent_code, row.market_id)
