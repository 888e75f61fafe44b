"""A county on PostgreSQL: a base backup and the archived log, brought back to its end, to a moment, or refused."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from love_market.config import Settings
from love_market.upkeep.drill import drill
from love_market.upkeep.keys import new_key, read_keys
from love_market.upkeep.recovering import NotRecovered
from love_market.upkeep.replaying import LogMissing
from love_market.upkeep.retention import prune
from love_market.upkeep.sealed import Damaged
from love_market.upkeep.snapshots import NotTaken
from love_market.upkeep.store import BOOKS, Store, find_backup
from love_market.upkeep.wal import OtherSegment, archive, archived
from love_market.upkeep.watching import unwatched
from tests.databases import SECRET, fresh_database
from tests.ordeal.audit import audit
from tests.ordeal.clerks import Crew
from tests.ordeal.servers import Mother, Server
from tests.plays.shell import CHECKOUT
from tests.server import at, free_port, runs, start_cluster
from tests.upkeep.backups.archiver import archive_all, archiving
from tests.upkeep.backups.county import County, as_backup_role, facts_of, known_redemptions
from tests.upkeep.backups.installations import Stand, photos_in, stand


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Two markets; a backup taken while clerks redeem; a moment between two redemptions; all of the log archived."""
    folder = tmp_path_factory.mktemp("county")
    new_key(folder / "key")
    with archiving(folder / "key.pub") as here, Mother() as mother:
        url = fresh_database(here.cluster.url, "county")
        (folder / "instance").mkdir()
        made = stand(Settings(url, SECRET, folder / "instance"), folder)
        made = Stand(as_backup_role(made.settings, here), made.scene, made.key, here.store)
        server = Server(mother, replace(made.settings, database_url=url), free_port(), "waitress", folder / "log")
        server.start()
        with Crew(made.scene, server.url, clerks=4, seed=2) as crew:
            while len(crew.acknowledged) < 10:
                assert crew.working, crew.errors
            taken = made.back_up()
            told = len(crew.acknowledged)
            while len(crew.acknowledged) < told + 10:
                assert crew.working, crew.errors
        assert (crew.errors, taken.warnings) == ([], ())
        between = known_redemptions(made, server)
        here.archive_all()
        yield County(here, made, server, crew.acknowledged, between)


@pytest.fixture
def room(county: County) -> Iterator[Path]:
    """A folder that PostgreSQL's user can reach."""
    folder = county.here.folder / uuid4().hex
    folder.mkdir()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_all_that_clerks_were_told_comes_back_and_the_county_goes_on_there(county: County, room: Path) -> None:
    restored = county.stand.restore(room / "instance", room / "cluster" / "data")
    live = facts_of(county.url)
    assert restored.held.proof.heads == live.heads
    assert photos_in(room / "instance") == photos_in(county.stand.instance)
    assert (room / "instance" / "secret_key").read_text() == SECRET
    with (room / "cluster" / "data" / "postgresql.conf").open("a") as file:
        file.write(f"port = '{free_port()}'\n")
    taken_over = start_cluster(room / "cluster", temporary=True)
    try:
        url = make_url(taken_over.url).set(database="county").render_as_string(hide_password=False)
        assert audit(url, county.acknowledged, others=True).faults == []
        with at(url) as server:
            server.execute("CREATE TABLE went_on (at int)")
            archive_all(server)
    finally:
        taken_over.stop()
    assert any("/history/00000002.history-" in str(path) for path in county.here.archived())
    again = county.stand.restore(room / "again", room / "again-data")
    assert again.held.proof.heads == live.heads
    assert list(room.glob("*.restoring-*")) == []


def test_a_moment_between_two_redemptions_gives_exactly_the_first(county: County, room: Path) -> None:
    moment, held = county.between
    restored = county.stand.restore(room / "instance", room / "data", until=moment)
    assert restored.held.proof.heads == held.heads
    assert restored.held.proof.entries == facts_of(county.url).entries - 1


def test_a_moment_after_the_archives_end_is_refused_with_how_far_it_reaches(county: County, room: Path) -> None:
    with pytest.raises(NotRecovered, match=r"归档里的日志只到 \d{4}-.*改 --until"):
        county.stand.restore(room / "instance", room / "data", until=datetime.now(UTC) + timedelta(days=1))
    assert list(room.iterdir()) == []


@pytest.fixture
def store_copy(county: County, room: Path) -> Stand:
    """The county with a copy of its store, to be damaged."""
    shutil.copytree(county.here.store, room / "store")
    return Stand(county.stand.settings, county.stand.scene, county.stand.key, room / "store")


def segments(store: Path) -> list[Path]:
    return sorted(path for path in store.glob("wal/*/*/*.age") if path.name.index("-") == 24)


def test_a_missing_piece_of_the_log_is_named(store_copy: Stand, room: Path) -> None:
    found = find_backup(store_copy.store)
    assert found.header.server is not None
    later = [path for path in segments(store_copy.store) if path.name[:24] > found.header.server.end_segment]
    assert len(later) >= 1, "the backup ends before the archive does"
    beyond = later[-1].with_name(f"{later[-1].name[:22]}FF{later[-1].name[24:]}")
    shutil.copy(later[-1], beyond)
    with pytest.raises(LogMissing, match=r"缺 [0-9A-F]{24} 这一段.*--until"):
        store_copy.restore(room / "instance", room / "data")
    assert sorted(path.name for path in room.iterdir()) == ["store"]


@pytest.mark.parametrize("which", ["segment", "books"])
def test_a_flipped_byte_in_books_or_log_is_refused(store_copy: Stand, room: Path, which: str) -> None:
    path = segments(store_copy.store)[-1] if which == "segment" else find_backup(store_copy.store).folder / BOOKS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged):
        store_copy.restore(room / "instance", room / "data")
    assert sorted(path.name for path in room.iterdir()) == ["store"]


def test_the_same_segment_again_is_no_error_and_another_is_refused(county: County, tmp_path: Path) -> None:
    keys, name = read_keys(county.stand.key), "0000000100000000000000AA"
    (tmp_path / "segment").write_bytes(b"one")
    assert archive(tmp_path / "segment", name, tmp_path / "wal", keys)
    assert not archive(tmp_path / "segment", name, tmp_path / "wal", keys)
    before = {path: path.read_bytes() for path in archived(tmp_path / "wal").values()}
    (tmp_path / "segment").write_bytes(b"other")
    with pytest.raises(OtherSegment, match="没有覆盖"):
        archive(tmp_path / "segment", name, tmp_path / "wal", keys)
    assert {path: path.read_bytes() for path in archived(tmp_path / "wal").values()} == before


def test_a_role_that_may_not_replicate_gets_a_sentence_and_nothing_is_left(county: County) -> None:
    with at(county.here.cluster.url) as server:
        server.execute("CREATE ROLE clerk LOGIN")
        server.execute("GRANT pg_read_all_data, pg_monitor TO clerk")
        server.execute("GRANT CONNECT ON DATABASE county TO clerk")
    url = make_url(county.url).set(username="clerk").render_as_string(hide_password=False)
    clerk = Stand(
        Settings(url, SECRET, county.stand.instance), county.stand.scene, county.stand.key, county.stand.store
    )
    with pytest.raises(NotTaken, match="REPLICATION"):
        clerk.back_up()
    assert list(county.stand.store.glob("backups/.*")) == []


def test_old_log_goes_with_the_last_backup_that_needs_it(store_copy: Stand) -> None:
    store, before = Store(store_copy.store), len(segments(store_copy.store))
    newer = store_copy.back_up().backup
    assert newer.header.server is not None
    gone = prune(store, newer.header.finished, keep=1, keep_days=None)
    left = segments(store_copy.store)
    assert (gone.backups, store.complete()) == (1, [newer])
    assert len(left) < before
    assert all(path.name[8:24] >= newer.header.server.first_segment[8:] for path in left)


def test_a_drill_says_how_much_would_be_lost_and_how_long_it_takes(county: County, room: Path) -> None:
    drilled = drill(county.stand.wanted, county.url, room, unwatched)
    assert (drilled.ok, drilled.error, drilled.database) == (True, None, "postgresql")
    assert (drilled.entries, drilled.entries_behind, drilled.rpo_seconds) == (facts_of(county.url).entries, 0, 0.0)
    assert drilled.rto_seconds is not None
    assert [path.name for path in room.iterdir()] == [".love-market-drill-lock"]


@pytest.mark.ordeal
def test_a_restore_that_is_killed_takes_its_server_with_it_and_the_next_one_clears_up(
    county: County, room: Path
) -> None:
    at_store = ("--from", county.stand.store, "--key", county.stand.key)
    words = ("restore", *at_store, "--instance", room / "instance", "--data", room / "data")
    with subprocess.Popen([sys.executable, "-m", "love_market", *map(str, words)], cwd=CHECKOUT) as process:
        # The file is there for a moment before anything stands in it.
        while (
            not (said := [file.read_text() for file in room.glob("data.restoring-*/new/postmaster.pid")]) or not said[0]
        ):
            assert process.poll() is None, "it ended before its server was there"
        server = int(said[0].split()[0])
        process.kill()
    while runs(server):
        time.sleep(0.02)
    assert not (room / "data").exists()
    assert county.stand.restore(room / "instance", room / "data").before == ()
    assert sorted(path.name for path in room.iterdir()) == ["data", "instance"]
