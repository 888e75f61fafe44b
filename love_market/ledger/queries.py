"""Reading the books: the head, balances, entries, and the movements of one account."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from love_market.ledger.models import Account, Book, Entry, LegRow
from love_market.ledger.rules import GENESIS, POINTS, Address, Leg

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a book: how many entries it has, and the hash that stands for all of them."""

    number: int
    hash: str


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


@dataclass(frozen=True, slots=True)
class Movement:
    """One leg seen from an account: by how much it changed, and which account stood opposite."""

    number: int
    kind: str
    at: datetime
    actor: str
    reason: str
    reverses: int | None
    change: int
    opposite: Address


def head(session: Session, market_id: UUID) -> Head:
    """Return the head of a market's book; a book in which nothing was written yet is at 0."""
    book = session.execute(select(Book.head_number, Book.head_hash).where(Book.market_id == market_id)).one_or_none()
    return Head(0, GENESIS) if book is None else Head(book.head_number, book.head_hash)


def balance(session: Session, market_id: UUID, address: Address) -> int:
    """Return one account's balance in its unit; 0 where nothing ever moved."""
    return balances(session, market_id, address.kind, [address.owner], address.unit).get(address.owner, 0)


def balances(
    session: Session, market_id: UUID, kind: str, owners: Iterable[UUID], unit: UUID = POINTS
) -> dict[UUID, int]:
    """Return the balances of some owners' accounts of one kind and unit, by owner; without those that never moved."""
    wanted, found = list(owners), dict[UUID, int]()
    for start in range(0, len(wanted), _CHUNK):
        found.update(
            (owner, amount)
            for owner, amount in session.execute(
                select(Account.owner, Account.balance).where(
                    Account.market_id == market_id,
                    Account.kind == kind,
                    Account.unit == unit,
                    Account.owner.in_(wanted[start : start + _CHUNK]),
                )
            )
        )
    return found


def total(session: Session, market_id: UUID, kind: str, unit: UUID = POINTS) -> int:
    """Return the sum of all balances of one kind in one unit."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Account.balance), 0)).where(
                Account.market_id == market_id, Account.kind == kind, Account.unit == unit
            )
        )
        or 0
    )


def totals_by_unit(session: Session, market_id: UUID, kind: str) -> dict[UUID, int]:
    """Return the sum of balances of one kind for each unit: for ``shelf``, what is on it of every good."""
    rows = session.execute(
        select(Account.unit, func.sum(Account.balance))
        .where(Account.market_id == market_id, Account.kind == kind)
        .group_by(Account.unit)
    )
    return {unit: int(amount) for unit, amount in rows}


def balances_of_unit(session: Session, market_id: UUID, kind: str, unit: UUID) -> dict[UUID, int]:
    """Return the balances of one kind and unit by owner: for ``shelf``, what is left of each lot of a good."""
    rows = session.execute(
        select(Account.owner, Account.balance).where(
            Account.market_id == market_id, Account.kind == kind, Account.unit == unit
        )
    )
    return {owner: int(amount) for owner, amount in rows}


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
    session: Session, market_id: UUID, *, before: int | None = None, limit: int = 50, kind: str = ""
) -> Sequence[EntryRecord]:
    """Return up to ``limit`` entries with their legs, the newest first, numbered below ``before``, of one ``kind``."""
    query = select(Entry).where(Entry.market_id == market_id).order_by(Entry.number.desc()).limit(limit)
    if before is not None:
        query = query.where(Entry.number < before)
    if kind:
        query = query.where(Entry.kind == kind)
    return _with_legs(session, market_id, session.scalars(query).all())


def movements(
    session: Session,
    market_id: UUID,
    owners: Sequence[UUID],
    unit: UUID = POINTS,
    *,
    kinds: Sequence[str] = (),
    before: int | None = None,
    limit: int = 200,
) -> Sequence[Movement]:
    """Return how some owners' accounts in one unit changed, the newest first; of all kinds, or only some.

    ``before`` continues a page: only entries numbered below it.
    """
    out = and_(LegRow.source_owner.in_(owners), *([LegRow.source_kind.in_(kinds)] if kinds else []))
    into = and_(LegRow.destination_owner.in_(owners), *([LegRow.destination_kind.in_(kinds)] if kinds else []))
    query = (
        select(LegRow, Entry)
        .join(Entry, and_(Entry.market_id == LegRow.market_id, Entry.number == LegRow.entry_number))
        .where(LegRow.market_id == market_id, LegRow.unit == unit, or_(out, into))
        .order_by(LegRow.entry_number.desc(), LegRow.position.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(LegRow.entry_number < before)
    return [
        _movement(row, row_entry, row.source_owner in owners and (not kinds or row.source_kind in kinds))
        for row, row_entry in session.execute(query)
    ]


def _movement(row: LegRow, row_entry: Entry, outward: bool) -> Movement:  # noqa: FBT001 in or out
    leg = _leg(row)
    return Movement(
        number=row.entry_number,
        kind=row_entry.kind,
        at=row_entry.at,
        actor=row_entry.actor,
        reason=row_entry.reason,
        reverses=row_entry.reverses,
        change=-leg.amount if outward else leg.amount,
        opposite=leg.destination if outward else leg.source,
    )


def _with_legs(session: Session, market_id: UUID, rows: Sequence[Entry]) -> Sequence[EntryRecord]:
    legs: dict[int, list[Leg]] = {row.number: [] for row in rows}
    if rows:
        without_gaps = max(legs) - min(legs) + 1 == len(legs)
        numbers = LegRow.entry_number.between(min(legs), max(legs)) if without_gaps else LegRow.entry_number.in_(legs)
        for leg in session.scalars(
            select(LegRow).where(LegRow.market_id == market_id, numbers).order_by(LegRow.entry_number, LegRow.position)
        ):
            legs[leg.entry_number].append(_leg(leg))
    return [_record(row, tuple(legs[row.number])) for row in rows]


def _leg(row: LegRow) -> Leg:
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
