"""A market's turn to write: its lock, and what was read of its book while the lock is held.

Whoever holds the lock is the only writer of the market, so what was read under it stays true until the transaction
ends, and is read once. The lock and the questions behind it travel in one flight (see ``db.line``); under READ
COMMITTED each question is answered from what was committed when its turn came, which is after the lock was got.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from love_market.db import Id, Prepared, ask
from love_market.db.prepared import Row
from love_market.ledger.models import Account, Book, Entry
from love_market.ledger.rules import GENESIS, Address, Draft

Question = tuple[Prepared, Mapping[str, Any]]

# The row is answered as it is once it is locked, not as it was when the lock was asked for.
_LOCK = Prepared(
    select(Book.head_number, Book.head_hash).where(Book.market_id == bindparam("market_id")).with_for_update()
)
_ENTRY_OF_KEY = Prepared(
    select(Entry.number, Entry.hash, Entry.kind, Entry.input_hash, Entry.reverses).where(
        Entry.market_id == bindparam("market_id"), Entry.key == bindparam("key")
    )
)


def given(**columns: TypeEngine[Any]) -> TableValuedAlias:
    """Return a table of rows that PostgreSQL is given as one array a column."""
    arrays = (bindparam(name, type_=postgresql.ARRAY(kind)) for name, kind in columns.items())
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


_named = given(kinds=String(), owners=Id(), units=Id())
_BALANCES_NAMED = Prepared(
    select(Account.kind, Account.owner, Account.unit, Account.balance).where(
        Account.market_id == bindparam("market_id"),
        Account.kind == _named.c.kinds,
        Account.owner == _named.c.owners,
        Account.unit == _named.c.units,
    )
)
# SQLite finds a list of accounts by reading all of the market's; each by itself it finds at once.
_BALANCE_OF_ONE = Prepared(
    select(Account.kind, Account.owner, Account.unit, Account.balance).where(
        Account.market_id == bindparam("market_id"),
        Account.kind == bindparam("kind"),
        Account.owner == bindparam("owner"),
        Account.unit == bindparam("unit"),
    )
)


@dataclass(frozen=True, slots=True)
class Before:
    """The entry that a key posted before: its number, hash, kind, the hash of its input, what it reversed."""

    number: int
    hash: str
    kind: str
    input_hash: str
    reverses: int | None


@dataclass(slots=True)
class Turn:
    """A market's turn: the head of its book, the balances and the keys that were asked for under the lock.

    A balance of None: nothing ever moved there.
    """

    market_id: UUID
    head_number: int
    head_hash: str
    balances: dict[Address, int | None] = field(default_factory=dict)
    keys: dict[UUID, Before | None] = field(default_factory=dict)

    def record(self, draft: Draft, number: int, digest: str, hash_of_input: str) -> None:
        """Go on behind an entry that was written."""
        self.head_number, self.head_hash = number, digest
        self.keys[draft.key] = Before(number, digest, draft.kind, hash_of_input, draft.reverses)


def open_book(session: Session, market_id: UUID) -> None:
    """Open a market's empty book; one that is open stays as it is."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    empty = {"market_id": market_id, "head_number": 0, "head_hash": GENESIS}
    session.execute(dialect.insert(Book).values(empty).on_conflict_do_nothing())


def take_turn(
    session: Session,
    market_id: UUID,
    *,
    key: UUID | None = None,
    addresses: Iterable[Address] = (),
    also: Sequence[Question] = (),
) -> tuple[Turn, list[list[Row]]]:
    """Take the market's turn to write, or go on with it; return it with the answers to what was ``also`` asked.

    The turn then knows what ``key`` posted before and the balances of ``addresses``. A market that nobody has written
    for yet gets its empty book here.
    """
    turn = _of_this_transaction(session, market_id)
    unknown = [address for address in addresses if turn is None or address not in turn.balances]
    questions: list[Question] = []
    if turn is None:
        questions.append((_LOCK, {"market_id": market_id}))
    ask_key = key is not None and (turn is None or key not in turn.keys)
    if ask_key:
        questions.append((_ENTRY_OF_KEY, {"market_id": market_id, "key": key}))
    balances = _balance_questions(session, market_id, unknown)
    questions += balances
    answers = ask(session, *questions, *also) if questions or also else []
    if turn is None:
        if not answers[0]:
            open_book(session, market_id)
            return take_turn(session, market_id, key=key, addresses=addresses, also=also)
        ((number, digest),), *answers = answers
        turn = Turn(market_id, number, digest)
        session.info[_place(market_id)] = (session.get_transaction(), turn)
    if key is not None and ask_key:
        rows, *answers = answers
        turn.keys[key] = Before(*rows[0]) if rows else None
    turn.balances.update(dict.fromkeys(unknown))
    for rows in answers[: len(balances)]:
        turn.balances.update({Address(kind, owner, unit): balance for kind, owner, unit, balance in rows})
    return turn, answers[len(balances) :]


def _of_this_transaction(session: Session, market_id: UUID) -> Turn | None:
    """Return the turn that this very transaction holds; one of an earlier transaction ended with it."""
    transaction, turn = session.info.get(_place(market_id), (None, None))
    return turn if transaction is not None and transaction is session.get_transaction() else None


def _place(market_id: UUID) -> tuple[str, UUID]:
    return ("turn", market_id)


def _balance_questions(session: Session, market_id: UUID, addresses: Sequence[Address]) -> list[Question]:
    if not addresses:
        return []
    if session.get_bind().dialect.name == "postgresql":
        return [(_BALANCES_NAMED, {"market_id": market_id} | columns_of(addresses))]
    return [
        (_BALANCE_OF_ONE, {"market_id": market_id, "kind": one.kind, "owner": one.owner, "unit": one.unit})
        for one in addresses
    ]


def columns_of(addresses: Sequence[Address]) -> dict[str, list[Any]]:
    """Return addresses as one list a column, as PostgreSQL is given a table of rows."""
    return {
        "kinds": [address.kind for address in addresses],
        "owners": [address.owner for address in addresses],
        "units": [address.unit for address in addresses],
    }
