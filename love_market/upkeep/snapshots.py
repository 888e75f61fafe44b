"""The books as they were at one moment, taken while people go on writing: SQLite's backup, PostgreSQL's base backup."""

import errno
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.errors import Refused, words
from love_market.upkeep.cluster import Line, line_to, plain_environment, program, segment
from love_market.upkeep.facts import Facts, facts
from love_market.upkeep.files import alone
from love_market.upkeep.keys import Keys
from love_market.upkeep.sealed import Sealed, seal
from love_market.upkeep.store import Server
from love_market.upkeep.watching import Progress, Watch

_NOT_GIVEN = words("PostgreSQL 没有把备份交出来：{said}。备份用的角色要有 REPLICATION，见 deploy/backup.md。")
_PAGES = 2048
_WAIT_SECONDS = 60
_POINT = re.compile(r"write-ahead log (start|end) point: ([0-9A-F]+/[0-9A-F]+)(?: on timeline (\d+))?")
_SERVER = text(
    "SELECT current_setting('server_version_num')::int AS version, s.system_identifier::text AS cluster,"
    " current_database() AS database, (SELECT rolname FROM pg_roles WHERE oid = 10) AS superuser,"
    " (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size') AS segment_bytes,"
    " current_setting('archive_mode') <> 'off' AS archives,"
    " coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) AS archiving_fails,"
    " (SELECT sum(pg_database_size(oid))::bigint FROM pg_database) AS total_bytes"
    " FROM pg_control_system() s, pg_stat_archiver a"
)


class NotTaken(Refused):
    """The database's own backup did not come about."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Sealed books: what they hold, by when they were complete, and for PostgreSQL which server they are of."""

    sealed: Sealed
    facts: Facts
    finished_at: datetime
    server: Server | None = None
    warnings: tuple[str, ...] = ()


def database_file(database_url: str) -> Path:
    """Return the file of an SQLite database; raise ``NotTaken`` where there is none."""
    path = Path(make_url(database_url).database or ":memory:")
    if not path.is_file():
        raise NotTaken(
            words("没有账本 {path}，没有东西可以备份。请看看 --database 或 LOVE_MARKET_INSTANCE。"), path=path
        )
    return path


def existing(database_url: str) -> str:
    """Return a database's URL; raise ``NotTaken`` for an SQLite file that is not there, which asking would make."""
    if make_url(database_url).get_backend_name() == "sqlite":
        database_file(database_url)
    return database_url


def take_sqlite(database: Path, instance: Path, target: Path, keys: Keys, watch: Watch) -> Taken:
    """Seal a consistent copy of an SQLite database that others go on reading and writing.

    The copy lies unsealed for a while, so it lies where the database does, never on the backup's medium.
    """
    with _scratch_in(instance) as folder:
        copy, finished_at = folder / database.name, utc_now()
        with watch("抄账本", database.stat().st_size, "B") as progress:
            copy_sqlite(database, copy, progress)
        engine = create_engine(URL.create("sqlite", database=str(copy)))
        with Session(engine) as session:
            held = facts(session)
        engine.dispose()
        with copy.open("rb") as source, watch("加密", copy.stat().st_size, "B") as progress:
            sealed = seal(source, target, keys.recipients, progress)
    return Taken(sealed, held, finished_at)


def copy_sqlite(database: Path, copy: Path, progress: Progress = lambda _count: None) -> None:
    """Copy an SQLite database as it is at this moment. A read transaction pins the moment; writers do not wait."""
    done = 0

    def _tell(_status: int, remaining: int, total: int) -> None:
        nonlocal done
        progress((total - remaining - done) * page_bytes)
        done = total - remaining

    try:
        with (
            closing(sqlite3.connect(database, timeout=_WAIT_SECONDS)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            (page_bytes,) = source.execute("PRAGMA page_size").fetchone()
            source.backup(target, pages=_PAGES, progress=_tell)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, str(error), str(copy)) from error
        raise NotTaken(words("账本抄不下来（{error}）。请看看盘是不是满了、坏了。"), error=error) from error


def take_postgresql(database_url: str, label: str, target: Path, keys: Keys, watch: Watch) -> Taken:
    """Seal a base backup of the whole cluster, with the part of its log that makes it consistent.

    A temporary slot keeps that part of the log on the server until it was read. What the books must hold is read
    before the backup begins. Raises ``NotTaken``.
    """
    line = line_to(database_url)
    engine = create_engine(database_url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            row = connection.execute(_SERVER).one()
            held = facts(Session(connection))
            connection.rollback()
            _hold_log(connection, label)
            server = Server(row.version, row.cluster, row.database, row.superuser, "", "", row.segment_bytes)
            with watch("抄账本", row.total_bytes, "B") as progress:
                sealed, points = _base_backup(line, server.major, label, target, keys, progress)
            connection.rollback()
            finished_at = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    finally:
        engine.dispose()
    start, timeline = points["start"]
    first = segment(start, int(timeline), row.segment_bytes)
    end = segment(points["end"][0], int(timeline), row.segment_bytes, ends=True)
    server = replace(server, first_segment=first, end_segment=end)
    return Taken(sealed, held, finished_at, server, _warnings(archives=row.archives, fails=row.archiving_fails))


def _warnings(*, archives: bool, fails: bool) -> tuple[str, ...]:
    if not archives:
        return (words("这台 PostgreSQL 没有开 WAL 归档，只能回到每次备份的那一刻。怎么开，见 deploy/backup.md。"),)
    if fails:
        return (words("WAL 归档正在出错，恢复时会少掉最近的账。请看 PostgreSQL 的日志里 archive_command 那几行。"),)
    return ()


def _hold_log(connection: Connection, label: str) -> None:
    name = "love_market_" + re.sub(r"[^a-z0-9]", "_", label.lower())
    try:
        connection.execute(text("SELECT pg_create_physical_replication_slot(:name, true, true)"), {"name": name})
    except DBAPIError as error:
        raise NotTaken(_NOT_GIVEN, said=error.orig) from error
    connection.commit()


def _base_backup(
    line: Line, major: int, label: str, target: Path, keys: Keys, progress: Progress
) -> tuple[Sealed, dict[str, tuple[str, str]]]:
    """Seal what pg_basebackup sends; return also where its log starts and ends, as it says on its way."""
    command = [
        program("pg_basebackup", major),
        *("--dbname", line.conninfo, "--no-password", "--pgdata=-", "--format=tar", "--wal-method=fetch"),
        *("--checkpoint=fast", "--manifest-checksums=SHA256", "--label", f"love-market {label}", "--verbose"),
    ]
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(  # noqa: S603 PostgreSQL's own program, our own words
            command, stdout=subprocess.PIPE, stderr=told, env=plain_environment(line.environment)
        )
        try:
            sealed = seal(_Ending(process, told), target, keys.recipients, progress)
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        told.seek(0)
        return sealed, {found[1]: (found[2], found[3]) for found in _POINT.finditer(told.read())}


class _Ending:
    """What a program writes; when it ends badly that is an error, not an end."""

    def __init__(self, process: subprocess.Popen[bytes], told: IO[str]) -> None:
        self._process, self._told = process, told

    def read(self, size: int) -> bytes:
        block = cast(IO[bytes], self._process.stdout).read(size)
        if not block and self._process.wait() != 0:
            self._told.seek(0)
            said = [line for line in self._told.read().splitlines() if "error" in line] or ["?"]
            raise NotTaken(_NOT_GIVEN, said=said[-1])
        return block


@contextmanager
def _scratch_in(instance: Path) -> Iterator[Path]:
    """Return a folder of this process's own in an installation; those left by processes that were killed go."""
    with alone(instance / ".backup.lock", words("这套账正在备份。请等它做完再来。")):
        for left in instance.glob(".backup-*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=instance))
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
