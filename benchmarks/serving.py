"""The program served for a benchmark, as a county serves it or as a village does."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from love_market.config import Settings
from tests.server import free_port

ROOT = Path(__file__).resolve().parent.parent
_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Served:
    """Where the program answers, and the processes that do."""

    url: str
    pids: tuple[int, ...]

    @property
    def megabytes(self) -> float:
        """The memory that is resident in those processes, what they share counted in each."""
        return sum(
            int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024 for pid in self.pids
        )


@contextmanager
def served(settings: Settings, *, county: bool) -> Iterator[Served]:
    """Serve with gunicorn, 2 workers of 8 threads, or with waitress; its end is waited for."""
    port = free_port()
    words = ["love_market", "run"]
    if county:
        words = ["gunicorn", "--config", "deploy/gunicorn.conf.py", "love_market.app:create_app()"]
    environment = environment_of(settings, port) | {"LISTEN": f"127.0.0.1:{port}", "WORKERS": "2", "THREADS": "8"}
    with subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _until_it_answers(f"http://127.0.0.1:{port}/healthz", process)
            workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            yield Served(f"http://127.0.0.1:{port}", tuple(map(int, workers)) or (process.pid,))
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def environment_of(settings: Settings, port: int = 8000) -> dict[str, str]:
    """Return what tells the program where it is."""
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "LOVE_MARKET_INSTANCE": str(settings.instance),
        "PORT": str(port),
    }


def run_all(calls: Sequence[Sequence[object]]) -> list[str]:
    """Run some modules at once, each with its words; return what they print."""
    running = [
        subprocess.Popen([sys.executable, "-m", *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for words in calls
    ]
    answers = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise ChildProcessError(f"{calls[0][0]} did not end well")
    return answers


def _until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < ends:
        try:
            urllib.request.urlopen(url, timeout=5).read()  # noqa: S310 loopback
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise ChildProcessError(f"the server does not answer: {process.poll()}")
