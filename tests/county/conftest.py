"""A small county whose notices have ended, furnished once a database and copied for each test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from love_market.app import create_app
from love_market.config import Settings
from love_market.county.rules import ClosePlan
from love_market.db import db
from tests.county.scored import QUARTER, Size, furnish
from tests.databases import SECRET, Database

BASE_URL = "https://love.example.cn"


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
def plan(county: Settings, tmp_path: Path) -> ClosePlan:
    """A close in which the program plays the chairs."""
    out = tmp_path / "out"
    out.mkdir()
    return ClosePlan(QUARTER, datetime.now(UTC), out, county.base_url, county.secret_key, as_chairs=True)
