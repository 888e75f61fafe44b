"""Databases for tests, ordeals and benchmarks: a temporary PostgreSQL, and fresh copies at the newest migration.

Nothing here needs pytest; ``tests/conftest.py`` makes fixtures of it.
"""

import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db

SECRET = "made for the tests, and long enough for them"
FILE = "love_market.sqlite3"
LINE = "apt-get install -y --no-install-recommends postgresql"
LACKS = f"PostgreSQL is needed. Set TEST_DATABASE_URL to a server where databases may be made, or type: {LINE}"
STARTS_WITHIN_SECONDS = 60
# Quick rather than safe: a test's databases need not outlive the machine. Vacuuming would only hold templates busy.
QUICK = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "48MB"}
# Waits for its parent to end in any way at all, then ends the cluster and clears up behind it.
GUARD = 'read -r _; kill -QUIT "$1" 2>/dev/null; while kill -0 "$1" 2>/dev/null; do sleep 0.05; done; rm -rf "$2"'

FILES = """
    SELECT pg_relation_filepath(oid), CASE WHEN relkind = 'r' AND relnamespace = 'public'::regnamespace THEN relname END
    FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL AND NOT relisshared
    AND (relnamespace = 'public'::regnamespace OR relnamespace = 'pg_toast'::regnamespace)
"""


class NoPostgreSQL(Exception):
    """This machine has no PostgreSQL to start; says what to type."""


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL's programs; raise ``NoPostgreSQL`` where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    elsewhere = shutil.which("initdb")
    if not found and elsewhere is None:
        raise NoPostgreSQL(LACKS)
    return (found[-1] if found else Path(str(elsewhere)).resolve()).parent


def as_postgres() -> dict[str, Any]:
    """Return how to start PostgreSQL's programs, which refuse to run as root: as user postgres then."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass
class Cluster:
    """A running PostgreSQL of our own; ``url`` leads to its database postgres and stays when started again."""

    folder: Path
    url: str
    process: subprocess.Popen[bytes]
    _guard: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        """The postmaster's."""
        return self.process.pid

    def stop(self) -> None:
        """End it in order, its clients' connections too; a temporary one's folder goes with it."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        if self._guard is not None:
            self._guard.communicate()

    def kill(self) -> None:
        """End every process of it at once, as a power cut would; ``start_cluster`` on the same folder recovers it."""
        backends = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        self.process.kill()
        for backend in backends:
            with suppress(ProcessLookupError):
                os.kill(int(backend), signal.SIGKILL)
        self.process.wait()
        while any(Path(f"/proc/{backend}").exists() for backend in backends):
            time.sleep(0.005)


def start_cluster(
    folder: Path, *, fsync: bool = False, settings: Mapping[str, str] | None = None, temporary: bool = False
) -> Cluster:
    """Start a PostgreSQL whose data are in ``folder``, made there if it is not; return when it answers.

    As root the folder becomes the user postgres's, who must be able to reach it (not below pytest's ``tmp_path``).
    ``temporary`` says that cluster and folder go when this process does, however it ends.
    """
    data, programs = folder / "data", binaries()
    if not data.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if as_postgres():
            shutil.chown(folder, "postgres", "postgres")
        words = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        subprocess.run(
            [programs / "initdb", "-D", data, *words], check=True, capture_output=True, cwd="/", **as_postgres()
        )
        configured = {"port": str(free_port()), "listen_addresses": "127.0.0.1", "max_connections": "200"}
        configured |= (
            {"unix_socket_directories": "", "timezone": "UTC"} | ({} if fsync else QUICK) | dict(settings or {})
        )
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in configured.items())
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            **as_postgres(),
        )
    cluster = Cluster(folder, f"postgresql+psycopg://postgres@127.0.0.1:{_port_in(data)}/postgres", process)
    if temporary:
        cluster._guard = subprocess.Popen(
            ["sh", "-c", GUARD, "guard", str(process.pid), str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
    _answers(cluster)
    return cluster


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _port_in(data: Path) -> int:
    lines = (data / "postgresql.conf").read_text().splitlines()
    return int(next(line for line in reversed(lines) if line.startswith("port = ")).split("'")[1])


def _answers(cluster: Cluster) -> None:
    """Wait until a cluster takes connections."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            with at(cluster.url):
                return
        except psycopg.OperationalError:
            if cluster.process.poll() is not None or time.monotonic() > until:
                raise NoPostgreSQL((cluster.folder / "log").read_text()) from None
            time.sleep(0.02)


@contextmanager
def at(url: str) -> Iterator[psycopg.Connection]:
    """Connect to a database by SQLAlchemy's URL with the bare driver, each statement its own transaction."""
    driver_url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(driver_url, autocommit=True)) as connection:
        yield connection


def migrate(url: str, folder: Path) -> None:
    """Bring a database to the newest migration, as ``love-market migrate`` does."""
    with create_app(Settings(url, SECRET, folder)).app_context():
        upgrade()
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
