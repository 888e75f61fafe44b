"""What every test stands on: a migrated database, an application, a village with its staff."""

import gc
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db, transaction
from tests import builders
from tests.builders import Village
from tests.databases import SECRET, Cluster, Database, NoPostgreSQL, PostgreSQL, SQLite, start_cluster
from tests.flows.live import browser, browser_page, live_server
from tests.ordeal.campaign import ordeal_seed, pytest_addoption, rounds
from tests.quick import compile_once
from tests.server import use_memory

# Fixtures and options that pytest finds here.
__all__ = ["browser", "browser_page", "live_server", "ordeal_seed", "pytest_addoption", "rounds"]

# On a busy machine making examples may be slow, which says nothing about what is tested.
settings.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

compile_once()

SERVER = "TEST_DATABASE_URL"
CLUSTER = pytest.StashKey[Cluster]()


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


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's PostgreSQL once, before its workers, unless the environment names one or nothing is run.

    Temporary files go into memory, and its folder, too.
    """
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    use_memory()
    if SERVER in os.environ:
        return
    try:
        cluster = start_cluster(Path(tempfile.mkdtemp(prefix="love-market-")), temporary=True)
    except NoPostgreSQL as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[CLUSTER] = cluster
    os.environ[SERVER] = cluster.url


def pytest_collection_finish() -> None:
    """What is there before the first test stays until the last: it is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started; when the run is killed outright, the cluster's guard does it."""
    cluster = config.stash.get(CLUSTER, None)
    if cluster is not None:
        del os.environ[SERVER]
        cluster.stop()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The run's PostgreSQL, with a template of this worker's own at the newest migration."""
    made = PostgreSQL(os.environ[SERVER])
    yield made
    made.close()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    """The same for SQLite: a file."""
    return SQLite(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each of the databases that the program runs on; whatever stands on it is tested on both."""
    found: Database = request.getfixturevalue(request.param)
    return found


# For a test of what only PostgreSQL has; for one of nothing that a database could make different, and that takes long.
on_postgresql_alone = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
on_sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _dropped(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test made is gone after it; what was made for a module or the run stays until that ends."""
    if "database" not in request.fixturenames:
        yield
        return
    with request.getfixturevalue("database").dropping():
        yield


@pytest.fixture
def database_url(database: Database, tmp_path: Path) -> str:
    """This test's own database, at the newest migration, saying nothing yet."""
    return database.url(tmp_path)


@pytest.fixture
def migrated_engine(database_url: str) -> Iterator[Engine]:
    """A plain engine on this test's own database, without any application around it."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def make_app(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Flask]]:
    """Make applications on this test's own database."""
    made: list[Flask] = []

    def make() -> Flask:
        made.append(create_app(Settings(database_url, SECRET, tmp_path), clock))
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
