"""The pass that spreads the tables by market: whole, in order, and nothing of the schema is other than before.

No server of Citus's kind is at hand, so its functions are stood in for by SQL functions of the same names. They write
down what they were asked, and refuse what Citus refuses: triggers, foreign keys to a table that is not yet converted,
and unique keys without the column that says where a row lives.
"""

import re
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from love_market.cli import main
from love_market.db import Base
from love_market.upkeep import distribute
from love_market.upkeep.privileges import APPEND_ONLY
from love_market.upkeep.tables import of_markets, reference
from tests.databases import PostgreSQL
from tests.server import at, binaries

ROLE = f"spread_{secrets.token_hex(4)}"  # roles are the whole server's
STAND_INS = (Path(__file__).parent / "citus_stand_in.sql").read_text(encoding="utf-8")
KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated, condeferrable FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2
"""
TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
CALLS = "SELECT what, place, by_column, beside FROM citus_call ORDER BY number"


def test_it_names_every_table_and_every_foreign_key_both_ways() -> None:
    script = distribute.script()
    for table in Base.metadata.tables.values():
        made = re.findall(rf"SELECT create_(?:reference|distributed)_table\('{table.name}'", script)
        assert len(made) == 1, table.name
        assert script.count(f"SELECT truncate_local_data_after_distributing_table('{table.name}');") == 1
        for key in table.foreign_key_constraints:
            assert script.count(f"ALTER TABLE {table.name} DROP CONSTRAINT {key.name};") == 1
            assert script.count(f"ALTER TABLE {table.name} ADD CONSTRAINT {key.name} FOREIGN KEY") == 1


def test_its_steps_stand_in_order() -> None:
    steps = [
        *("DROP CONSTRAINT", "DROP TRIGGER", "create_reference_table", "create_distributed_table"),
        *("ADD CONSTRAINT", "truncate_local_data_after_distributing_table", "REVOKE"),
    ]
    lines = distribute.script().splitlines()
    found = [step for line in lines for step in steps if step in line]
    assert set(found) == set(steps)
    assert found == sorted(found, key=steps.index)


def test_the_market_is_spread_by_its_id_and_all_else_beside_it() -> None:
    script = distribute.script()
    assert "SELECT create_distributed_table('market', 'id');" in script
    for table in of_markets()[1:]:
        line = f"SELECT create_distributed_table('{table.name}', 'market_id', colocate_with => 'market');"
        assert line in script
    assert {"place", "staff", "role_grant", "installation"} <= {table.name for table in reference()}


def test_printing_it_changes_nothing_in_the_metadata(tmp_path: Path) -> None:
    before = {key.name for table in Base.metadata.tables.values() for key in table.foreign_key_constraints}
    answer = CliRunner().invoke(main, ["sql", "distribute", "--role", "Die Rolle"], env={"LOVE_MARKET_INSTANCE": "/no"})
    assert answer.exit_code == 0
    assert answer.output == distribute.script("Die Rolle")
    assert 'REVOKE UPDATE, DELETE, TRUNCATE ON entry FROM "Die Rolle";' in answer.output
    assert distribute.script() == distribute.script()
    assert before == {key.name for table in Base.metadata.tables.values() for key in table.foreign_key_constraints}


@pytest.fixture
def stood_in(postgresql: PostgreSQL, tmp_path: Path) -> Iterator[str]:
    """A migrated database with functions of Citus's names; its URL."""
    with postgresql.dropping():
        url = postgresql.url(tmp_path)
        with at(url) as connection:
            connection.execute(STAND_INS)
            connection.execute(f"CREATE ROLE {ROLE}")
            connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
        yield url
        with at(url) as connection:
            connection.execute(f"DROP OWNED BY {ROLE}")
            connection.execute(f"DROP ROLE {ROLE}")


def run(url: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script as its first lines say."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    words = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", plain, "-f", "-")
    return subprocess.run([binaries() / "psql", *words], input=script, capture_output=True, text=True, check=False)


def rows(url: str, query: str) -> Sequence[tuple[object, ...]]:
    """Ask a database."""
    with at(url) as connection:
        return connection.execute(query).fetchall()


def test_run_on_a_postgresql_it_leaves_the_same_schema(stood_in: str) -> None:
    before = rows(stood_in, KEYS)
    assert len(before) == sum(len(table.foreign_key_constraints) for table in Base.metadata.tables.values())
    done = run(stood_in, distribute.script(ROLE))
    assert done.returncode == 0, done.stderr
    assert rows(stood_in, KEYS) == before
    assert rows(stood_in, TRIGGERS) == [(0,)]
    engine = create_engine(stood_in)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert [one for one in differences if getattr(one[1], "name", "") != "citus_call"] == []
    spread = [("distribute", table.name, "market_id", "market") for table in of_markets()]
    spread[0] = ("distribute", "market", "id", "default")
    everywhere = [("reference", table.name, None, None) for table in reference()]
    emptied = [("truncate", table.name, None, None) for table in reversed([*reference(), *of_markets()])]
    assert rows(stood_in, CALLS) == [*everywhere, *spread, *emptied]


def test_the_applications_role_may_add_to_the_books_and_change_nothing(stood_in: str) -> None:
    run(stood_in, distribute.script(ROLE))
    with at(stood_in) as connection:
        connection.execute(f"SET ROLE {ROLE}")
        for table in APPEND_ONLY:
            assert connection.execute(f"SELECT has_table_privilege('{table}', 'SELECT, INSERT')").fetchone() == (True,)
            for statement in (f"UPDATE {table} SET market_id = market_id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT create_distributed_table('entry', 'market_id')", "triggers"),
        ("SELECT create_distributed_table('member', 'market_id')", "foreign key"),
        ("SELECT create_distributed_table('sign_in_throttle', 'failures')", "unique"),
        ("SELECT truncate_local_data_after_distributing_table('market')", "not a distributed relation"),
    ],
)
def test_the_stand_ins_refuse_what_citus_refuses(stood_in: str, statement: str, reason: str) -> None:
    with at(stood_in) as connection, pytest.raises(psycopg.errors.RaiseException, match=reason):
        connection.execute(statement)
