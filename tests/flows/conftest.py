from pathlib import Path

import pytest

from tests.databases import Database
from tests.plays.shell import Installation


@pytest.fixture
def books(database: Database, database_url: str, tmp_path: Path) -> Installation:
    """This test's own installation, to read its books past the program."""
    return Installation(tmp_path, database, database_url)
