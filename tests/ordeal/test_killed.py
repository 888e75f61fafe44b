"""The application and the database killed in the middle of redemptions: nothing acknowledged is lost or doubled."""

import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from love_market.config import Settings
from tests.databases import SECRET, Database, SQLite, free_port, fresh_database, start_cluster
from tests.ordeal.audit import audit
from tests.ordeal.auditor import Auditor
from tests.ordeal.blows import App, DatabaseServer, Embedded, Victim, strike_again_and_again
from tests.ordeal.campaign import Rounds
from tests.ordeal.clerks import Crew
from tests.ordeal.scene import Scene, furnish
from tests.ordeal.servers import Mother, Server

pytestmark = pytest.mark.ordeal

MARKETS, CLERKS, HAND = 3, 8, 3
FACE_POINTS = 60  # a voucher pays four or five times, so that many are emptied on the way
# A crash should meet a checkpoint now and then.
CHECKPOINTS = {"checkpoint_timeout": "30s", "max_wal_size": "32MB"}
# Ends the folder's postmaster, and the folder, when this process is gone in any way at all.
GUARD = """
read -r _
pid="$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)" && grep -qF "$1" "/proc/$pid/cmdline" && kill -QUIT "$pid"
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
rm -rf "$1"
"""


@pytest.fixture
def durable() -> Iterator[DatabaseServer]:
    """A PostgreSQL of the test's own, as careful as in earnest: fsync is on."""
    folder = Path(tempfile.mkdtemp(prefix="love-market-ordeal-"))
    guard = ["sh", "-c", GUARD, "guard", str(folder)]
    with subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True):  # which waits for it at the end
        running = DatabaseServer(start_cluster(folder, fsync=True, settings=CHECKPOINTS))
        yield running
        running.cluster.stop()


def test_the_application_is_killed_and_nothing_acknowledged_is_lost_or_doubled(
    database: Database, database_url: str, mother: Mother, rounds: Rounds, ordeal_seed: int, tmp_path: Path
) -> None:
    """On each database behind the server that it is run with: waitress in a village, gunicorn in a county."""
    count = rounds(3, 200)
    server = "waitress" if database.dialect == "sqlite" else "gunicorn"
    running, scene = _opened(database_url, server, mother, count, tmp_path)
    _ordeal(App(running), running, scene, database_url, count, ordeal_seed)


def test_sqlite_dies_in_the_midst_of_transactions_and_nothing_acknowledged_is_lost_or_doubled(
    sqlite: SQLite, mother: Mother, rounds: Rounds, ordeal_seed: int, tmp_path: Path
) -> None:
    count, database_url = rounds(5, 50), sqlite.url(tmp_path)
    running, scene = _opened(database_url, "waitress", mother, count, tmp_path)
    _ordeal(Embedded(running), running, scene, database_url, count, ordeal_seed)


def test_postgresql_is_killed_and_nothing_acknowledged_is_lost_or_doubled(
    durable: DatabaseServer, mother: Mother, rounds: Rounds, ordeal_seed: int, tmp_path: Path
) -> None:
    count, database_url = rounds(2, 50), fresh_database(durable.cluster.url, "ordeal")
    running, scene = _opened(database_url, "gunicorn", mother, count, tmp_path)
    _ordeal(durable, running, scene, database_url, count, ordeal_seed)


def _opened(database_url: str, server: str, mother: Mother, rounds: int, folder: Path) -> tuple[Server, Scene]:
    settings = Settings(database_url, SECRET, folder)
    scene = furnish(settings, markets=MARKETS, households=30 + 12 * rounds, face_points=FACE_POINTS)
    running = Server(mother, settings, free_port(), server, folder / "server.log")
    running.start()
    return running, scene


def _ordeal(victim: Victim, server: Server, scene: Scene, database_url: str, rounds: int, seed: int) -> None:
    crew = Crew(scene, server.url, CLERKS, seed, hand=HAND, by_token=server.server == "gunicorn")
    auditor = Auditor(database_url)
    try:
        with crew:
            toll = strike_again_and_again(
                victim, crew, auditor, rounds=rounds, rng=random.Random(seed), says=click.echo
            )
            victim.heal()
    except BaseException:
        click.echo(server.said())
        raise
    finally:
        server.kill()
    found, met = audit(database_url, crew.acknowledged), toll.met(crew.acknowledged)
    again = sum(one.tries > 1 for one in crew.acknowledged)
    click.echo(
        f"{toll.rounds} rounds in {toll.seconds:.0f} s, the longest gap {crew.longest_gap_seconds:.2f} s:"
        f" {len(crew.acknowledged)} acknowledged; {met} of them were on their way at a blow, {again} were acknowledged"
        f" only when asked again, {crew.asked_again} asked again afterwards; {toll.booked_unanswered} seen booked"
        f" before they were answered; lost {len(found.lost)}, doubled {len(found.doubled)},"
        f" unasked {len(found.unasked)}, half done {len(found.half_done)};"
        f" {found.markets} books of {found.entries} entries"
    )
    assert not crew.errors
    assert found.clean, found.faults
    assert met, "no blow met a redemption on its way"
