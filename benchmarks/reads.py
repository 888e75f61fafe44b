"""Reads that do not grow: `python benchmarks/reads.py [--short] [--server URL]`.

Two databases hold the same county, one with ten times the history of the other: 212 markets, one of them busy for
decades, 1 million legs and 10 million (`--short`: 21 markets, 100,000 and 1 million). Every surface is asked through
the real application, at both in turn, so that whatever else the machine does falls on both. Prints the growth of each
as `reads.desk.growth 1.1 <= 2`, drops what was filled, and exits 0 whatever the figures are.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.figures import tell
from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db
from tests.builders import sign_in
from tests.databases import SECRET, at, drop, fresh_database
from tests.plans.filling import County, fill
from tests.plans.rows import Shape
from tests.plans.surfaces import SURFACES, Surface, way
from tests.server import start_cluster

AT = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)
MEASURED = (
    *("front", "board", "desk", "my", "statement", "books", "books.void", "vouchers", "vouchers.surname"),
    *("counter", "counter.shelf", "counter.lookup", "counter.today", "deeds", "quarters", "overview"),
)
QUARTERS = (10, 100)
BUSY, OTHER = Shape(400, 0, 5), Shape(112, 0, 1)
GOAL, ROUNDS, LEAST_ROUNDS = 2.0, 40, 12
SECONDS_A_SURFACE = 12.0


class Size:
    """A county of one size behind a running application."""

    def __init__(self, server: str, name: str, quarters: int, markets: int, folder: Path) -> None:
        self.url, self.name, self.quarters = fresh_database(server, name), name, quarters
        self.app: Flask = create_app(Settings(self.url, SECRET, folder), lambda: AT)
        self.app.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
        begun = time.monotonic()
        shapes = [Shape(shape.households, quarters, shape.times) for shape in (BUSY, *[OTHER] * (markets - 1))]
        with self.app.app_context():
            self.county: County = fill(db.engine, shapes, AT)
        said = f"reads.filled {self.county.legs:,} legs, the busy market {self.county.markets[0].legs:,}"
        print(f"{said}, in {time.monotonic() - begun:.0f} s", flush=True)

    def asking(self, surface: Surface) -> tuple[FlaskClient, str, dict[str, str] | None]:
        """Return a client signed in for a surface, and the way to it at the busy market."""
        market, client = self.county.markets[0], self.app.test_client()
        guards = {"staff": market.staff, "household": market.household, "overseer": self.county.overseer}
        with self.app.app_context():
            if surface.by in guards:
                sign_in(client, guards[surface.by])
            path, body = way(surface, market)
        return client, path, body

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()


def main() -> None:
    """Fill, measure, tell, drop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="a tenth of it")
    parser.add_argument("--server", default=os.environ.get("TEST_DATABASE_URL", ""), help="where databases may be made")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="love-market-reads-")))
        server = asked.server
        if not server:
            cluster = start_cluster(Path(tempfile.mkdtemp(prefix="reads-pg-")), temporary=True)
            stack.callback(cluster.stop)
            server = cluster.url
        sizes = []
        for quarters in QUARTERS:
            name = f"reads_{os.getpid()}_{quarters}"
            stack.callback(_drop, server, name)
            sizes.append(Size(server, name, quarters, 21 if asked.short else 212, folder))
            stack.callback(sizes[-1].close)
        for surface in SURFACES:
            if surface.name in MEASURED:
                _tell(surface, *_measured(surface, sizes))


def _measured(surface: Surface, sizes: list[Size]) -> list[list[float]]:
    """Return the seconds that a surface took at each size, asked in turn."""
    asking = [size.asking(surface) for size in sizes]
    for one in asking:
        for _ in range(3):  # what a process keeps, and what the database has at hand
            _ask(*one)
    took: list[list[float]] = [[] for _ in sizes]
    ends = time.monotonic() + SECONDS_A_SURFACE
    for turn in range(ROUNDS):
        if turn >= LEAST_ROUNDS and time.monotonic() > ends:
            break
        for seconds, one in zip(took, asking, strict=True):
            begun = time.perf_counter()
            _ask(*one)
            seconds.append(time.perf_counter() - begun)
    return took


def _ask(client: FlaskClient, path: str, body: dict[str, str] | None) -> None:
    answer: Any = client.get(path) if body is None else client.post(path, json=body)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status}")


def _tell(surface: Surface, few: list[float], many: list[float]) -> None:
    small, large = (statistics.median(one) * 1000 for one in (few, many))
    ranges = " ".join(f"({min(one) * 1000:.0f} to {max(one) * 1000:.0f})" for one in (few, many))
    print(f"reads.{surface.name}.ms {small:.1f} then {large:.1f} {ranges}")
    tell(f"reads.{surface.name}.growth", large / small, "<=", GOAL)


def _drop(server: str, name: str) -> None:
    with at(server) as connection:
        drop(connection, name)


if __name__ == "__main__":
    main()
