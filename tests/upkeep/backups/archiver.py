"""A PostgreSQL that archives its log, for tests.

PostgreSQL runs as a user who may not be able to run this Python; so its ``archive_command`` hands each segment to a
thread of ours, which runs the real ``love-market-archive-wal`` and hands its exit status back.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.plays.shell import CHECKOUT
from tests.server import Cluster, as_postgres, at, start_cluster

# Waits for the answer by blocking on a pipe; an archiver that is gone gives it no answer and PostgreSQL tries again.
RELAY = """#!/bin/sh
mkfifo "$0.$$" && chmod 666 "$0.$$" && echo "$0.$$ $PWD $1 $2" > "$0.asked"
read -r status < "$0.$$"
rm -f "$0.$$"
exit "$status"
"""
PROGRAM = "from love_market.upkeep.wal import main; main()"


@dataclass
class Archiving:
    """A cluster whose log goes to a store, and the folder that both lie in."""

    folder: Path
    cluster: Cluster
    store: Path
    key: Path

    def archive_all(self) -> None:
        """Have everything written so far archived; return when it is."""
        with at(self.cluster.url) as server:
            archive_all(server)

    def archived(self) -> list[Path]:
        """Return the archived files."""
        return sorted(self.store.glob("wal/*/*/*.age"))


def archive_all(server: psycopg.Connection) -> None:
    """Switch to a new segment and wait until the one before is archived."""
    row = server.execute("SELECT pg_walfile_name(pg_switch_wal() - 1)").fetchone()
    assert row is not None
    until = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"
    waited = "SELECT pg_stat_clear_snapshot(), pg_sleep(0.05)"
    while server.execute(until, row).fetchone() != (True,):
        server.execute(waited)


@contextmanager
def archiving(key: Path, **settings: str) -> Iterator[Archiving]:
    """Run a temporary cluster whose log is archived by the real program into a store."""
    folder = Path(tempfile.mkdtemp(prefix="love-market-archive-"))
    folder.chmod(0o755)
    store = folder / "store"
    relay = folder / "relay"
    relay.write_text(RELAY)
    relay.chmod(0o755)
    os.mkfifo(folder / "relay.asked")
    (folder / "relay.asked").chmod(0o666)
    if as_postgres():
        shutil.chown(folder, "postgres", "postgres")
    clerk = threading.Thread(target=_archive, args=(folder / "relay.asked", store, key))
    clerk.start()
    wanted = {"wal_level": "replica", "archive_mode": "on", "archive_command": f"{relay} %p %f", **settings}
    cluster = start_cluster(folder / "cluster", settings=wanted, temporary=True)
    try:
        yield Archiving(folder, cluster, store, key)
    finally:
        cluster.stop()  # which archives what is left
        (folder / "relay.asked").write_text("stop\n")
        clerk.join()
        shutil.rmtree(folder, ignore_errors=True)


def _archive(asked: Path, store: Path, key: Path) -> None:
    while True:
        for line in asked.read_text().splitlines():
            if line == "stop":
                return
            answer, data, path, name = line.split()
            command = [sys.executable, "-c", PROGRAM, "--to", str(store), "--key", str(key), path, name]
            ended = subprocess.run(command, cwd=data, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, check=False)
            Path(answer).write_text(f"{ended.returncode}\n")
