"""A close killed again and again ends as one that nobody disturbed: the same heads, vouchers and papers."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from love_market.app import create_app
from love_market.config import Settings
from love_market.county import folder
from love_market.county import village as villages
from love_market.county.rules import ClosePlan, Ending
from love_market.db import db, reading
from tests.county import books
from tests.county.conftest import BASE_URL
from tests.county.scored import QUARTER, Size, furnish
from tests.databases import SECRET, Database
from tests.ordeal.campaign import Rounds

pytestmark = pytest.mark.ordeal

JOBS = 2
LONGEST_AFTER = 0.3
"""A blow falls up to so many seconds after the village that it waited for: anywhere in the next one's steps."""
_PATIENCE_SECONDS = 600


def test_a_close_killed_at_random_ends_as_an_undisturbed_one(
    database: Database, rounds: Rounds, ordeal_seed: int, tmp_path: Path
) -> None:
    kills, size = rounds(1, 10), Size(villages=rounds(5, 212), households=rounds(20, 2120), seed=ordeal_seed)
    at, chance = datetime.now(UTC), random.Random(ordeal_seed)
    calm = _settings(database, tmp_path / "calm")
    furnish(calm, size, at=at)
    struck = _settings(database, tmp_path / "struck", like=calm)
    for settings in (calm, struck):
        folder.begin(settings.instance / "out", QUARTER, at)
    _close_in_peace(calm, at)
    told = _close_under_blows(struck, kills, size.villages, chance)
    click.echo(f"{size.villages} villages, {size.households} households, killed {kills} times: {told}")
    assert _left_behind(struck) == _left_behind(calm)
    assert books.papers(struck.instance / "out") == books.papers(calm.instance / "out")
    assert len(books.papers(calm.instance / "out")) == 2 * size.villages


def _settings(database: Database, place: Path, *, like: Settings | None = None) -> Settings:
    return Settings(database.url(place, like=like.database_url if like else None), SECRET, place, BASE_URL)


def _close_in_peace(settings: Settings, at: datetime) -> None:
    """Close one village after the other in this process, with nothing around it."""
    plan = ClosePlan(QUARTER, at, settings.instance / "out", settings.base_url, settings.secret_key, as_chairs=True)
    with create_app(settings).app_context():
        with reading() as session:
            county = books.villages(session)
        assert {villages.close(plan, one).ending for one in county} == {Ending.CLOSED}
        db.engine.dispose()


def _close_under_blows(settings: Settings, kills: int, count: int, chance: random.Random) -> str:
    """Run the command until it ends by itself; strike it so many times on the way."""
    told = []
    for blow in range(1, kills + 1):
        running = _start(settings)
        while _done(settings) < count * blow // (kills + 1) and running.poll() is None:
            _wait_a_little(running, 0.01)
        _wait_a_little(running, chance.uniform(0, LONGEST_AFTER))
        how, said = _strike(running, chance)
        assert how != "too late" or _done(settings) == count, said
        assert how != "Ctrl-C" or running.returncode or _done(settings) == count, said
        told.append(f"{how} after {_done(settings)}")
    last = _start(settings)
    said, _ = last.communicate(timeout=_PATIENCE_SECONDS)
    assert last.returncode == 0, said
    assert f"办好 {count} 个村" in said
    return ", ".join(told)


def _strike(running: "subprocess.Popen[str]", chance: random.Random) -> tuple[str, str]:
    """Kill the whole program as a power cut would, or its head, or one worker; return which, and what it said.

    All of it is gone then.
    """
    workers, how = _workers(running), chance.choice(["all", "head", "worker", "Ctrl-C"])
    if running.poll() is not None:
        how = "too late"
    elif how == "all":
        os.killpg(running.pid, signal.SIGKILL)
    elif how == "head":
        os.kill(running.pid, signal.SIGKILL)
    elif how == "worker" and workers:
        os.kill(chance.choice(workers), signal.SIGKILL)
        _wait_a_little(running, chance.uniform(0, LONGEST_AFTER))
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    else:
        os.killpg(running.pid, signal.SIGINT)
    said, _ = running.communicate(timeout=_PATIENCE_SECONDS)
    until = time.monotonic() + _PATIENCE_SECONDS
    while any(Path(f"/proc/{one}/stat").exists() and "Z" not in _state(one) for one in workers):
        assert time.monotonic() < until, "a worker outlives its program"
        _wait_a_little(running, 0.01)
    return how, said


def _start(settings: Settings) -> "subprocess.Popen[str]":
    words = ["close-quarter", "--quarter", str(QUARTER), "--as-chairs", "--jobs", str(JOBS)]
    words += ["--database", settings.database_url, "--out", str(settings.instance / "out")]
    environment = os.environ | {
        "SECRET_KEY": SECRET,
        "BASE_URL": BASE_URL,
        "LOVE_MARKET_INSTANCE": str(settings.instance),
    }
    return subprocess.Popen(
        # A run in the background may have been told to ignore Ctrl-C; what it starts would inherit that.
        ["env", "--default-signal=INT", sys.executable, "-m", "love_market", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _wait_a_little(running: "subprocess.Popen[str]", seconds: float) -> None:
    """Wait for the program to end, but not for long."""
    with suppress(subprocess.TimeoutExpired):
        running.wait(timeout=seconds)


def _done(settings: Settings) -> int:
    return len(list((settings.instance / "out").glob("*/papers.json")))


def _workers(running: "subprocess.Popen[str]") -> list[int]:
    """Return the processes that the program has started to work for it."""
    try:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text()
    except OSError:
        return []
    return [int(one) for one in children.split() if b"spawn_main" in _command(int(one))]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _left_behind(settings: Settings) -> object:
    """Return the books of all markets, which verify."""
    with create_app(settings).app_context():
        with reading() as session:
            found = books.all_books(session)
        db.engine.dispose()
    return found
