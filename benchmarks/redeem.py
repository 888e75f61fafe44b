"""Redemption against the limit: `python benchmarks/redeem.py [--short] [--only postgresql|sqlite]`.

The limit is the bare driver writing the same rows (see `limit.py`); ours is the real HTTP endpoint with sign-in,
permissions, signature and chain, under gunicorn with 2 workers of 8 threads on PostgreSQL and under waitress on
SQLite. Both take turns on databases of the same content in the same run, so that whatever else the machine does
falls on both; a third database has a hundred times the history. Exits 0 whatever the figures are.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import create_engine, text

from benchmarks.figures import percentile, spread, tell
from benchmarks.history import remember
from benchmarks.limit import NOBODY
from benchmarks.serving import run_all, served
from love_market.config import Settings
from tests.databases import SECRET, fresh_database, migrate
from tests.ordeal.scene import furnish
from tests.server import Cluster, start_cluster

GOALS = {"postgresql": 0.45, "sqlite": 0.30}
CLERKS, PAST, LONG_PAST = 16, 50, 5000
"""Redemptions of the past in each market; a hundred times as many."""

_OPENING = (
    "INSERT INTO account SELECT id, 'redeemed', :nobody, :nobody, 0, 0 FROM market WHERE true ON CONFLICT DO NOTHING",
    "INSERT INTO account SELECT market_id, 'given', :nobody, id, 0, 0 FROM good WHERE true ON CONFLICT DO NOTHING",
    "UPDATE account SET floor = NULL",
)


@dataclass
class Measured:
    """What one load came to, round by round: redemptions per second, and the seconds of each."""

    rates: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Bench:
    """Three databases of one kind: ours, ours with a long past, and the limit's."""

    def __init__(self, kind: str, folder: Path, cluster: Cluster | None, *, short: bool) -> None:
        self.kind, self._folder, self._cluster = kind, folder, cluster
        self._rounds, self._seconds, self._markets = (2, 3.0, 16) if short else (5, 6.0, 64)
        self.ours, self.old, self.limit = (
            self._furnished(side, past) for side, past in (("ours", PAST), ("old", LONG_PAST), ("limit", PAST))
        )
        _open_accounts(self.limit.database_url)
        self._loads = 0

    def measure(self) -> None:
        """Measure in turns, and print the figures."""
        loads = ("many", "one", "hot")
        limit, ours, old = {load: Measured() for load in loads}, {load: Measured() for load in loads}, Measured()
        nothing: list[float] = []
        with (
            served(self.ours, county=self._cluster is not None) as server,
            served(self.old, county=self._cluster is not None) as old_server,
        ):
            for _ in range(self._rounds):
                for load in loads:
                    self._at_the_limit(load, limit[load])
                    self._redeem(server.url, self.ours, load, ours[load])
                self._redeem(old_server.url, self.old, "many", old)
                nothing.append(float(run_all([["benchmarks.nothing", server.url, CLERKS, self._seconds / 2]])[0]))
            megabytes = server.megabytes
        self._tell(limit, ours)
        self._tell_most(limit["many"], nothing)
        aged = statistics.median(then / now for then, now in zip(old.rates, ours["many"].rates, strict=True))
        tell(f"redeem.{self.kind}.history", aged, ">=", 0.8, "", f"  ({PAST} and {LONG_PAST} redemptions a market)")
        errors = [error for one in (*ours.values(), old) for error in one.errors]
        tell(f"redeem.{self.kind}.errors", len(errors), "<=", 0, "", f"  {errors[0]}" if errors else "")
        if self._cluster is not None:
            tell("redeem.postgresql.memory", megabytes, "<=", 220, " MiB")

    def _tell(self, limit: dict[str, Measured], ours: dict[str, Measured]) -> None:
        name = f"redeem.{self.kind}"
        ratios = {load: _ratio(ours[load], bare) for load, bare in limit.items()}
        tell(f"{name}.throughput", ratios["many"], ">=", GOALS[self.kind], "", _both(ours["many"], limit["many"]))
        mine, bare = (statistics.median(side["one"].took) * 1000 for side in (ours, limit))
        tell(f"{name}.one_clerk", mine / bare, "<=", 4, "", f"  (median {mine:.2f} ms; limit {bare:.2f} ms)")
        middle, slow = (percentile(ours["many"].took, percent) * 1000 for percent in (50, 99))
        tell(f"{name}.p99", slow / middle, "<=", 3, "", f"  (median {middle:.1f} ms, p99 {slow:.1f} ms)")
        print(f"{name}.hot_market {ratios['hot']:.3g} {_both(ours['hot'], limit['hot']).strip()}", flush=True)

    def _tell_most(self, limit: Measured, nothing: Sequence[float]) -> None:
        """Tell what the throughput would be if nothing were done but to answer and to write the limit's rows."""
        most = statistics.median(asked / (asked + rate) for asked, rate in zip(nothing, limit.rates, strict=True))
        told = f"(answers that do nothing: {spread(nothing)}; with the limit's rows, of the limit)"
        print(f"redeem.{self.kind}.at_most {most:.3g} {told}", flush=True)

    def _furnished(self, side: str, past: int) -> Settings:
        instance = self._folder / side
        instance.mkdir()
        url = f"sqlite:///{instance / 'love_market.sqlite3'}"
        if self._cluster is not None:
            url = fresh_database(self._cluster.url, f"redeem_{side}")
        else:
            migrate(url, instance)
        settings = Settings(url, SECRET, instance)
        scene = furnish(settings, markets=self._markets, households=300, face_points=30_000)
        (instance / "scene.json").write_text(scene.to_json())
        remember(url, scene, past)
        return settings

    def _at_the_limit(self, load: str, measured: Measured) -> None:
        clerks = 1 if load == "one" else CLERKS
        # As many processes as the server has workers: on SQLite one, whose threads take turns.
        share = 2 if self._cluster is not None and clerks > 1 else 1
        file = self.limit.instance / "scene.json"
        words = ["benchmarks.limit", self.limit.database_url, file, clerks // share, self._seconds, load]
        took = [one for answer in run_all([words] * share) for one in json.loads(answer)]
        measured.rates.append(len(took) / self._seconds)
        measured.took += took

    def _redeem(self, url: str, side: Settings, load: str, measured: Measured) -> None:
        clerks, part, parts = 1 if load == "one" else CLERKS, self._loads, 4 * self._rounds
        self._loads += 1
        file = side.instance / "scene.json"
        said = json.loads(run_all([["benchmarks.load", url, file, clerks, self._seconds, load, part, parts]])[0])
        measured.rates.append(len(said["took"]) / said["seconds"])
        measured.took += said["took"]
        measured.errors += said["errors"] + [f"{why}: {count}" for why, count in said["retries"].items()]


def main() -> None:
    """Measure on both databases, or on one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", choices=sorted(GOALS))
    asked = parser.parse_args()
    for kind in GOALS if asked.only is None else [asked.only]:
        with tempfile.TemporaryDirectory(prefix="redeem-") as folder, ExitStack() as stack:
            Path(folder).chmod(0o755)
            cluster = None
            if kind == "postgresql":
                cluster = start_cluster(Path(folder) / "cluster", fsync=True, settings={"shared_buffers": "512MB"})
                stack.callback(cluster.stop)
            Bench(kind, Path(folder), cluster, short=asked.short).measure()


def _open_accounts(url: str) -> None:
    """Open the accounts that a market's first redemptions would, and let all go below zero: the limit asks nothing."""
    engine = create_engine(url)
    with engine.begin() as connection:
        nobody = {"nobody": NOBODY.bytes if engine.dialect.name == "sqlite" else NOBODY}
        for statement in _OPENING:
            connection.execute(text(statement), nobody if ":nobody" in statement else {})
    engine.dispose()


def _ratio(ours: Measured, limit: Measured) -> float:
    return statistics.median(mine / theirs for mine, theirs in zip(ours.rates, limit.rates, strict=True))


def _both(ours: Measured, limit: Measured) -> str:
    return f"  (a second: ours {spread(ours.rates)}; limit {spread(limit.rates)})"


if __name__ == "__main__":
    main()
