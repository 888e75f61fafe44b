"""A village that has played three quarters on SQLite, counties on PostgreSQL, and the village moved into one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import PostgreSQL, SQLite
from tests.plays.shell import VILLAGE, Installation, installation
from tests.upkeep.villages import QUARTERS, Pair, copy_of, furnish, move_words, play, rows_of, secret_in


@pytest.fixture(scope="session")
def grown(sqlite: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A real village's installation after three quarters, with a county's overseer of its own. Change only copies."""
    at = installation(tmp_path_factory.mktemp("grown"), sqlite)
    assert at.type("open-market", "--village", VILLAGE).exit_code == 0
    words = ("init", "--name", "村里的县级", "--sign-in-name", "village-overseer", "--password", "not for the county")
    assert at.type(*words).exit_code == 0
    for quarter in QUARTERS:
        play(at, quarter)
    furnish(at)
    return at


@pytest.fixture(scope="session")
def settled(grown: Installation, postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """The village and the county that it moved into. Look at them; change only copies."""
    folder = tmp_path_factory.mktemp("settled")
    village, county = copy_of(grown, folder / "village"), installation(folder / "county", postgresql)
    secret_in(county.folder)
    before = rows_of(village)
    answer = village.type(*move_words(county, "--address", "https://market.example"))
    assert answer.exit_code == 0, answer.output
    return Pair(village, county, before, answer.output)


@pytest.fixture
def village(grown: Installation, tmp_path: Path) -> Installation:
    """A copy of the grown village, its photos too."""
    return copy_of(grown, tmp_path / "village")


@pytest.fixture
def make_county(postgresql: PostgreSQL, tmp_path: Path) -> Iterator[Callable[[], Installation]]:
    """Make counties' installations: an empty database at the newest migration, and a secret of their own."""
    count = iter(range(9))

    def make() -> Installation:
        at = installation(tmp_path / f"county-{next(count)}", postgresql)
        secret_in(at.folder)
        return at

    with postgresql.dropping():
        yield make


@pytest.fixture
def county(make_county: Callable[[], Installation]) -> Installation:
    """One county's installation."""
    return make_county()


@pytest.fixture
def both(settled: Pair, postgresql: PostgreSQL, tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """Copies of the village that moved, and of its county."""
    with postgresql.dropping():
        yield copy_of(settled.village, tmp_path / "village"), copy_of(settled.county, tmp_path / "county")
