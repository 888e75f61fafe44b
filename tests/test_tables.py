"""The rules of keys that let the books be spread by market, held over every table."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.engine import Engine

from love_market.app import create_app as create_app  # brings every room's tables
from love_market.db import Base, Id

TABLES = list(Base.metadata.sorted_tables)
REFERENCE = {"installation", "place", "staff", "role_grant", "staff_session", "sign_in_throttle"}
OF_MARKETS = [table for table in TABLES if table.name not in REFERENCE | {"market"}]
LONGEST_NAME = 50


def named(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", OF_MARKETS, ids=named)
def test_the_market_leads_every_key(table: Table) -> None:
    market = table.columns["market_id"]
    assert isinstance(market.type, Id)
    assert not market.nullable
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            assert next(iter(constraint.columns)).name == "market_id", constraint.name
    for index in table.indexes:
        assert next(iter(index.columns)).name == "market_id", index.name


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_a_row_points_only_at_its_own_market_or_at_reference_data(table: Table) -> None:
    for constraint in table.constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        target = constraint.referred_table.name
        assert constraint.ondelete is None
        assert not constraint.deferrable
        if target in REFERENCE or target == "market":
            continue
        assert table.name not in REFERENCE, f"{table.name} is reference data and points at {target}"
        first = next(iter(constraint.elements))
        assert (first.parent.name, first.column.name) == ("market_id", "market_id"), constraint.name


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_every_constraint_has_a_short_name(table: Table) -> None:
    names = [constraint.name for constraint in table.constraints] + [index.name for index in table.indexes]
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            assert constraint.name, table.name
    for name in names:
        assert name
        assert len(str(name)) <= LONGEST_NAME, name


def test_the_migrations_make_exactly_these_tables(migrated_engine: Engine) -> None:
    with migrated_engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []
