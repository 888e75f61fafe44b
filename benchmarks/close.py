"""A county's quarter close against its limits: `python benchmarks/close.py [--short]`.

Entries: for some villages at a time, ours (the chair confirms, the program issues: two durable transactions, all rules,
hashes and balances) and then the very same rows by the bare driver into a copy of the same database (COPY in binary,
one durable transaction a village). A row is an entry, a leg, an account, a voucher or its batch inserted, or a row of
the notice confirmed. Papers: ours (read, sign, draw, typeset, put on the disk) and then the signing, code and
typesetting libraries alone on the same content. Both with one process a core, interleaved, the median of the rounds.
Then the whole county, as `love-market close-quarter` does it, for its time and its memory.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bare
import psycopg
from sqlalchemy.engine import make_url

from love_market.app import create_app
from love_market.cli.closing import by_index, enter
from love_market.config import Settings
from love_market.county import queries, village, workers
from love_market.county.rules import ClosePlan, Ending
from love_market.db import reading
from love_market.paper.fonts import system_fonts
from love_market.places.queries import VillageRecord
from love_market.vouchers import papers
from love_market.vouchers import queries as vouchers
from tests.county.scored import QUARTER, Size, furnish
from tests.databases import SECRET, at, copy, drop, fresh_database, start_cluster

_FEW = 20


@dataclass(frozen=True)
class Round:
    """One round: what it came to, and the seconds of all processes together for each part, ours and the limit's."""

    rows: int
    vouchers: int
    ours_entries: float
    bare_entries: float
    ours_papers: float
    library_papers: float
    papers_by_processor: float
    """The libraries' processor time by ours, codes drawn our way in both."""


def main() -> None:
    """Measure, and print a line for each figure."""
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="love-market-close-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103, PTH101 the cluster's user must reach into it
        cluster = None if asked.database else start_cluster(Path(folder) / "cluster", fsync=True, temporary=True)
        server = asked.database or (cluster.url if cluster else "")
        try:
            measure(asked, server, Path(folder))
        finally:
            if cluster:
                cluster.stop()


def measure(asked: argparse.Namespace, server: str, folder: Path) -> None:
    """Furnish a county, measure the rounds on some of its villages, then close all of it."""
    scored = _settings(fresh_database(server, "close_scored"), folder)
    begun, now = time.perf_counter(), datetime.now(UTC)
    furnish(scored, Size(asked.villages, asked.households, shared=False), at=now)
    print(
        f"close: {asked.villages} villages, {asked.households} households, {asked.jobs} processes,"
        f" furnished in {time.perf_counter() - begun:.0f} s"
    )
    names = ("close_ours", "close_bare", "close_all")
    ours, limit, whole = (_copied(server, scored, name, folder) for name in names)
    rounds = _rounds(asked, ours, limit, folder)
    _print_rounds(rounds)
    _print_whole(asked, whole, folder)
    with at(server) as connection:
        for name in (*names, "close_scored"):
            drop(connection, name)


def _rounds(asked: argparse.Namespace, ours: Settings, limit: Settings, folder: Path) -> list[Round]:
    plan = _plan(ours, folder / "rounds")
    villages = [one for market in _markets(ours) for one in market][: asked.rounds * asked.villages_a_round]
    with ProcessPoolExecutor(asked.jobs, get_context("spawn"), _begin, (ours, _driver_url(limit))) as pool:
        # A village each that is not counted: fonts, plans and caches are as they are in the middle of a county.
        list(pool.map(partial(_whole_village, plan), villages[-2 * asked.jobs :]))
        left = villages[: -2 * asked.jobs]
        return [_round(pool, plan, left[index :: asked.rounds]) for index in range(asked.rounds)]


def _round(pool: ProcessPoolExecutor, plan: ClosePlan, villages: Sequence[VillageRecord]) -> Round:
    ours_entries = sum(pool.map(partial(our_entries, plan), villages))
    bare_entries = list(pool.map(partial(bare_entries_of, plan), villages))
    ours_papers = list(pool.map(partial(our_papers, plan), villages))
    library = list(pool.map(partial(library_papers, plan), villages))
    return Round(
        rows=sum(count for count, _ in bare_entries),
        vouchers=sum(count for count, _, _ in ours_papers),
        ours_entries=ours_entries,
        bare_entries=sum(seconds for _, seconds in bare_entries),
        ours_papers=sum(seconds for _, seconds, _ in ours_papers),
        library_papers=sum(one.signing + one.library_codes + one.typesetting for one in library),
        papers_by_processor=sum(one.processor for one in library) / sum(spent for _, _, spent in ours_papers),
    )


_BARE: list[psycopg.Connection] = []
_OURS: list[str] = []


def _begin(ours: Settings, limit_url: str) -> None:
    system_fonts()
    workers.begin_worker(partial(enter, ours))
    _BARE.append(psycopg.connect(limit_url, autocommit=True))
    _OURS.append(_driver_url(ours))


def _whole_village(plan: ClosePlan, one: VillageRecord) -> None:
    for part in (our_entries, bare_entries_of, our_papers, library_papers):
        part(plan, one)


def our_entries(plan: ClosePlan, one: VillageRecord) -> float:
    """Confirm and issue a village; return the seconds."""
    begun = time.perf_counter()
    village.confirmed(plan, one)
    village.issue(plan, one)
    return time.perf_counter() - begun


def bare_entries_of(_plan: ClosePlan, one: VillageRecord) -> tuple[int, float]:
    """Write the same rows again with the bare driver; return how many, and the seconds of writing."""
    told = bare.read_rows(_OURS[0], one.market_id, one.code, str(QUARTER))
    return told.count, bare.write_rows(_BARE[0], told)


def our_papers(plan: ClosePlan, one: VillageRecord) -> tuple[int, float, float]:
    """Lay out a village's papers; return how many vouchers, the seconds, and those of the processor."""
    begun, spent = time.perf_counter(), time.process_time()
    outcome = village.lay_out(plan, one, village.confirmed(plan, one))
    return outcome.vouchers, time.perf_counter() - begun, time.process_time() - spent


def library_papers(plan: ClosePlan, one: VillageRecord) -> bare.PaperSeconds:
    """Do a village's papers with the libraries alone."""
    guard = village.program(one)
    with reading() as session:
        (issued,) = queries.issued(session, guard, plan.quarter)
        batch = vouchers.batch(session, guard, issued.id)
        content = papers.of_batch(session, guard, batch, plan.base_url, plan.secret)
    return bare.lay_out(content, plan.at)


def _print_rounds(rounds: Sequence[Round]) -> None:
    rows, signed = sum(one.rows for one in rounds), sum(one.vouchers for one in rounds)
    print(f"close: rounds of {rows} rows and {signed} vouchers in all")
    _line("close.entries", [one.bare_entries / one.ours_entries for one in rounds], ">= 0.4", "of bare bulk inserts")
    _line("close.papers", [one.library_papers / one.ours_papers for one in rounds], ">= 0.8", "of the libraries alone")
    spent = statistics.median(one.papers_by_processor for one in rounds)
    print(f"close: papers are {spent:.2f} of the libraries by processor time, codes drawn our way")
    written = statistics.median(one.rows / one.ours_entries for one in rounds)
    limit = statistics.median(one.rows / one.bare_entries for one in rounds)
    laid_out = statistics.median(one.vouchers / one.ours_papers for one in rounds)
    print(f"close: a process writes {written:.0f} rows/s (bare {limit:.0f}) and lays out {laid_out:.0f} vouchers/s")


def _line(name: str, ratios: Sequence[float], goal: str, what: str) -> None:
    print(
        f"{name} {statistics.median(ratios):.2f} {goal}   ({min(ratios):.2f} to {max(ratios):.2f} {what})", flush=True
    )


def _print_whole(asked: argparse.Namespace, settings: Settings, folder: Path) -> None:
    plan, peaks, done = _plan(settings, folder / "whole"), dict[int, int](), 0
    few, made, failed, begun = 0, 0, 0, time.perf_counter()
    for closed in workers.close_all(plan, _markets(settings), partial(enter, settings), jobs=asked.jobs):
        peaks[closed.worker] = closed.peak_bytes
        done += len(closed.outcomes)
        made += sum(one.vouchers for one in closed.outcomes)
        failed += sum(one.ending is not Ending.CLOSED for one in closed.outcomes)
        if done <= _FEW:
            few = max(peaks.values())
    seconds = time.perf_counter() - begun
    most = max(peaks.values())
    print(
        f"close: {done} villages, {made} vouchers confirmed, awarded, issued, signed and laid out in {seconds:.0f} s,"
        f" {made / seconds:.0f} vouchers/s, {failed} failed"
    )
    print(
        f"close.memory {most / few:.2f} <= 1.15   ({few >> 20} MiB after {min(done, _FEW)} villages, {most >> 20} MiB)"
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--villages", type=int, default=212)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--villages-a-round", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--database", default="", help="a PostgreSQL server where databases may be made")
    parser.add_argument("--short", action="store_true", help="30 villages, 9,000 households, 3 rounds")
    asked = parser.parse_args()
    if asked.short:
        asked.villages, asked.households, asked.rounds = 30, 9_000, 3
    return asked


def _settings(url: str, folder: Path) -> Settings:
    return Settings(url, SECRET, folder, "https://market.example")


def _copied(server: str, scored: Settings, name: str, folder: Path) -> Settings:
    with at(server) as connection:
        drop(connection, name)
        copy(connection, name, str(make_url(scored.database_url).database))
    return _settings(make_url(server).set(database=name).render_as_string(hide_password=False), folder)


def _driver_url(settings: Settings) -> str:
    """Return the address for the bare driver, with the same settings as ours."""
    url = make_url(by_index(settings.database_url)).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _markets(settings: Settings) -> list[list[VillageRecord]]:
    with create_app(settings).app_context(), reading() as session:
        return queries.by_market(session)


def _plan(settings: Settings, out: Path) -> ClosePlan:
    out.mkdir()
    return ClosePlan(QUARTER, datetime.now(UTC), out, settings.base_url, settings.secret_key, as_chairs=True)


if __name__ == "__main__":
    main()
