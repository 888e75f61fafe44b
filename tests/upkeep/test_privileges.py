"""On PostgreSQL the program's role adds to the books and cannot change them; the triggers stand behind it."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from tests.databases import Database, PostgreSQL, at
from tests.plays.books import sums_of
from tests.plays.shapes import SHAPES, homes
from tests.plays.shell import Installation, engine_at, installation, play_words

FORBIDDEN = ("UPDATE {} SET market_id = market_id", "DELETE FROM {}", "TRUNCATE {} CASCADE")
INSUFFICIENT_PRIVILEGE, RESTRICT_VIOLATION = "42501", "23001"


@pytest.fixture
def role(postgresql: PostgreSQL) -> Iterator[str]:
    """An ordinary role of the server, which owns nothing."""
    name = f"app-{secrets.token_hex(4)}"
    with at(postgresql.server_url) as server:
        server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'of no use elsewhere'").format(sql.Identifier(name)))
        yield name
        server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def owner(postgresql: PostgreSQL, role: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation that is asked as the tables' owner."""
    with postgresql.dropping():
        yield installation(tmp_path / "county", postgresql)


@pytest.fixture
def app(owner: Installation, role: str) -> Installation:
    """The same installation as the program's role has it."""
    answer = owner.type("migrate", "--app-role", role)
    assert (answer.exit_code, f"角色 {role} 只能给账本添分录，不能改，不能删。" in answer.output) == (0, True), (
        answer.output
    )
    url = make_url(owner.url).set(username=role, password="of no use elsewhere")
    return Installation(owner.folder, owner.database, url.render_as_string(hide_password=False))


def refusal(of: Installation, statement: str) -> str:
    with engine_at(of.url).connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement))
    return str(getattr(refused.value.orig, "sqlstate", None))


def small_quarter(at: Installation) -> list[str | Path]:
    village = homes(6)
    files = []
    for shape in SHAPES[0]:
        name, data = shape(village)
        files.append(at.folder / name)
        files[-1].write_bytes(data)
    return [*play_words(at.folder / "out", roster=files[0], scores=files[1])]


def test_a_quarter_is_played_by_a_role_that_cannot_change_what_it_wrote(app: Installation, owner: Installation) -> None:
    answer = app.type(*small_quarter(app))
    assert answer.exit_code == 0, answer.output
    assert sums_of(app).awarded > 0
    for table in ("entry", "leg"):
        for statement in FORBIDDEN:
            assert refusal(app, statement.format(table)) == INSUFFICIENT_PRIVILEGE
            assert refusal(owner, statement.format(table)) == RESTRICT_VIOLATION
    assert app.type("books", "verify").exit_code == 0


def test_the_role_neither_makes_tables_nor_switches_triggers_off(app: Installation) -> None:
    for statement in (
        "CREATE TABLE shadow (id int)",
        "DROP TRIGGER tr_leg_append_only ON leg",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = '0000'",
    ):
        assert refusal(app, statement) == INSUFFICIENT_PRIVILEGE, statement


def test_what_was_given_before_is_taken_away_and_asking_again_changes_nothing(
    app: Installation, owner: Installation, role: str
) -> None:
    with engine_at(owner.url).begin() as connection:
        connection.execute(text(f'GRANT ALL ON entry, leg TO "{role}"; GRANT UPDATE ON leg TO PUBLIC'))
    for _ in range(2):
        assert owner.type("migrate", "--app-role", role).exit_code == 0
        assert refusal(app, "DELETE FROM leg") == refusal(app, "UPDATE leg SET amount = 1") == INSUFFICIENT_PRIVILEGE


def test_a_role_that_may_do_anything_or_is_not_there_is_refused_in_words(owner: Installation) -> None:
    for name, told in ((str(make_url(owner.url).username), "限制不住"), ("nobody-here", "没有角色“nobody-here”")):
        answer = owner.type("migrate", "--app-role", name)
        assert (answer.exit_code, told in answer.output) == (1, True), answer.output


def test_the_program_s_role_asks_for_the_owner_when_tables_must_be_made_anew(
    app: Installation, owner: Installation
) -> None:
    with engine_at(owner.url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = app.type("migrate")
    assert (answer.exit_code, "请用表的主人运行" in answer.output) == (1, True), answer.output


def test_sqlite_has_no_roles(sqlite: Database, tmp_path: Path) -> None:
    answer = installation(tmp_path / "village", sqlite).type("migrate", "--app-role", "anybody")
    assert (answer.exit_code, "SQLite 没有角色" in answer.output) == (1, True), answer.output
