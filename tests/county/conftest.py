"""A small county whose notices have ended, furnished once a database and copied for each test."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from love_market.app import create_app
from love_market.config import Settings
from love_market.county.rules import ClosePlan
from love_market.db import db
from love_market.vouchers import sheet
from tests.county.scored import QUARTER, Size, furnish
from tests.databases import SECRET, Database, SQLite

BASE_URL = "https://market.example"


@pytest.fixture(scope="session")
def furnished(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three villages, the first two with one market, twelve households."""
    folder = tmp_path_factory.mktemp("county")
    settings = Settings(database.url(folder), SECRET, folder, BASE_URL)
    furnish(settings, Size(villages=3, households=12), at=datetime.now(UTC))
    return settings


@pytest.fixture
def county(database: Database, furnished: Settings, tmp_path: Path) -> Settings:
    """This test's own copy."""
    return Settings(database.url(tmp_path, like=furnished.database_url), SECRET, tmp_path, BASE_URL)


@pytest.fixture
def county_app(county: Settings) -> Iterator[Flask]:
    """An application on the county, its context pushed."""
    app = create_app(county)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def plan(tmp_path: Path) -> ClosePlan:
    """A close in which the program plays the chairs."""
    out = tmp_path / "out"
    out.mkdir()
    return ClosePlan(QUARTER, datetime.now(UTC), out, BASE_URL, SECRET, as_chairs=True)


@pytest.fixture
def blank_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers that nobody looks at are not typeset, which takes longer than all else."""

    def blank(template: str, _data: Mapping[str, object], _at: datetime) -> bytes:
        return template.encode()

    monkeypatch.setattr(sheet, "typeset", blank)


@pytest.fixture
def village_county(sqlite: SQLite, tmp_path: Path) -> Settings:
    """The same county on SQLite only, where what is tried is the processes."""
    settings = Settings(sqlite.url(tmp_path), SECRET, tmp_path, BASE_URL)
    furnish(settings, Size(villages=3, households=12), at=datetime.now(UTC))
    return settings
