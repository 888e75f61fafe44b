"""The PostgreSQL that tests start: gone with its run however that ends, whole again after a power cut."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import server
from tests.server import NoPostgreSQL, at, binaries, start_cluster

GONE_WITHIN_SECONDS = 30
A_RUN = """
import sys
from pathlib import Path
from tests.server import start_cluster
print(start_cluster(Path(sys.argv[1]), temporary=True).pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user postgres can reach, which pytest's own is not when root runs it."""
    with tempfile.TemporaryDirectory(prefix="love-market-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def test_it_is_gone_with_the_run_that_was_killed(folder: Path) -> None:
    words = [sys.executable, "-c", A_RUN, str(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        assert (folder / "data" / "postmaster.pid").exists()
        run.kill()
    until = time.monotonic() + GONE_WITHIN_SECONDS
    while folder.exists() or server.runs(pid):
        assert time.monotonic() < until, "it is still there"
        time.sleep(0.05)


def test_what_was_committed_is_there_again_after_every_process_died_at_once(folder: Path) -> None:
    cluster = start_cluster(folder, fsync=True)
    try:
        with at(cluster.url) as connection:
            connection.execute("CREATE TABLE kept (number int)")
            connection.execute("INSERT INTO kept VALUES (7)")
            assert connection.execute("SHOW fsync").fetchall() == [("on",)]
            cluster.kill()
        cluster, url = start_cluster(folder), cluster.url
        assert cluster.url == url, "who knew the way finds it again"
        with at(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
    finally:
        cluster.stop()


def test_without_programs_the_line_to_type_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(server, "PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoPostgreSQL, match="apt-get install -y --no-install-recommends postgresql"):
        binaries()
