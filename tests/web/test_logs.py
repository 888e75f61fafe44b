"""A line of JSON a request, and nothing in it about a person."""

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg.errors
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db
from tests.databases import SECRET

PERSON = "王小店"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "love-market.log"


@pytest.fixture
def logging_app(log: Path, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    before = logging.root.handlers[:], logging.root.level
    app = create_app(Settings(database_url, SECRET, tmp_path, log_format="json", log_file=log))
    app.config.update(WTF_CSRF_ENABLED=False)
    yield app
    logging.root.handlers[:], logging.root.level = before
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(logging_app: Flask) -> FlaskClient:
    return logging_app.test_client()


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_a_request_is_a_line(client: FlaskClient, log: Path) -> None:
    answer = client.get("/sign-in", headers={"X-Request-ID": "from-nginx-0001"})
    (line,) = lines(log)
    assert (line.pop("time")[-6:], line.pop("ms") > 0) == ("+00:00", True)
    assert line == {
        "level": "info",
        "event": "request",
        "id": "from-nginx-0001",
        "method": "GET",
        "rule": "/sign-in",
        "status": 200,
    }
    assert answer.headers.getlist("X-Request-ID") == ["from-nginx-0001"]


def test_a_number_that_is_none_is_replaced(client: FlaskClient) -> None:
    for given in ("short", "x" * 65, f"{PERSON}-12345678", 'quote"quote'):
        number = client.get("/healthz", headers={"X-Request-ID": given.encode().decode("latin-1")}).headers[
            "X-Request-ID"
        ]
        assert len(number) == 32
        assert number.isalnum()


def test_no_path_query_form_cookie_or_address_is_written_down(client: FlaskClient, log: Path) -> None:
    secrets = ["3712-SECRET", PERSON, "a password of hers", "203.0.113.7"]
    client.set_cookie("session", secrets[0])
    client.get(f"/q/{secrets[0]}?name={PERSON}&lang=zh", environ_overrides={"REMOTE_ADDR": secrets[3]})
    client.post("/sign-in", data={"sign_in_name": PERSON, "password": secrets[2]})
    client.get(f"/nowhere/{secrets[0]}")
    written = log.read_text()
    assert [line["event"] for line in lines(log)] == ["request"] * 3
    assert not [secret for secret in secrets if secret in written]
    assert lines(log)[-1] | {"id": "", "ms": 0, "time": ""} == {
        "time": "", "level": "info", "event": "request", "id": "", "method": "GET", "rule": None, "status": 404,
        "ms": 0, "outcome": "NotFound",
    }  # fmt: skip


def test_a_fault_says_where_and_of_what_kind_but_no_value(logging_app: Flask, client: FlaskClient, log: Path) -> None:
    def broken() -> str:
        try:
            return {"": ""}[PERSON]
        except KeyError as error:
            cause = psycopg.errors.UniqueViolation(f"Key (name)=({PERSON}) already exists.")
            raise IntegrityError("INSERT …", {"name": PERSON}, cause) from error

    logging_app.add_url_rule("/broken", view_func=broken)
    assert client.get("/broken").status_code == 500
    fault, request = lines(log)
    assert PERSON not in log.read_text()
    assert (fault["event"], request["status"], fault["id"]) == ("fault", 500, request["id"])
    assert "builtins.KeyError" in fault["trace"]
    assert "sqlalchemy.exc.IntegrityError" in fault["trace"]
    assert "test_logs.py" in fault["trace"]


def test_what_other_parts_log_is_json_without_the_values_of_its_errors(client: FlaskClient, log: Path) -> None:
    try:
        int(PERSON)
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving")
    (line,) = lines(log)
    assert (line["message"], line["level"], line["from"]) == ("Exception while serving", "error", "waitress")
    assert line["trace"].endswith("builtins.ValueError")
    assert PERSON not in log.read_text()


def test_a_fault_without_json_says_no_value_either(
    app: Flask, client: FlaskClient, capfd: pytest.CaptureFixture[str], log: Path, database_url: str, tmp_path: Path
) -> None:
    plain = create_app(Settings(database_url, SECRET, tmp_path))

    def broken() -> str:
        raise ValueError(PERSON)

    plain.add_url_rule("/broken", view_func=broken)
    plain.test_client().get("/broken")
    with plain.app_context():
        db.engine.dispose()
    said = capfd.readouterr().err + log.read_text()
    assert "builtins.ValueError" in said
    assert PERSON not in said


def test_what_is_asked_all_day_is_not_written_down(client: FlaskClient, log: Path) -> None:
    client.get("/healthz")
    client.get("/metrics")
    client.get("/static/web/seal.svg").close()
    assert not log.exists() or lines(log) == []


def test_a_file_that_logrotate_moved_away_is_opened_anew(
    client: FlaskClient, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/sign-in")
    log.rename(log.with_suffix(".1"))
    monkeypatch.setattr(time, "monotonic", lambda: 1e9)
    client.get("/sign-in")
    assert len(lines(log)) == len(lines(log.with_suffix(".1"))) == 1
