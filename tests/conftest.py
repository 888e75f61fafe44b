"""What every test stands on: a migrated database, an application, a village with its staff."""

import shutil
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db, transaction
from tests import builders
from tests.builders import Village
from tests.flows.live import browser, browser_page, live_server

__all__ = ["browser", "browser_page", "live_server"]  # fixtures that pytest finds here

# On a busy machine making examples may be slow, which says nothing about what is tested.
settings.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

SECRET = "made for the tests, and long enough for them"


class Client(FlaskClient):
    """A test client whose requests each have their own ``g``, though the test's own context is pushed all along.

    What it is answered must have headers that a real server can send, which writes them in latin-1.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 as Werkzeug has it
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        for name, value in answer.headers:
            f"{name}: {value}".encode("latin-1")
        return answer


class Clock:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def installation_in(folder: Path) -> Settings:
    """Return the settings of a test's own installation."""
    return Settings(f"sqlite:///{(folder / 'love_market.sqlite3').as_posix()}", SECRET, folder)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest migration, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("migrated")
    app = create_app(installation_in(folder))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return folder / "love_market.sqlite3"


@pytest.fixture
def migrated_engine(migrated: Path) -> Iterator[Engine]:
    """An engine on the migrated database, to look at its tables."""
    engine = create_engine(f"sqlite:///{migrated.as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def make_app(migrated: Path, tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Flask]]:
    """Make applications on this test's own database."""
    shutil.copy(migrated, tmp_path / "love_market.sqlite3")
    made: list[Flask] = []

    def make() -> Flask:
        made.append(create_app(installation_in(tmp_path), clock))
        made[-1].test_client_class = Client
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(make_app: Callable[[], Flask]) -> Iterator[Flask]:
    """An application on this test's own database, its context pushed, CSRF off (on in the browser's tests)."""
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["TESTING"] = True
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session that writes; what it wrote is gone after the test, so commit through ``transaction()`` for pages."""
    with transaction() as session:
        yield session


@pytest.fixture
def village(app: Flask, clock: Clock) -> Village:
    """Shoukoubu with a market, its book, staff of every role, twelve fictitious households and the catalogue."""
    with transaction() as session:
        return builders.village(session, at=clock())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure: what must pass is never left out silently."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} was skipped, and nothing may be: {report.longrepr}"
    return report
