"""While the books change hands a request is answered with 503, in words, and with the time to ask again."""

from collections.abc import Callable
from pathlib import Path

import psycopg.errors
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db, transaction
from love_market.db.passing import is_passing
from tests.databases import SECRET, PostgreSQL, free_port

NOBODY = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing?connect_timeout=1"
FOLLOWS = "-c%20default_transaction_read_only%3Don"
WORDS = "账本正在切换，请过几秒再按一次，同一笔不会记两次。"
REDEEM = "/api/v1/v/140221100001/redemptions"

_ID = "01a2252a-0000-7000-8000-000000000000"
BASKET = {"key": _ID, "voucher_ids": [_ID], "basket": [{"good_id": _ID, "quantity": 1, "points_each": 1}]}


@pytest.fixture
def away(tmp_path: Path) -> FlaskClient:
    """A signed-in clerk's client, of a program whose database is not there."""
    app = create_app(Settings(NOBODY, SECRET, tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"staff:{'0' * 32}"
    return client


def test_the_counter_is_told_in_json_to_ask_the_same_again(away: FlaskClient) -> None:
    answer = away.post(REDEEM, json=BASKET)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    assert answer.json == {
        "type": "urn:love-market:NotNow",
        "title": "请稍等几秒",
        "detail": WORDS,
        "error": "NotNow",
        "status": 503,
    }


def test_a_page_that_is_only_read_is_asked_for_again_by_the_browser(away: FlaskClient) -> None:
    answer = away.get("/v/140221100001/counter")
    assert answer.status_code == 503
    assert WORDS in answer.text
    assert answer.headers["Refresh"] == "3"


def test_a_form_is_not_sent_again_by_itself(away: FlaskClient) -> None:
    answer = away.post("/sign-in", data={"sign_in_name": "somebody", "password": "a password of theirs"})
    assert "Refresh" not in answer.headers


def test_an_address_that_is_not_there_is_answered_though_the_database_is_away(away: FlaskClient) -> None:
    answer = away.get("/nowhere")
    assert answer.status_code == 503
    assert WORDS in answer.text


def test_a_fault_that_does_not_pass_is_still_a_fault(app: Flask) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken() -> str:
        raise IntegrityError("INSERT", {}, psycopg.errors.UniqueViolation("a value of somebody's"))

    app.add_url_rule("/broken", view_func=broken)
    assert app.test_client().get("/broken").status_code == 500


Cause = type[psycopg.Error]


@pytest.mark.parametrize(
    ("cause", "passing"),
    [
        (psycopg.errors.SerializationFailure, True),
        (psycopg.errors.DeadlockDetected, True),
        (psycopg.errors.AdminShutdown, True),
        (psycopg.errors.CannotConnectNow, True),
        (psycopg.errors.ReadOnlySqlTransaction, True),
        (psycopg.errors.TooManyConnections, True),
        (psycopg.errors.ConnectionFailure, True),
        (psycopg.OperationalError, True),
        (psycopg.errors.UniqueViolation, False),
        (psycopg.errors.UndefinedTable, False),
        (psycopg.errors.InvalidPassword, False),
        (psycopg.ProgrammingError, False),
    ],
)
def test_what_passes_by_itself_is_told_from_what_does_not(cause: Cause, passing: bool) -> None:  # noqa: FBT001
    kind: Callable[..., DBAPIError] = OperationalError if issubclass(cause, psycopg.OperationalError) else DBAPIError
    assert is_passing(kind("SELECT 1", {}, cause("words"))) is passing


def test_a_pool_without_a_free_connection_passes() -> None:
    assert is_passing(PoolTimeout("QueuePool limit"))
    assert not is_passing(ValueError("something else"))


def test_a_line_to_a_server_that_only_follows_is_left(postgresql: PostgreSQL, tmp_path: Path) -> None:
    """A leader that was made to follow may keep its clients; a write to it is tried anew on a line of its own."""
    with postgresql.dropping():
        app = create_app(Settings(f"{postgresql.url(tmp_path)}?options={FOLLOWS}", SECRET, tmp_path))
        served_by: list[object] = []

        def write() -> str:
            with transaction() as session:
                served_by.append(session.scalar(text("SELECT pg_backend_pid()")))
                session.execute(text("UPDATE book SET head_number = 1"))
            return "written"

        app.add_url_rule("/write", view_func=write)
        answer = app.test_client().get("/write")
        with app.app_context():
            db.engine.dispose()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert len(set(served_by)) == len(served_by) > 1
