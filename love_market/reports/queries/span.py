"""The years a statement shows: this one and the last, or one before them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date, village_instant
from love_market.people.rules import Guard
from love_market.places.models import Market


@dataclass(frozen=True, slots=True)
class Span:
    """Whole years of the village's calendar: from ``first`` on, to the end of ``last`` if it is an earlier page."""

    first: int
    last: int | None
    earlier: int | None
    later: int | None

    @property
    def begin(self) -> datetime:
        """The instant it begins."""
        return village_instant(date(self.first, 1, 1))

    @property
    def end(self) -> datetime | None:
        """The instant it ends; None for the newest."""
        return None if self.last is None else village_instant(date(self.last + 1, 1, 1))

    @property
    def quarters(self) -> tuple[Quarter, Quarter | None]:
        """The first and the last quarter in it."""
        return Quarter(self.first, 1), None if self.last is None else Quarter(self.last, 4)

    @property
    def days(self) -> tuple[date, date | None]:
        """The first and the last day in it."""
        return date(self.first, 1, 1), None if self.last is None else date(self.last, 12, 31)


def span_of(session: Session, guard: Guard, at: datetime, year: int | None) -> Span:
    """Return what a statement shows by default, or of an earlier year; the pages end where the market began."""
    opened_at = session.scalars(select(Market.opened_at).where(Market.id == guard.market_id)).one()
    newest, oldest = village_date(at).year - 1, village_date(opened_at).year - 1  # a quarter before may be paid out
    if year is None or not oldest <= year < newest:
        return Span(newest, None, newest - 1 if newest > oldest else None, None)
    return Span(year, year, year - 1 if year > oldest else None, year + 1 if year + 1 < newest else None)
