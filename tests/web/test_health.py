from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db
from love_market.web import health
from tests.databases import SECRET, PostgreSQL, free_port

NOBODY = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing?connect_timeout=1"


@pytest.fixture
def away(tmp_path: Path) -> FlaskClient:
    """A client of a program whose database is not there."""
    return create_app(Settings(NOBODY, SECRET, tmp_path)).test_client()


def test_a_process_is_alive_though_its_database_is_away(away: FlaskClient) -> None:
    answer = away.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_it_is_ready_on_a_database_of_this_version(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_not_ready_while_its_database_is_away(away: FlaskClient) -> None:
    answer = away.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "数据库连不上。\n")
    assert answer.headers["Retry-After"] == "3"


@pytest.mark.parametrize(("version", "sentence"), [("0001", "数据库还是旧版的表"), ("9999", "数据库的表比这个程序新")])
def test_it_is_not_ready_on_tables_of_another_version(
    app: Flask, client: FlaskClient, version: str, sentence: str
) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert sentence in answer.text


def test_it_is_not_ready_on_a_database_without_tables(tmp_path: Path) -> None:
    app = create_app(Settings(f"sqlite:///{(tmp_path / 'empty.sqlite3').as_posix()}", SECRET, tmp_path))
    assert app.test_client().get("/readyz").status_code == 503
    with app.app_context():
        db.engine.dispose()


def test_it_is_not_ready_where_only_reading_is_allowed(postgresql: PostgreSQL, tmp_path: Path) -> None:
    with postgresql.dropping():
        url = f"{postgresql.url(tmp_path)}?options=-c%20default_transaction_read_only%3Don"
        app = create_app(Settings(url, SECRET, tmp_path))
        answer = app.test_client().get("/readyz")
        with app.app_context():
            db.engine.dispose()
    assert (answer.status_code, answer.text) == (503, "连着的数据库现在只能读。\n")


def test_the_database_is_asked_once_a_second_however_often_it_is_asked_itself(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Engine] = []

    def asking(engine: Engine) -> str:
        asked.append(engine)
        return ""

    monkeypatch.setattr(health, "_what_is_wrong", asking)
    assert {client.get("/readyz").status_code for _ in range(20)} == {200}
    assert len(asked) <= 2
