"""A PostgreSQL of our own for tests, ordeals and benchmarks, started from the system's programs."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

PROGRAMS = Path("/usr/lib/postgresql")  # where Debian has them, outside the path
LINE = "apt-get install -y --no-install-recommends postgresql"
LACKS = f"PostgreSQL is needed. Set TEST_DATABASE_URL to a server where databases may be made, or type: {LINE}"
STARTS_WITHIN_SECONDS = 60
MEMORY, ROOM_BYTES = Path("/dev/shm"), 4 * 2**30  # noqa: S108 who uses it makes a folder of its own there
# Quick rather than safe: a test's databases need not outlive the machine. Vacuuming would only hold templates busy.
QUICK = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "48MB"}
# Waits for its parent to end in any way at all, then ends the cluster and clears up behind it.
GUARD = """
read -r _; kill -QUIT "$1" 2>/dev/null
while [ -e "$2/data/postmaster.pid" ] && kill -0 "$1" 2>/dev/null; do sleep 0.05; done
rm -rf "$2"
"""


class NoPostgreSQL(Exception):
    """This machine has no PostgreSQL to start; says what to type."""


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL's programs; raise ``NoPostgreSQL`` where there is none."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    elsewhere = shutil.which("initdb")
    if not found and elsewhere is None:
        raise NoPostgreSQL(LACKS)
    return (found[-1] if found else Path(str(elsewhere)).resolve()).parent


def as_postgres() -> dict[str, Any]:
    """Return how to start PostgreSQL's programs, which refuse to run as root: as user postgres then."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def use_memory() -> None:
    """Put this process's temporary files, and those of what it starts, into memory where there is plenty of it.

    A database is a thousand small files, and on a disk making and dropping them takes ten times as long. Nothing is
    changed where the environment says where temporary files go, or where programs in memory may not be run.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize >= ROOM_BYTES and not found.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None


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
        while any(runs(int(backend)) for backend in backends):
            time.sleep(0.005)


def runs(pid: int) -> bool:
    """Say whether a process still does anything; one that only waits to be counted does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def start_cluster(
    folder: Path, *, fsync: bool = False, settings: Mapping[str, str] | None = None, temporary: bool = False
) -> Cluster:
    """Start a PostgreSQL whose data are in ``folder``, made there if it is not; return when it answers.

    As root the folder becomes the user postgres's, who must be able to reach it (not below pytest's ``tmp_path``).
    How it is set up is decided when it is made and stays so.
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
