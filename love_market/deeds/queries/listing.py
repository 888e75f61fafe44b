"""Reading the list of deeds, a page after another, and how many there are in each state."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from love_market.deeds.models import Deed, Rule
from love_market.deeds.queries.deeds import DeedRecord, deed_records, village_deeds
from love_market.deeds.rules import STATES
from love_market.errors import Invalid, words
from love_market.people.models import Household
from love_market.people.rules import Guard

PAGE_SIZE = 40
MOST_COUNTED = 1000
"""A village's deeds are counted up to here; what is on the list is found by its pages, not by their number."""


@dataclass(frozen=True, slots=True)
class DeedPage:
    """One page of a list of deeds; ``after`` continues it where there is more."""

    deeds: Sequence[DeedRecord]
    after: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page ended: among those that wait or among the others, and at which deed."""

    waits: bool
    recorded_at: datetime
    id: UUID

    @classmethod
    def of(cls, deed: DeedRecord) -> "_Place":
        return cls(deed.state == "claimed", deed.recorded_at, deed.id)

    @classmethod
    def read(cls, text: str) -> "_Place":
        try:
            group, micros, deed_id = text.split("-")
            at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micros))
            return cls(group == "w", at, UUID(hex=deed_id))
        except (ValueError, OverflowError):
            raise Invalid(words("页码“{text}”看不懂。"), text=text[:40]) from None

    def __str__(self) -> str:
        micros = (self.recorded_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
        return f"{'w' if self.waits else 'd'}-{micros}-{self.id.hex}"

    def beyond(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Return the conditions for what comes after it: the longest waiting first, of the others the newest."""
        at = Deed.recorded_at
        if self.waits:
            return at >= self.recorded_at, or_(at > self.recorded_at, Deed.id > self.id)
        return at <= self.recorded_at, or_(at < self.recorded_at, Deed.id < self.id)


def deeds(
    session: Session,
    guard: Guard,
    *,
    state: str = "",
    asked: str = "",
    after: str = "",
    since: datetime | None = None,
    of: Collection[UUID] | None = None,
) -> DeedPage:
    """Return a page of the village's deeds: waiting ones first, the longest waiting on top, then the newest.

    ``state`` is one of ``STATES``, or empty for all; ``asked`` is part of a household's number or a name, looked for
    in what was recorded ``since``; with ``of``, only those are on it. ``after`` is what the page before ended with;
    raises ``Invalid`` for another text.
    """
    query = village_deeds(guard)
    if asked:
        fields = (Household.number, Household.head_name, Deed.member_name, Rule.name)
        query = query.where(or_(*(field.contains(asked, autoescape=True) for field in fields)))
    if of is not None:
        query = query.where(Deed.id.in_(of))
    if since is not None:
        query = query.where(Deed.recorded_at >= since)
    last, rows = _Place.read(after) if after else None, list[DeedRecord]()
    if state in {"", "claimed"} and (last is None or last.waits):
        waiting = query.where(Deed.state == "claimed", *(last.beyond() if last else ()))
        oldest = Deed.recorded_at, Deed.id
        rows += deed_records(session, guard, waiting.order_by(*oldest).limit(PAGE_SIZE + 1))
    if state != "claimed" and len(rows) <= PAGE_SIZE:
        done = query.where(Deed.state == state if state else Deed.state != "claimed")
        done = done.where(*(last.beyond() if last and not last.waits else ()))
        newest = Deed.recorded_at.desc(), Deed.id.desc()
        rows += deed_records(session, guard, done.order_by(*newest).limit(PAGE_SIZE + 1 - len(rows)))
    shown = rows[:PAGE_SIZE]
    return DeedPage(shown, str(_Place.of(shown[-1])) if len(rows) > PAGE_SIZE else None)


def counts(session: Session, guard: Guard) -> Mapping[str, int]:
    """Return how many of the village's deeds are in each state, counted to ``MOST_COUNTED`` and one more."""
    heres = {
        state: select(Deed.id)
        .where(Deed.market_id == guard.market_id, Deed.village_code == guard.village_code, Deed.state == state)
        .order_by(Deed.recorded_at)  # along the index, so that counting a few thousands stops there
        .limit(MOST_COUNTED + 1)
        .subquery()
        for state in STATES
    }
    counted = [select(func.count()).select_from(here).scalar_subquery() for here in heres.values()]
    return dict(zip(heres, session.execute(select(*counted)).one(), strict=True))
