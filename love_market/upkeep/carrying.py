"""Carrying a market's rows from one database into another, table by table, and proving that they arrived as they were.

Nothing here knows one table from another: what is carried, in which order and by which key comes from the metadata.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, insert, literal, select, tuple_
from sqlalchemy.orm import Session

from love_market.ledger.rules import canonical_json
from love_market.upkeep.tables import market_column

Row = dict[str, Any]
# Rows that are read and written at once: what bounds the memory.
_PAGE = 1000


@dataclass(slots=True)
class Print:
    """What rows of one table come to, but for one column: how many, and the sum of their hashes in whatever order.

    Equal prints, equal rows.
    """

    without: str = ""
    rows: int = 0
    sum: int = 0

    def add(self, page: Sequence[Row]) -> None:
        """Count rows in."""
        for row in page:
            kept = {name: value for name, value in row.items() if name != self.without}
            self.sum = (self.sum + int.from_bytes(hashlib.sha256(canonical_json(kept)).digest())) % 2**256
        self.rows += len(page)


def count(session: Session, table: Table, market_id: UUID) -> int:
    """Return how many rows of a table are a market's."""
    return int(session.scalar(select(func.count()).select_from(table).where(market_column(table) == market_id)) or 0)


def carry(
    source: Session, target: Session, table: Table, market_id: UUID, change: Callable[[Row], Row], seen: Print
) -> Iterator[int]:
    """Write a market's rows of one table into the target, each as ``change`` makes it; yield how many with each page.

    ``seen`` counts them as they were. Where rows of a table point at others of the same table, those come first: rows
    that point at nothing are followed by the rest, in waves.
    """
    waiting: list[Row] = []
    inner = _points_within(table)
    for page in pages(source, table, market_id):
        seen.add(page)
        now: list[Row] = []
        for row in page:
            later = any(row[column] is not None for column in inner)
            (waiting if later else now).append(change(row))
        if now:
            target.execute(insert(table), now)
        yield len(now)
    for wave in _waves(waiting, inner):
        target.execute(insert(table), wave)
        yield len(wave)


def pages(session: Session, table: Table, market_id: UUID) -> Iterator[Sequence[Row]]:
    """Yield a market's rows of one table, page by page along its primary key."""
    key = list(table.primary_key.columns)
    query = select(table).where(market_column(table) == market_id).order_by(*key).limit(_PAGE)
    page = [dict(row) for row in session.execute(query).mappings()]
    while page:
        yield page
        last = tuple_(*(literal(page[-1][column.name], column.type) for column in key))
        page = [dict(row) for row in session.execute(query.where(tuple_(*key) > last)).mappings()]


def _points_within(table: Table) -> Mapping[str, str]:
    """Return the columns by which rows point at others of the same table, each with the column it points at."""
    return {
        element.parent.name: element.column.name
        for constraint in table.foreign_key_constraints
        if constraint.referred_table is table
        for element in constraint.elements
        if element.parent.name != "market_id"
    }


def _waves(rows: list[Row], inner: Mapping[str, str]) -> Iterator[list[Row]]:
    while rows:
        waiting = {here: {row[there] for row in rows} for here, there in inner.items()}
        wave, later = list[Row](), list[Row]()
        for row in rows:
            (later if any(row[here] in ids for here, ids in waiting.items()) else wave).append(row)
        if not wave:
            raise ValueError("rows of one table point at each other in a ring")
        yield wave
        rows = later
