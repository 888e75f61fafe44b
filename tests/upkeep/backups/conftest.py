"""A village on SQLite with its backup, copied for each test."""

from pathlib import Path

import pytest

from love_market.config import Settings
from tests.databases import SECRET, SQLite
from tests.upkeep.backups.installations import Stand, copied, stand


@pytest.fixture(scope="session")
def backed_up(sqlite: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Stand:
    """An installation with one backup. Look at it; change only copies."""
    folder = tmp_path_factory.mktemp("backed-up")
    made = stand(Settings(sqlite.url(folder / "instance"), SECRET, folder / "instance"), folder)
    (folder / "instance" / "secret_key").write_text(SECRET)
    made.back_up()
    return made


@pytest.fixture
def village_stand(backed_up: Stand, tmp_path: Path) -> Stand:
    """A copy of it for one test."""
    return copied(backed_up, tmp_path)
