"""A PostgreSQL brought up from a base backup and its log, reachable by nobody but us, until its books were verified.

It listens on a socket in a folder of its own and on no port, archives nothing, waits for no standby, and reads no
configuration but what is said here. It ends with the process that started it, however that ends.
"""

import os
import re
import shlex
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from pyrage import x25519
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from love_market.errors import Refused, words
from love_market.upkeep.cluster import plain_environment, program, servers_user
from love_market.upkeep.files import give_to
from love_market.upkeep.sealed import unseal
from love_market.upkeep.store import Server
from love_market.upkeep.watching import Progress, Watch

_LEFT_FROM_THE_SOURCE = ("standby.signal", "recovery.signal", "postmaster.pid", "postmaster.opts")
_LOOK_EVERY_SECONDS = 0.05
_ARCHIVES_BY_LIBRARY = 15
_LONGEST_BESIDE = 80  # a socket's path has at most 107 characters
_REACHED = re.compile(r"last completed transaction was at log time (\S+ \S+)")
_RESTORED = re.compile(r"restored log file")


class NotRecovered(Refused):
    """PostgreSQL did not come up from the backup."""


def unpack(sealed: Path, data: Path, identities: Sequence[x25519.Identity], progress: Progress) -> str:
    """Unpack a sealed base backup into an empty data directory; return its content's SHA-256. Raises ``Damaged``."""
    reading, writing = os.pipe()
    wrong: list[BaseException] = []

    def _extract() -> None:
        try:
            with open(reading, "rb") as stream, tarfile.open(fileobj=stream, mode="r|") as archive:  # noqa: PTH123 a pipe
                archive.extractall(data, filter="tar")
                while stream.read(1 << 20):
                    """The tar's end is padded."""
        except BaseException as error:  # noqa: BLE001 raised again in the thread that waits
            wrong.append(error)

    extracting = threading.Thread(target=_extract)
    extracting.start()
    try:
        with open(writing, "wb") as pipe:  # noqa: PTH123 a pipe
            return unseal(sealed, pipe, identities, progress)
    except BrokenPipeError:
        extracting.join()
        raise wrong[0] if wrong else NotRecovered(words("备份拆不开。")) from None
    finally:
        extracting.join()
        for name in _LEFT_FROM_THE_SOURCE:
            (data / name).unlink(missing_ok=True)


@contextmanager
def recovered(data: Path, log: Path, server: Server, until: datetime | None, watch: Watch) -> Iterator[str]:
    """Recover a data directory with the laid-out log, up to a time or to its end; yield the database's URL.

    When the block ends the server is stopped in order, and the directory is one that any PostgreSQL of its version
    starts as a primary. Raises ``NotRecovered``.
    """
    (data / "recovery.signal").touch(mode=0o600)
    beside = data.parent if len(str(data.parent)) < _LONGEST_BESIDE else None  # where a killed restore is cleared up
    with tempfile.TemporaryDirectory(prefix="lm-", dir=beside) as folder:
        room = Path(folder)
        (room / "hba").write_text("local all all trust\n")
        (room / "ident").touch()
        (room / "conf").touch()
        user = servers_user()
        if user is not None:
            for place in (data, log, room):
                give_to(place, *user)
        with (room / "said").open("w+") as said:
            process = _start(data, log, room, server, until, said, user)
            try:
                _wait(process, room, server, watch)
                yield _url(room, server)
                process.send_signal(2)
                if process.wait() != 0:
                    raise _not_recovered(room)
            finally:
                process.kill() if process.poll() is None else None
                process.wait()


def _start(
    data: Path,
    log: Path,
    room: Path,
    server: Server,
    until: datetime | None,
    said: IO[str],
    user: tuple[int, int] | None,
) -> subprocess.Popen[bytes]:
    command = ["/usr/bin/setpriv", "--pdeathsig", "QUIT", program("postgres", server.major), "-D", str(data)]
    for name, value in _settings(log, room, server, until).items():
        command += ["-c", f"{name}={value}"]
    user_words: dict[str, Any] = {} if user is None else {"user": user[0], "group": user[1], "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 PostgreSQL's own program, our own words
        command,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
        cwd="/",
        env=plain_environment({}),
        **user_words,
    )


def _settings(log: Path, room: Path, server: Server, until: datetime | None) -> dict[str, str]:
    """Return the settings of a server that replays a log by itself, speaks to nobody and archives nothing."""
    settings = {
        "config_file": str(room / "conf"),
        "hba_file": str(room / "hba"),
        "ident_file": str(room / "ident"),
        "external_pid_file": "",
        "listen_addresses": "",
        "unix_socket_directories": str(room),
        "port": "5432",
        "restore_command": f"cp {shlex.quote(str(log)).replace('%', '%%')}/%f %p",
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
        "hot_standby": "off",
        "primary_conninfo": "",
        # Nothing is archived, but the new timeline's history is marked for it: whoever takes over archives it first.
        "archive_mode": "on",
        "archive_command": "",
        "autovacuum": "off",
        "synchronous_standby_names": "",
        "shared_preload_libraries": "",
        "ssl": "off",
        "logging_collector": "off",
        "log_destination": "stderr",
        "log_min_messages": "log",
        "lc_messages": "C",
        "timezone": "Asia/Shanghai",
    }
    if server.major >= _ARCHIVES_BY_LIBRARY:
        settings["archive_library"] = ""
    if until is not None:
        settings["recovery_target_time"] = until.isoformat(sep=" ")
    return settings


def as_owner(database_url: str) -> str:
    """Return a recovered database's URL for the role that owns its tables, so that new ones are that role's too.

    Another database's URL comes back as it is.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        return database_url
    engine = create_engine(url)
    with engine.connect() as connection:
        owner = connection.execute(text("SELECT tableowner FROM pg_tables WHERE tablename = 'alembic_version'"))
        url = url.set(username=str(owner.scalar_one()))
    engine.dispose()
    return url.render_as_string(hide_password=False)


def _url(room: Path, server: Server) -> str:
    return URL.create(
        "postgresql+psycopg", server.superuser, database=server.database, query={"host": str(room), "port": "5432"}
    ).render_as_string(hide_password=False)


def _wait(process: subprocess.Popen[bytes], room: Path, server: Server, watch: Watch) -> None:
    """Wait until the recovery is through and the server writes; raise ``NotRecovered`` where it ends before."""
    import psycopg  # noqa: PLC0415 a village on SQLite has no driver for PostgreSQL

    shown = 0
    with watch("重放日志", None, "段") as progress:
        while True:
            if process.poll() is not None:
                raise _not_recovered(room)
            replayed = len(_RESTORED.findall((room / "said").read_text()))
            progress(replayed - shown)
            shown = replayed
            try:
                with psycopg.connect(host=str(room), port=5432, user=server.superuser, dbname=server.database) as line:
                    row = line.execute("SELECT pg_is_in_recovery()").fetchone()
                    if row is not None and not row[0]:
                        return
            except psycopg.OperationalError:
                """Not yet."""
            time.sleep(_LOOK_EVERY_SECONDS)


def _not_recovered(room: Path) -> NotRecovered:
    said = (room / "said").read_text()
    if "recovery ended before configured recovery target was reached" in said:
        reached = _REACHED.findall(said)
        sentence = words("归档里的日志只到 {reached}，回不到更晚的时刻。请改 --until，或者不写，就恢复到最后一笔。")
        return NotRecovered(sentence, reached=reached[-1] if reached else "—")
    fatal = [line for line in said.splitlines() if re.search("FATAL|PANIC", line)] or said.splitlines()[-1:] or ["?"]
    return NotRecovered(words("PostgreSQL 没能从备份里起来：{said}"), said=fatal[-1])
