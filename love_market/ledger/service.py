"""The only writer of the books: open one, post an entry, reverse an entry."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from love_market.errors import words
from love_market.ledger import queries
from love_market.ledger.models import Account, Book, Entry, LegRow
from love_market.ledger.rules import (
    CHART,
    GENESIS,
    Address,
    AlreadyReversed,
    BalanceTooLow,
    Draft,
    KeyReused,
    Leg,
    NoSuchEntry,
    Posted,
    entry_hash,
    input_hash,
    net_changes,
)

# How many accounts one statement names at most: below every engine's limit of bound values.
_CHUNK = 2000


def open_book(session: Session, market_id: UUID) -> None:
    """Open a market's empty book; one that is open stays as it is."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    empty = {"market_id": market_id, "head_number": 0, "head_hash": GENESIS}
    session.execute(dialect.insert(Book).values(empty).on_conflict_do_nothing())


def lock_book(session: Session, market_id: UUID) -> Book:
    """Take the market's turn to write: whatever is read after this stays true until the transaction ends.

    A market that nobody has written for yet gets its empty book here.
    """
    query = select(Book).where(Book.market_id == market_id).with_for_update().execution_options(populate_existing=True)
    book = session.scalar(query)
    if book is None:
        open_book(session, market_id)
        book = session.scalars(query).one()
    return book


def post(session: Session, market_id: UUID, draft: Draft) -> Posted:
    """Write one entry with its legs, move the balances, and chain it to the head; all of it or nothing.

    The same key with the same input returns what was posted before. Raises ``KeyReused`` for other input,
    ``BalanceTooLow`` where an account would go below its floor.
    """
    book = lock_book(session, market_id)
    hash_of_input = input_hash(draft.input)
    before = queries.posted_with_key(session, market_id, draft.key)
    if before is not None:
        if (before.kind, before.input_hash) != (draft.kind, hash_of_input):
            raise KeyReused(words("这个操作号已经用在另一件事上了，请刷新页面再来一次。"))
        return Posted(before.number, before.hash, replayed=True)

    _move_balances(session, market_id, net_changes(draft.legs))
    number = book.head_number + 1
    entry = {
        "market_id": market_id,
        "number": number,
        "kind": draft.kind,
        "at": draft.at,
        "actor": draft.actor,
        "reason": draft.reason,
        "key": draft.key,
        "input_hash": hash_of_input,
        "reverses": draft.reverses,
        "previous_hash": book.head_hash,
        "hash": entry_hash(market_id, number, draft, hash_of_input, book.head_hash),
    }
    session.execute(insert(Entry), [entry])
    session.execute(insert(LegRow), [_leg_row(market_id, number, at, leg) for at, leg in enumerate(draft.legs, 1)])
    book.head_number, book.head_hash = number, str(entry["hash"])
    session.flush()
    return Posted(number, book.head_hash)


def reverse(
    session: Session, market_id: UUID, number: int, *, at: datetime, actor: str, reason: str, key: UUID
) -> Posted:
    """Take an entry back, whole, by an entry of the opposite legs; once.

    Raises ``NoSuchEntry``, ``AlreadyReversed``, and what ``post`` raises.
    """
    lock_book(session, market_id)
    entry = queries.entry(session, market_id, number)
    if entry is None:
        raise NoSuchEntry(words("账本里没有第 {number} 笔。"), number=number)
    reversal = queries.reversal_of(session, market_id, number)
    if reversal is not None and reversal.key != key:
        raise AlreadyReversed(words("第 {number} 笔已经在第 {by} 笔冲正过了。"), number=number, by=reversal.number)
    legs = [leg.reversed() for leg in reversed(entry.legs)]
    draft = Draft("reverse", at, actor, reason, key, legs, input={"reverses": number}, reverses=number)
    return post(session, market_id, draft)


def _move_balances(session: Session, market_id: UUID, changes: Mapping[Address, int]) -> None:
    balances = _balances(session, market_id, sorted(changes))
    new, moved = [], []
    for address, change in sorted(changes.items()):
        balance, floor = balances.get(address, 0), CHART[address.kind]
        if floor is not None and balance + change < floor:
            raise BalanceTooLow(
                words("余额不够：现有 {balance}，要用 {amount}。"),
                address=address,
                balance=balance,
                amount=-change,
            )
        row = {"market_id": market_id, "kind": address.kind, "owner": address.owner, "unit": address.unit}
        if address in balances:
            moved.append(row | {"balance": balance + change})
        else:
            new.append(row | {"floor": floor, "balance": balance + change})
    if new:
        session.execute(insert(Account), new)
    if moved:
        session.execute(update(Account), moved)


def _balances(session: Session, market_id: UUID, addresses: list[Address]) -> dict[Address, int]:
    found: dict[Address, int] = {}
    for start in range(0, len(addresses), _CHUNK):
        chunk = addresses[start : start + _CHUNK]
        rows = session.execute(
            select(Account.kind, Account.owner, Account.unit, Account.balance).where(
                Account.market_id == market_id,
                tuple_(Account.kind, Account.owner, Account.unit).in_([(a.kind, a.owner, a.unit) for a in chunk]),
            )
        )
        found.update({Address(kind, owner, unit): balance for kind, owner, unit, balance in rows})
    return found


def _leg_row(market_id: UUID, number: int, position: int, leg: Leg) -> dict[str, object]:
    return {
        "market_id": market_id,
        "entry_number": number,
        "position": position,
        "unit": leg.source.unit,
        "source_kind": leg.source.kind,
        "source_owner": leg.source.owner,
        "destination_kind": leg.destination.kind,
        "destination_owner": leg.destination.owner,
        "amount": leg.amount,
    }
