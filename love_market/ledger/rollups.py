"""What the points of a book come to, counted on from where it was counted last: see docs/decisions/0008."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from love_market.ledger import queries
from love_market.ledger.models import Book, BookRollup, LegRow
from love_market.ledger.rules import POINTS

MOST_BEHIND = 2_000
"""A rollup that lags further behind its book is counted on by whoever notices."""

MOST_AT_ONCE = 50_000
"""So many entries at most are counted in one transaction."""

_WAYS = {
    "awarded_points": [("budget", "household")],
    "issued_points": [("household", "voucher")],
    # What a voucher pays when a dispute is settled was redeemed before, and paid for now.
    "redeemed_points": [("voucher", "redeemed"), ("voucher", "disputed")],
    "lapsed_points": [("voucher", "lapsed")],
    "void_points": [("voucher", "void")],
}
_SPENT = ("voucher", "redeemed")


@dataclass(frozen=True, slots=True)
class Sums:
    """What went each way, less what came back, and the redemptions that stand."""

    awarded_points: int = 0
    issued_points: int = 0
    redeemed_points: int = 0
    lapsed_points: int = 0
    void_points: int = 0
    redemptions: int = 0

    @property
    def outstanding_points(self) -> int:
        """What is left on vouchers, by what went in and what went out."""
        return self.issued_points - self.redeemed_points - self.lapsed_points - self.void_points

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Rollup:
    """The sums of a book up to entry ``number``, when they were counted, and how many entries came since."""

    market_id: UUID
    number: int
    counted_at: datetime | None
    behind: int
    sums: Sums


def rollups(session: Session, market_ids: Iterable[UUID]) -> dict[UUID, Rollup]:
    """Return the rollups of some markets as they stand (one statement); one never counted is at 0."""
    wanted = list(market_ids)
    rows = session.execute(
        select(Book, BookRollup)
        .outerjoin(BookRollup, BookRollup.market_id == Book.market_id)
        .where(Book.market_id.in_(wanted))
    )
    found = {book.market_id: _rollup(book, row) for book, row in rows}
    return {market_id: found.get(market_id) or Rollup(market_id, 0, None, 0, Sums()) for market_id in wanted}


def current(session: Session, market_id: UUID) -> Rollup:
    """Return what a book comes to now: what was counted, and what came since, added up here."""
    standing = rollups(session, [market_id])[market_id]
    if not standing.behind:
        return standing
    head = standing.number + standing.behind
    sums = standing.sums + _counted(session, market_id, standing.number, head)
    return Rollup(market_id, head, standing.counted_at, standing.behind, sums)


def refresh(session: Session, market_id: UUID, *, at: datetime, most: int = MOST_AT_ONCE) -> int:
    """Count a market's rollup on, by so many entries at most; return how many are left.

    Waits for nobody who writes the book, nor they for it: only entries up to the head that stands are counted.
    """
    head = queries.head(session, market_id).number
    if not head:
        return 0
    row = _locked(session, market_id, at)
    up_to = min(head, row.number + most)
    if up_to > row.number:
        sums = _sums(row) + _counted(session, market_id, row.number, up_to)
        session.execute(
            update(BookRollup)
            .where(BookRollup.market_id == market_id)
            .values(number=up_to, counted_at=at, **{one.name: getattr(sums, one.name) for one in fields(sums)})
        )
    return max(0, head - up_to)


def throw_away(session: Session, market_id: UUID) -> None:
    """Forget a market's rollup, so that the next refresh counts from the first entry."""
    session.execute(delete(BookRollup).where(BookRollup.market_id == market_id))


def fault(session: Session, market_id: UUID) -> str | None:
    """Count from the first entry and say where the rollup differs; None where it agrees, or none is kept."""
    row = session.get(BookRollup, market_id)
    if row is None:
        return None
    if row.number > queries.head(session, market_id).number:
        return f"rollup counts up to entry {row.number}, which the book does not have"
    standing, counted = _sums(row), _counted(session, market_id, 0, row.number)
    for one in fields(counted):
        if getattr(standing, one.name) != getattr(counted, one.name):
            said = f"{one.name} is {getattr(standing, one.name)}, the legs say {getattr(counted, one.name)}"
            return f"rollup up to entry {row.number}: {said}"
    return None


def _locked(session: Session, market_id: UUID, at: datetime) -> BookRollup:
    """Return the rollup's row, nobody else counting on it: made where there is none."""
    query = select(BookRollup).where(BookRollup.market_id == market_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        empty = {"market_id": market_id, "number": 0, "counted_at": at, **dict.fromkeys(_names(), 0)}
        session.execute(dialect.insert(BookRollup).values(empty).on_conflict_do_nothing())
        row = session.scalars(query).one()
    return row


def _counted(session: Session, market_id: UUID, after: int, up_to: int) -> Sums:
    """Return the sums of the entries numbered above ``after`` and not above ``up_to``."""
    rows = session.execute(
        select(
            LegRow.source_kind,
            LegRow.destination_kind,
            func.sum(LegRow.amount),
            func.count(LegRow.entry_number.distinct()),
        )
        .where(
            LegRow.market_id == market_id,
            LegRow.entry_number > after,
            LegRow.entry_number <= up_to,
            LegRow.unit == POINTS,
        )
        .group_by(LegRow.source_kind, LegRow.destination_kind)
    )
    points, entries = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    for source, destination, amount, count in rows:
        points[source, destination], entries[source, destination] = int(amount), count
    sums = {name: sum(points.get(way, 0) - points.get(way[::-1], 0) for way in ways) for name, ways in _WAYS.items()}
    return Sums(**sums, redemptions=entries.get(_SPENT, 0) - entries.get(_SPENT[::-1], 0))


def _rollup(book: Book, row: BookRollup | None) -> Rollup:
    if row is None:
        return Rollup(book.market_id, 0, None, book.head_number, Sums())
    return Rollup(book.market_id, row.number, row.counted_at, book.head_number - row.number, _sums(row))


def _sums(row: BookRollup) -> Sums:
    return Sums(**{name: getattr(row, name) for name in _names()})


def _names() -> tuple[str, ...]:
    return tuple(one.name for one in fields(Sums))
