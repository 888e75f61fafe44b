"""Reading the end of a book, and the balances of its accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, literal_column, select
from sqlalchemy.orm import Session

from love_market.ledger.models import Account, Book
from love_market.ledger.rules import CHART, GENESIS, POINTS, Address

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a book: how many entries it has, and the hash that stands for all of them."""

    number: int
    hash: str


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
    if kind not in CHART:
        raise ValueError(f"not in the chart of accounts: {kind}")
    wanted, found = list(owners), dict[UUID, int]()
    # The kind is spelled out and points are told from goods here: a plan made once for any market, kind and unit takes
    # all three for rare, and would rather read every account of the kind than look the owners up.
    of_kind = Account.kind == literal_column(f"'{kind}'")
    of_unit = [Account.unit == unit] if unit != POINTS else []
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(Account.owner, Account.unit, Account.balance).where(
                Account.market_id == market_id, of_kind, *of_unit, Account.owner.in_(wanted[start : start + _CHUNK])
            )
        )
        found.update((owner, amount) for owner, its_unit, amount in rows if its_unit == unit)
    return found


def held_by_owner(session: Session, market_id: UUID, kind: str, owners: Iterable[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Return what some owners' accounts of one kind hold, by owner and unit, whatever the units."""
    found = dict[UUID, dict[UUID, int]]()
    rows = session.execute(
        select(Account.owner, Account.unit, Account.balance).where(
            Account.market_id == market_id, Account.kind == kind, Account.owner.in_(list(owners))
        )
    )
    for owner, unit, amount in rows:
        found.setdefault(owner, {})[unit] = int(amount)
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


def balance_of(
    market_id: SQLColumnExpression[UUID],
    kind: str,
    owner: SQLColumnExpression[UUID],
    unit: UUID | SQLColumnExpression[UUID],
) -> ScalarSelect[int]:
    """Return the balance of the account that belongs to a row, for a question about rows of another table.

    Looked up row by row: joined, the planner may find it cheaper to read all accounts of the kind that ever were.
    """
    return (
        select(Account.balance)
        .where(Account.market_id == market_id, Account.kind == kind, Account.owner == owner, Account.unit == unit)
        .scalar_subquery()
    )
