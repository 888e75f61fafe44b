"""Reading entries: one, a page from either end, with their legs or only what these come to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, literal_column, select, union
from sqlalchemy.orm import Session

from love_market.ledger.models import Entry, LegRow
from love_market.ledger.rules import POINTS, Address, Leg


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """An entry as it stands in the book, with its legs in order."""

    number: int
    kind: str
    at: datetime
    actor: str
    reason: str
    key: UUID
    input_hash: str
    reverses: int | None
    previous_hash: str
    hash: str
    legs: tuple[Leg, ...] = ()


def sources(session: Session, market_id: UUID, number: int, kind: str) -> Sequence[UUID]:
    """Return the owners of accounts of a kind that an entry moved something out of."""
    moved = LegRow.market_id == market_id, LegRow.entry_number == number, LegRow.source_kind == kind
    return session.scalars(select(LegRow.source_owner).where(*moved).distinct()).all()


def touched(session: Session, market_id: UUID, after: int) -> set[tuple[str, UUID, UUID]]:
    """Return the accounts ``(kind, owner, unit)`` that entries above ``after`` moved something in or out of."""
    moved = LegRow.market_id == market_id, LegRow.entry_number > after
    ends = union(
        select(LegRow.source_kind, LegRow.source_owner, LegRow.unit).where(*moved),
        select(LegRow.destination_kind, LegRow.destination_owner, LegRow.unit).where(*moved),
    )
    return {(kind, owner, unit) for kind, owner, unit in session.execute(ends)}


def posted_with_key(session: Session, market_id: UUID, key: UUID) -> EntryRecord | None:
    """Return the entry that a key posted, without its legs."""
    row = session.scalar(select(Entry).where(Entry.market_id == market_id, Entry.key == key))
    return None if row is None else _record(row, ())


def reversal_of(session: Session, market_id: UUID, number: int) -> EntryRecord | None:
    """Return the entry that reversed another, without its legs."""
    row = session.scalar(select(Entry).where(Entry.market_id == market_id, Entry.reverses == number))
    return None if row is None else _record(row, ())


def entry(session: Session, market_id: UUID, number: int) -> EntryRecord | None:
    """Return one entry with its legs."""
    found = entries(session, market_id, after=number - 1, limit=1)
    return found[0] if found and found[0].number == number else None


def entries(session: Session, market_id: UUID, *, after: int = 0, limit: int = 100) -> Sequence[EntryRecord]:
    """Return up to ``limit`` entries with their legs, those numbered above ``after``, in order."""
    rows = session.scalars(
        select(Entry).where(Entry.market_id == market_id, Entry.number > after).order_by(Entry.number).limit(limit)
    ).all()
    return _with_legs(session, market_id, rows)


def latest_entries(
    session: Session,
    market_id: UUID,
    *,
    before: int | None = None,
    limit: int = 50,
    kind: str = "",
    bare: Collection[str] = (),
) -> Sequence[EntryRecord]:
    """Return up to ``limit`` entries with their legs, the newest first, numbered below ``before``, of one ``kind``.

    Entries of a ``bare`` kind come without their legs, which may be a thousand: see ``leg_sums``.
    """
    query = select(Entry).where(Entry.market_id == market_id).order_by(Entry.number.desc()).limit(limit)
    if before is not None:
        query = query.where(Entry.number < before)
    if kind:
        query = query.where(Entry.kind == kind)
    if kind not in {"", "redeem"}:
        query = query.where(Entry.kind != literal_column("'redeem'"))  # said in full, the index of the few is theirs
    return _with_legs(session, market_id, session.scalars(query).all(), bare)


def leg_sums(session: Session, market_id: UUID, numbers: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return how many legs some entries have and how many points these move, by the entry's number."""
    rows = session.execute(
        select(LegRow.entry_number, func.count(), func.sum(case((LegRow.unit == POINTS, LegRow.amount), else_=0)))
        .where(LegRow.market_id == market_id, LegRow.entry_number.in_(numbers))
        .group_by(LegRow.entry_number)
    )
    return {number: (count, int(points)) for number, count, points in rows}


def _with_legs(
    session: Session, market_id: UUID, rows: Sequence[Entry], bare: Collection[str] = ()
) -> Sequence[EntryRecord]:
    legs: dict[int, list[Leg]] = {row.number: [] for row in rows if row.kind not in bare}
    if legs:
        without_gaps = max(legs) - min(legs) + 1 == len(legs)
        numbers = LegRow.entry_number.between(min(legs), max(legs)) if without_gaps else LegRow.entry_number.in_(legs)
        for leg in session.scalars(
            select(LegRow).where(LegRow.market_id == market_id, numbers).order_by(LegRow.entry_number, LegRow.position)
        ):
            legs[leg.entry_number].append(leg_of(leg))
    return [_record(row, tuple(legs.get(row.number, ()))) for row in rows]


def leg_of(row: LegRow) -> Leg:
    """Return a leg from its row."""
    return Leg(
        Address(row.source_kind, row.source_owner, row.unit),
        Address(row.destination_kind, row.destination_owner, row.unit),
        row.amount,
    )


def _record(row: Entry, legs: tuple[Leg, ...]) -> EntryRecord:
    return EntryRecord(
        row.number,
        row.kind,
        row.at,
        row.actor,
        row.reason,
        row.key,
        row.input_hash,
        row.reverses,
        row.previous_hash,
        row.hash,
        legs,
    )
