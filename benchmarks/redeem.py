"""Redemption against the limit: `python benchmarks/redeem.py [--short] [--only postgresql|sqlite]`.

The limit is the bare driver writing the same rows (see `limit.py`); ours is the real HTTP endpoint with sign-in,
permissions, signature and chain, under gunicorn with 2 workers of 8 threads on PostgreSQL and under waitress on
SQLite. Both take turns on databases of the same content in the same run, so that whatever else the machine does
falls on both. Exits 0 whatever the figures are.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import create_engine, text

from benchmarks.figures import percentile, spread, tell
from benchmarks.limit import NOBODY
from love_market.config import Settings
from tests.databases import SECRET, fresh_database
from tests.server import Cluster, free_port, start_cluster
from tests.ordeal.scene import Scene, furnish

GOALS = {"postgresql": 0.45, "sqlite": 0.30}
CLERKS = 16


@dataclass
class Measured:
    """What one kind of load came to, round by round: redemptions per second, and the seconds of each."""

    rates: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, took: list[float], seconds: float) -> None:
        """Add a round."""
        self.rates.append(len(took) / seconds)
        self.took += took


def main() -> None:
    """Measure on both databases, or on one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", choices=sorted(GOALS))
    asked = parser.parse_args()
    rounds, seconds, markets = (2, 3.0, 16) if asked.short else (5, 6.0, 64)
    for name in GOALS if asked.only is None else [asked.only]:
        with tempfile.TemporaryDirectory(prefix="redeem-") as folder, ExitStack() as stack:
            Path(folder).chmod(0o755)
            cluster = None
            if name == "postgresql":
                cluster = start_cluster(Path(folder) / "cluster", fsync=True, settings={"shared_buffers": "512MB"})
                stack.callback(cluster.stop)
            bench = Bench(name, Path(folder), cluster, markets)
            bench.measure(rounds, seconds)


class Bench:
    """The two databases of a measurement, and the server in front of one of them."""

    def __init__(self, name: str, folder: Path, cluster: Cluster | None, markets: int) -> None:
        self.name, self.folder = name, folder
        self.ours = self._furnished("ours", cluster, markets)
        self.limit = self._furnished("limit", cluster, markets)
        _open_accounts(self.limit.database_url)

    def measure(self, rounds: int, seconds: float) -> None:
        """Measure the limit and ours in turns, and print the ratios."""
        cases = {
            (clerks, where): (Measured(), Measured())
            for clerks, where in ((CLERKS, "all"), (1, "all"), (CLERKS, "hot"))
        }
        with _serving(self.name, self.ours) as (url, pids):
            for number in range(rounds):
                for case, ((clerks, where), (limit, ours)) in enumerate(cases.items()):
                    limit.add(self._limit(clerks, seconds, where), seconds)
                    took, spent, errors = self._load(
                        url, clerks, seconds, where, number * len(cases) + case, rounds * len(cases)
                    )
                    ours.add(took, spent)
                    ours.errors += errors
            megabytes = sum(_megabytes(pid) for pid in pids)
        many, one, hot = cases.values()
        tell(f"redeem.{self.name}.throughput", _ratio(many), ">=", GOALS[self.name], "", f"  ({_both(many)})")
        medians = [statistics.median(side.took) * 1000 for side in one]
        tell(
            f"redeem.{self.name}.one_clerk",
            medians[1] / medians[0],
            "<=",
            4,
            "",
            f"  ({medians[1]:.2f} ms, limit {medians[0]:.2f} ms)",
        )
        middle, slow = statistics.median(many[1].took), percentile(many[1].took, 99)
        tell(
            f"redeem.{self.name}.p99",
            slow / middle,
            "<=",
            3,
            "",
            f"  (median {middle * 1000:.1f} ms, p99 {slow * 1000:.1f} ms)",
        )
        errors = [error for case in cases.values() for error in case[1].errors]
        tell(f"redeem.{self.name}.errors", len(errors), "<=", 0, "", f"  {errors[:1] or ''}")
        print(f"redeem.{self.name}.hot_market {_ratio(hot):.3g} of the limit in one market  ({_both(hot)})", flush=True)
        if self.name == "postgresql":
            tell("redeem.postgresql.memory", megabytes, "<=", 220, " MiB")

    def _furnished(self, side: str, cluster: Cluster | None, markets: int) -> Settings:
        instance = self.folder / side
        instance.mkdir()
        url = f"sqlite:///{instance / 'love_market.sqlite3'}"
        if cluster is not None:
            url = fresh_database(cluster.url, f"redeem_{side}")
        settings = Settings(url, SECRET, instance)
        if cluster is None:
            subprocess.run(
                [sys.executable, "-m", "love_market", "migrate"],
                check=True,
                cwd=ROOT,
                env=_environment(settings),
                stdout=subprocess.DEVNULL,
            )
        scene = furnish(settings, markets=markets, households=300, face_points=30_000)
        (instance / "scene.json").write_text(scene.to_json())
        return settings

    def _limit(self, clerks: int, seconds: float, where: str) -> list[float]:
        # As many processes as the server has workers: on SQLite one, whose threads take turns.
        share = 2 if self.name == "postgresql" and clerks > 1 else 1
        words = [
            "benchmarks.limit",
            self.limit.database_url,
            self.limit.instance / "scene.json",
            clerks // share,
            seconds,
            where,
        ]
        return [took for answer in _run_all([words] * share) for took in json.loads(answer)]

    def _load(
        self, url: str, clerks: int, seconds: float, where: str, part: int, parts: int
    ) -> tuple[list[float], float, list[str]]:
        words = ["benchmarks.load", url, self.ours.instance / "scene.json", clerks, seconds, where, part, parts]
        said = json.loads(_run_all([words])[0])
        return (
            said["took"],
            said["seconds"],
            said["errors"] + [f"{why}: {count}" for why, count in said["retries"].items()],
        )


@contextmanager
def _serving(name: str, settings: Settings) -> Iterator[tuple[str, list[int]]]:
    """Serve as a county or a village does; give the address and the workers' process ids."""
    port = free_port()
    if name == "postgresql":
        words = [
            "gunicorn",
            "--config",
            str(ROOT / "deploy" / "gunicorn.conf.py"),
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "--threads",
            "8",
            "love_market.app:create_app()",
        ]
    else:
        words = ["love_market", "run"]
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=_environment(settings, port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _answers(f"http://127.0.0.1:{port}/", process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield f"http://127.0.0.1:{port}", [int(pid) for pid in children] or [process.pid]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise ChildProcessError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def _run_all(calls: list[list[object]]) -> list[str]:
    running = [
        subprocess.Popen([sys.executable, "-m", *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for words in calls
    ]
    answers = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise ChildProcessError("a load did not end well")
    return answers


def _environment(settings: Settings, port: int = 8000) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "LOVE_MARKET_INSTANCE": str(settings.instance),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


def _open_accounts(url: str) -> None:
    """Open the accounts that a market's first redemptions would, and let all go below zero: the limit asks nothing."""
    engine = create_engine(url)
    with engine.begin() as connection:
        nobody = {"nobody": NOBODY.bytes if engine.dialect.name == "sqlite" else NOBODY}
        for statement in (
            "INSERT INTO account SELECT id, 'redeemed', :nobody, :nobody, NULL, 0 FROM market",
            "INSERT INTO account SELECT market_id, 'given', :nobody, id, NULL, 0 FROM good",
            "UPDATE account SET floor = NULL",
        ):
            connection.execute(text(statement), nobody if ":nobody" in statement else {})
    engine.dispose()


def _ratio(case: tuple[Measured, Measured]) -> float:
    limit, ours = case
    return statistics.median(mine / theirs for mine, theirs in zip(ours.rates, limit.rates, strict=True))


def _both(case: tuple[Measured, Measured]) -> str:
    limit, ours = case
    return f"ours {spread(ours.rates)} /s; limit {spread(limit.rates)} /s"


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
