"""The quarter of the shared workbooks, played once for all tests of this room."""

import pytest

from tests.databases import Database
from tests.plays.shell import Installation, installation, play_words, run


@pytest.fixture(scope="session")
def played(database: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, list[str]]:
    """A quarter played once by a process of its own, and what it said. Change only copies of it."""
    at = installation(tmp_path_factory.mktemp("played"), database)
    return at, run(at, *play_words(at.folder / "out"))
