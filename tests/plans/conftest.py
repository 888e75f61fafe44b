from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db
from tests.conftest import Client
from tests.databases import SECRET, Database
from tests.plans.filling import County, Filled, fill
from tests.plans.rows import Shape

AT = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)
YOUNG, OLD = 0, 1


@dataclass(frozen=True)
class Histories:
    """A running application over a market that is young and one that is ten times as old, and otherwise the same."""

    app: Flask
    engine: Engine
    county: County
    looked_at: set[str] = field(default_factory=set)

    @property
    def young(self) -> Filled:
        return self.county.markets[YOUNG]

    @property
    def old(self) -> Filled:
        return self.county.markets[OLD]

    def client(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture(scope="package")
def histories(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Histories]:
    folder, patch = tmp_path_factory.mktemp("histories"), pytest.MonkeyPatch()
    patch.setattr("love_market.deeds.queries.listing.MOST_COUNTED", 50)  # as much as a young market has
    app = create_app(Settings(database.url(folder), SECRET, folder), lambda: AT)
    app.test_client_class = Client
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
    with app.app_context():
        shapes = [Shape(40, 24, 4), Shape(40, 240, 4), *[Shape(20, 8, 1)] * 4]
        county = fill(db.engine, shapes, AT)
        yield Histories(app, db.engine, county)
        db.engine.dispose()
    patch.undo()
