"""What a database holds, in few numbers, to be found again after a restore."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, column, func, inspect, literal_column, select, table, union_all
from sqlalchemy.orm import Session

from love_market.db import Instant
from love_market.ledger.models import Book, Entry


@dataclass(frozen=True, slots=True)
class Facts:
    """The schema's revision, each market's head, and how many rows each table has."""

    schema: str
    heads: dict[str, tuple[int, str]]
    counts: dict[str, int]

    @property
    def entries(self) -> int:
        """How many entries all the books have."""
        return sum(number for number, _hash in self.heads.values())


def facts(session: Session) -> Facts:
    """Read what a database holds, over the session's snapshot."""
    names = sorted(inspect(session.connection()).get_table_names())
    each = [select(literal_column(f"'{name}'", String), func.count()).select_from(table(name)) for name in names]
    counts = {row[0]: row[1] for row in session.execute(union_all(*each))}
    books = session.execute(select(Book.market_id, Book.head_number, Book.head_hash))
    heads = {str(market_id): (number, head) for market_id, number, head in books}
    version = table("alembic_version", column("version_num"))
    return Facts(session.scalars(select(version.c.version_num)).one(), heads, counts)


def newest_entry(session: Session) -> datetime | None:
    """Return the time of the newest of the books' last entries; None where nothing was written yet."""
    last = select(func.max(Entry.at, type_=Instant)).join(
        Book, (Book.market_id == Entry.market_id) & (Book.head_number == Entry.number)
    )
    return session.scalar(last)


def hash_at(session: Session, market_id: UUID, number: int) -> str | None:
    """Return the hash of a market's entry; None where there is no such entry."""
    return session.scalar(select(Entry.hash).where(Entry.market_id == market_id, Entry.number == number))
