"""Which tables are a market's and which are reference data, read from the metadata so that a new one is never missed.

A market's tables are ``market`` itself, known by its ``id``, and every table with a ``market_id`` in its primary key.
All others are reference data. The rules they keep are in the tests of the tables.
"""

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKeyConstraint, Table

from love_market.db import Base

MARKET = "market"


def of_markets() -> Sequence[Table]:
    """Return the market's tables, each after those it points at: ``market`` first."""
    return [table for table in Base.metadata.sorted_tables if table.name == MARKET or "market_id" in table.primary_key]


def reference() -> Sequence[Table]:
    """Return the tables of reference data, each after those it points at."""
    spread = {table.name for table in of_markets()}
    return [table for table in Base.metadata.sorted_tables if table.name not in spread]


def market_column(table: Table) -> Column[object]:
    """Return the column that says whose a row is: ``market.id``, elsewhere ``market_id``."""
    return table.columns["id" if table.name == MARKET else "market_id"]


def foreign_keys(table: Table) -> Sequence[ForeignKeyConstraint]:
    """Return a table's foreign keys, by name."""
    return sorted(table.foreign_key_constraints, key=lambda constraint: str(constraint.name))
