"""The quarter of the shared workbooks, played once for all tests of this room."""

from pathlib import Path

import pytest

from tests.plays.shell import Installation, installation, play_words, run


@pytest.fixture(scope="session")
def played(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, list[str]]:
    """A quarter played once by a process of its own, and what it said. Change only copies of it."""
    at = installation(tmp_path_factory.mktemp("played"), migrated)
    return at, run(at, *play_words(at.folder / "out"))
