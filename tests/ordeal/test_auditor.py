"""The test of the test: a server that breaks a promise on purpose must be caught by the auditor."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from love_market.config import Settings
from tests.databases import FILE, SECRET, SQLite, free_port
from tests.ordeal.audit import audit
from tests.ordeal.auditor import Auditor
from tests.ordeal.clerks import Crew
from tests.ordeal.scene import Scene, furnish
from tests.ordeal.servers import Mother, Server

PATIENCE_SECONDS = 60


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Scene:
    return furnish(Settings(database_url, SECRET, tmp_path), markets=1, households=4, goods_each=2)


@pytest.fixture
def server(database_url: str, mother: Mother, tmp_path: Path) -> Iterator[Server]:
    server = Server(mother, Settings(database_url, SECRET, tmp_path), free_port(), "waitress", tmp_path / "log")
    yield server
    server.kill()


def test_what_was_acknowledged_before_it_was_committed_is_found_lost(
    database_url: str, scene: Scene, server: Server
) -> None:
    server.start({"what": "acknowledge_early", "seconds": PATIENCE_SECONDS})
    crew = Crew(scene, server.url, clerks=1).start()
    _until_acknowledged(crew, 1)
    server.kill()
    server.start()
    _until_acknowledged(crew, 2, or_error=True)  # what is gone and asked again is booked again, which hides nothing
    crew.stop()
    found = audit(database_url, crew.acknowledged)
    assert found.lost == (crew.acknowledged[0].key,)
    assert f"lost: {crew.acknowledged[0].key}" in Auditor(database_url).look(crew.acknowledged, in_flight=1)


def test_what_was_booked_again_when_asked_again_is_found_to_be_one_too_many(
    database_url: str, scene: Scene, server: Server
) -> None:
    server.start({"what": "die", "stage": "committed", "transaction": 1})
    crew = Crew(scene, server.url, clerks=1).start()
    assert server.ended_by_itself(PATIENCE_SECONDS)
    server.start({"what": "forget_keys"})
    _until_acknowledged(crew, 1)
    crew.stop()
    assert crew.acknowledged[0].tries > 1
    found = audit(database_url, crew.acknowledged)
    assert found.unasked
    assert not found.lost
    assert not found.half_done
    assert [fault.partition(":")[0] for fault in Auditor(database_url).look(crew.acknowledged, 0)] == ["unasked"]


def test_what_was_committed_in_two_halves_is_found_half_done(sqlite: SQLite, mother: Mother, tmp_path: Path) -> None:
    settings = Settings(sqlite.url(tmp_path), SECRET, tmp_path)
    scene = furnish(settings, markets=1, households=4, goods_each=2)
    server = Server(mother, settings, free_port(), "waitress", tmp_path / "log")
    server.start({"what": "commit_halves", "table": "leg"}, {"what": "die", "stage": "commit", "transaction": 1})
    crew = Crew(scene, server.url, clerks=1).start()
    assert server.ended_by_itself(PATIENCE_SECONDS)
    crew.patience = 0
    crew.stop()
    found = audit(settings.database_url, crew.acknowledged)
    assert found.half_done
    faults = Auditor(settings.database_url).look(crew.acknowledged, in_flight=1)
    assert any(fault.startswith("half_done: ") for fault in faults)


def test_books_that_went_back_to_what_they_were_are_found_so(sqlite: SQLite, mother: Mother, tmp_path: Path) -> None:
    settings = Settings(sqlite.url(tmp_path), SECRET, tmp_path)
    scene = furnish(settings, markets=1, households=4, goods_each=2)
    shutil.copy(tmp_path / FILE, tmp_path / "before")
    server, auditor = (
        Server(mother, settings, free_port(), "waitress", tmp_path / "log"),
        Auditor(settings.database_url),
    )
    server.start()
    with Crew(scene, server.url, clerks=1) as crew:
        _until_acknowledged(crew, 2)
    server.kill()
    assert auditor.look(crew.acknowledged, in_flight=0) == []
    assert audit(settings.database_url, crew.acknowledged).clean
    (tmp_path / "before").replace(tmp_path / FILE)
    assert "was there and is gone" in auditor.look(crew.acknowledged, in_flight=0)[0]
    assert set(audit(settings.database_url, crew.acknowledged).lost) == {one.key for one in crew.acknowledged}


def _until_acknowledged(crew: Crew, count: int, *, or_error: bool = False) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while len(crew.acknowledged) < count and not (or_error and crew.errors):
        assert time.monotonic() < give_up, (crew.errors, crew.retries)
        time.sleep(0.002)
