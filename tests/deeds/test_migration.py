"""A database whose deeds were recorded before villagers claimed any comes along whole."""

from flask import Flask
from flask_migrate import Migrate, downgrade
from sqlalchemy import inspect, text

from love_market.db import db, reading, transaction
from love_market.deeds import queries
from love_market.deeds.evidence import StoredPhoto
from love_market.upkeep import migrating
from love_market.web.assets import migrations_dir
from tests.builders import Village
from tests.conftest import Clock
from tests.deeds.conftest import Rules, record

BEFORE = "0010"


def test_deeds_and_photos_come_along(app: Flask, village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        deed = record(session, village, rules, clock, photos=[StoredPhoto("a" * 64, 1600, 1200)])
    Migrate(app, db, directory=str(migrations_dir()), render_as_batch=True)
    downgrade(revision=BEFORE)
    with db.engine.connect() as connection:
        assert "claimant_id" not in {each["name"] for each in inspect(connection).get_columns("deed")}
        assert len(connection.execute(text("SELECT * FROM deed_photo")).all()) == 1
    migrating.migrate()
    with reading() as session:
        assert queries.deed(session, village.chair, deed.id) == deed
