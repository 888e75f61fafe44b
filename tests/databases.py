"""Databases for tests, ordeals and benchmarks: a temporary PostgreSQL, and fresh copies at the newest migration.

Nothing here needs pytest; ``tests/conftest.py`` makes fixtures of it.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db
from love_market.upkeep import migrating
from tests.server import Cluster as Cluster
from tests.server import NoPostgreSQL as NoPostgreSQL
from tests.server import at as at
from tests.server import binaries as binaries
from tests.server import free_port as free_port
from tests.server import start_cluster as start_cluster

SECRET = "made for the tests, and long enough for them"
FILE = "love_market.sqlite3"
FILES = """
    SELECT pg_relation_filepath(oid), CASE WHEN relkind = 'r' AND relnamespace = 'public'::regnamespace THEN relname END
    FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL AND NOT relisshared
    AND (relnamespace = 'public'::regnamespace OR relnamespace = 'pg_toast'::regnamespace)
"""


def migrate(url: str, folder: Path) -> None:
    """Bring a database to the newest migration, as ``love-market migrate`` does."""
    with create_app(Settings(url, SECRET, folder)).app_context():
        migrating.migrate()
        db.engine.dispose()


def fresh_database(server_url: str, name: str) -> str:
    """Make an empty database at the newest migration on a server, dropping what had its name; return its URL."""
    with at(server_url) as server:
        drop(server, name)
        copy(server, name, "template0")
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    migrate(url, Path())
    return url


def copy(server: psycopg.Connection, name: str, template: str) -> None:
    """Make a database on a server that is as another, to which nobody may be connected.

    Copying its files takes half the time of writing every page to the log.
    """
    wanted = {"new": sql.Identifier(name), "old": sql.Identifier(template)}
    server.execute(sql.SQL("CREATE DATABASE {new} TEMPLATE {old} STRATEGY file_copy").format(**wanted))


def drop(server: psycopg.Connection, name: str) -> None:
    """Drop a database if it is there, whoever is still connected."""
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def without_triggers(connection: Connection) -> None:
    """Let a transaction change what the program's own triggers, keys and floors would refuse."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")


class Database:
    """One of the databases that the program runs on, and copies of it for the tests of one process."""

    dialect: str

    def __init__(self) -> None:
        self._made: list[str] = []

    def url(self, folder: Path, *, like: str | None = None) -> str:
        """Return the URL of a fresh copy at the newest migration, or of a copy of the database at the URL ``like``.

        On SQLite it is the file that an installation in this folder has when nothing else is said.
        """
        self._made.append(self._copy(folder, like))
        return self._made[-1]

    def engine(self, folder: Path, *, like: str | None = None) -> Engine:
        """Return a plain engine on a fresh copy; who asks disposes of it."""
        return create_engine(self.url(folder, like=like))

    @contextmanager
    def dropping(self) -> Iterator[None]:
        """Drop at the end what was made meanwhile."""
        before = len(self._made)
        yield
        while len(self._made) > before:
            self._drop(self._made.pop())

    def kept(self, url: str) -> bytes:
        """Return every byte that a database of ours keeps on disk, of rows long deleted too."""
        raise NotImplementedError

    def _copy(self, folder: Path, like: str | None) -> str:
        raise NotImplementedError

    def _drop(self, url: str) -> None:
        raise NotImplementedError


class SQLite(Database):
    """A file, copied."""

    dialect = "sqlite"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._template = f"sqlite:///{(folder / FILE).as_posix()}"
        migrate(self._template, folder)

    def _copy(self, folder: Path, like: str | None) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        template = str(make_url(like or self._template).database)
        with closing(sqlite3.connect(template)) as here, closing(sqlite3.connect(folder / FILE)) as there:
            here.backup(there)
        return f"sqlite:///{(folder / FILE).as_posix()}"

    def kept(self, url: str) -> bytes:
        """The file, and the log beside it."""
        file = Path(str(make_url(url).database))
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    def _drop(self, url: str) -> None:
        """Leave the file where pytest keeps the folder of a failed test."""


class PostgreSQL(Database):
    """A database on a server, copied by the server from a template."""

    dialect = "postgresql"

    def __init__(self, server_url: str) -> None:
        super().__init__()
        self.server_url = server_url
        self._prefix, self._count = f"test_{os.getpid()}_{secrets.token_hex(3)}", 0
        self._template = fresh_database(server_url, f"{self._prefix}_template")
        self._opened = ExitStack()
        self._server = self._opened.enter_context(at(server_url))
        self._made.append(self._template)

    def _copy(self, _folder: Path, like: str | None) -> str:
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        copy(self._server, name, str(make_url(like or self._template).database))
        return make_url(self._template).set(database=name).render_as_string(hide_password=False)

    def kept(self, url: str) -> bytes:
        """The files of its tables and indexes as they stand on the server, and each row unpacked."""
        found: list[bytes] = []
        with at(url) as connection:
            connection.execute("CHECKPOINT")
            for path, table in connection.execute(FILES).fetchall():
                found += connection.execute("SELECT pg_read_binary_file(%s)", [path], binary=True).fetchone() or ()
                if table:
                    with connection.cursor().copy(
                        sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
                    ) as rows:
                        found += map(bytes, rows)
        return b"".join(found)

    def _drop(self, url: str) -> None:
        drop(self._server, str(make_url(url).database))

    def close(self) -> None:
        """Drop whatever was made, the template too."""
        while self._made:
            self._drop(self._made.pop())
        self._opened.close()
