import time
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db, retrying
from love_market.web import logs, metrics
from tests.databases import SECRET

TOKEN = "a token that is long enough to be one"
CHEAP_SECONDS = 50e-6


def figures(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every figure by its name and labels."""
    text = client.get("/metrics").text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def answers(client: FlaskClient, **labels: str) -> float:
    whole = {"method": "GET", "outcome": "", **labels}
    return figures(client).get(("love_market_answers_total", frozenset(whole.items())), 0.0)


def test_each_answer_is_counted_by_endpoint_method_status_and_outcome(client: FlaskClient) -> None:
    page = {"endpoint": "people.sign_in", "status": "200"}
    nothing = {"endpoint": "none", "status": "404", "outcome": "NotFound"}
    before = answers(client, **page), answers(client, **nothing)
    client.get("/sign-in")
    client.get("/nowhere/3712")
    assert (answers(client, **page), answers(client, **nothing)) == (before[0] + 1, before[1] + 1)


def test_time_is_counted_by_endpoint(client: FlaskClient) -> None:
    client.get("/healthz")
    names = {name for name, labels in figures(client) if ("endpoint", "health.alive") in labels}
    assert "love_market_answer_seconds_bucket" in names


def test_what_a_stranger_sends_makes_no_label(client: FlaskClient) -> None:
    before = len(figures(client))
    for number in range(20):
        client.open(
            f"/nowhere/{number}?name=王店", method=f"METHOD{number}", headers={"X-Request-ID": f"id-{number:08}"}
        )
    assert len(figures(client)) <= before + 5


def test_a_request_that_was_begun_again_is_counted(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/twice", "twice", lambda: str(retrying(metrics.trying(lambda: "done"))))
    client.get("/twice")  # once by the application, once more by the view itself
    assert figures(client)["love_market_retries_total", frozenset({("endpoint", "twice")})] >= 1


def test_the_build_and_the_connections_are_told(client: FlaskClient) -> None:
    client.get("/readyz")
    names = {name for name, _ in figures(client)}
    assert {
        "love_market_build_info",
        "love_market_database_connections_opened_total",
        "love_market_database_connections_in_use",
    } <= names


@pytest.mark.parametrize(
    ("token", "headers", "remote", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "::1", 200),
        ("", {}, "203.0.113.9", 403),
        ("", {"Authorization": "Bearer "}, "203.0.113.9", 403),
        ("", {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1", 403),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, "203.0.113.9", 200),
        (TOKEN, {"Authorization": "Bearer another"}, "203.0.113.9", 403),
    ],
)
def test_only_this_machine_and_who_knows_the_token_may_read(
    tmp_path: Path, token: str, headers: dict[str, str], remote: str, status: int
) -> None:
    url = f"sqlite:///{(tmp_path / 'empty.sqlite3').as_posix()}"
    client = create_app(Settings(url, SECRET, tmp_path, metrics_token=token)).test_client()
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": remote})
    assert answer.status_code == status


def test_numbering_counting_and_writing_down_cost_next_to_nothing(app: Flask, tmp_path: Path) -> None:
    """The processor's time, the best of some rounds: 40 microseconds were seen; redeeming takes some thousands."""
    lines, pool = logs.Lines(tmp_path / "log"), db.engine.pool
    rounds = []
    with app.test_request_context("/api/v1/v/140221100001/redemptions", method="POST"):
        for _ in range(20):
            began = time.thread_time()
            for _ in range(100):
                logs._begin()
                response = logs._numbered(Response())
                logs.write_down(response, lines)
                metrics.count(response, pool)
            rounds.append((time.thread_time() - began) / 100)
    assert min(rounds) < 2 * CHEAP_SECONDS
