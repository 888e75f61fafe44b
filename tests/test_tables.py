"""The rules of keys that let the books be spread by market, held over every table."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint, inspect
from sqlalchemy.engine import Engine

from love_market.app import create_app as create_app  # brings every room's tables
from love_market.db import Base, Id

TABLES = list(Base.metadata.sorted_tables)
REFERENCE = {
    *("installation", "place", "staff", "role_grant", "staff_session", "sign_in_throttle"),
    *("model_catalogue", "model_rule"),
}
MARKET = Base.metadata.tables["market"]
OF_MARKETS = [table for table in TABLES if table.name not in REFERENCE and table is not MARKET]
LONGEST_NAME = 50


def named(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", OF_MARKETS, ids=named)
def test_the_market_leads_every_key(table: Table) -> None:
    market = table.columns["market_id"]
    assert not market.nullable
    assert market.primary_key
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            assert next(iter(constraint.columns)).name == "market_id", constraint.name
    for index in table.indexes:
        assert next(iter(index.columns)).name == "market_id", index.name


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_a_market_is_named_by_one_type(table: Table) -> None:
    columns = [table.columns["id"]] if table is MARKET else [one for one in table.columns if one.name == "market_id"]
    for column in columns:
        assert type(column.type) is Id
    assert bool(columns) == (table.name not in REFERENCE - {"place"})


def test_nothing_of_a_market_is_unique_but_its_id() -> None:
    keys = [one for one in MARKET.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    assert [[column.name for column in key.columns] for key in keys] == [["id"]]
    assert not [index.name for index in MARKET.indexes if index.unique]


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_a_row_points_only_at_its_own_market_or_at_reference_data(table: Table) -> None:
    for constraint in table.constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        target = constraint.referred_table
        if target.name in REFERENCE:
            continue
        assert table.name not in REFERENCE, f"{table.name} is reference data and points at {target.name}"
        first = next(iter(constraint.elements))
        there = "id" if target is MARKET else "market_id"
        assert (first.parent.name, first.column.name) == ("market_id", there), constraint.name


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_nothing_is_put_off_or_done_by_a_key(table: Table) -> None:
    for constraint in table.constraints:
        assert not constraint.deferrable, constraint.name
        assert not constraint.initially, constraint.name
        if isinstance(constraint, ForeignKeyConstraint):
            assert (constraint.ondelete, constraint.onupdate) == (None, None), constraint.name
            for element in constraint.elements:
                assert repr(element.parent.type) == repr(element.column.type), constraint.name


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_ids_and_numbers_are_made_by_the_program(table: Table) -> None:
    for column in table.columns:
        made_there = (column.server_default, column.server_onupdate, column.identity, column.computed)
        assert made_there == (None, None, None, None), column.name
    assert table.autoincrement_column is None


def test_the_database_makes_no_value_of_its_own(migrated_engine: Engine) -> None:
    found = inspect(migrated_engine)
    for table in TABLES:
        assert [one["name"] for one in found.get_columns(table.name) if one.get("default") or one.get("identity")] == []
    if migrated_engine.dialect.name == "postgresql":
        assert found.get_sequence_names() == []


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
