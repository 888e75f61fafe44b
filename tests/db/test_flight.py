"""Statements that travel together: each has its own answer, and what goes wrong with one is told as its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from love_market.db import flight
from love_market.db.flight import Flights, numbered
from love_market.db.line import Line
from tests.databases import PostgreSQL, at


@pytest.fixture
def line(postgresql: PostgreSQL) -> Iterator[Line]:
    url = make_url(postgresql._template).set(database="postgres", drivername="postgresql")
    opened = Line.connect(url.render_as_string(hide_password=False), autocommit=True)
    opened.execute("CREATE TEMPORARY TABLE thing (id int PRIMARY KEY, name text)")
    yield opened
    opened.close()


def test_named_places_are_numbered_by_name_and_percent_signs_come_back() -> None:
    assert numbered("SELECT %(b)s, %(a)s, %(b)s LIKE '%%x'") == (b"SELECT $1, $2, $1 LIKE '%x'", ("b", "a"))


def test_each_statement_has_its_own_answer(line: Line) -> None:
    key, when = uuid4(), datetime(2026, 10, 8, 1, 2, 3, tzinfo=UTC)
    asked: dict[str, Any] = {"key": key, "when": when, "names": ["孔", "a,b"]}
    for _ in range(3):  # prepared the first time, asked by its name after that
        assert line._flights.fly(
            [
                ("SELECT %(key)s::uuid, %(when)s::timestamptz", asked),
                ("SELECT 1 WHERE false", None),
                ("SELECT name FROM unnest(%(names)s::text[]) AS given(name)", asked),
            ]
        ) == [[(key, when)], [], [("孔",), ("a,b",)]]


def test_what_fails_is_told_and_nothing_behind_it_is_done(line: Line) -> None:
    add = "INSERT INTO thing VALUES (%(id)s, %(name)s)"
    line.begin()
    line.keep(add, {"id": 1, "name": "a"})
    line.keep(add, {"id": 1, "name": "b"})
    line.keep(add, {"id": 2, "name": "c"})
    with pytest.raises(psycopg.errors.UniqueViolation):
        line.commit()
    line.rollback()
    assert line.execute("SELECT count(*) FROM thing").fetchone() == (0,)
    line.begin()
    line.keep(add, {"id": 3, "name": "d"})
    line.commit()
    assert line.execute("SELECT id FROM thing").fetchall() == [(3,)]


def test_what_the_driver_has_forgotten_is_prepared_anew(line: Line) -> None:
    question = [("SELECT %(n)s::int + 1", {"n": 1})]
    line.prepare_threshold = 0
    assert line._flights.fly(question) == [[(2,)]]
    line.execute("SELECT %s::int", (1,))
    with line.transaction(force_rollback=True):  # after a rollback the driver has the server forget everything
        line.execute("SELECT %s::int", (2,))
    line.execute("SELECT %s::int", (3,))
    assert line._flights.fly(question) == [[(2,)]]


def test_the_server_remembers_only_so_much(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight, "_MOST_PREPARED", 3)
    flights = Flights(line)
    for round_ in range(2):
        for n in range(5):
            assert flights.fly([(f"SELECT %(n)s::int + {n}", {"n": round_})]) == [[(round_ + n,)]]
    held = line.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'flight%'").fetchone()
    assert held == (3,)


def test_a_line_that_breaks_in_flight_is_closed_and_says_so(line: Line, postgresql: PostgreSQL) -> None:
    with at(postgresql.server_url) as server:
        server.execute("SELECT pg_terminate_backend(%s)", [line.info.backend_pid])
    with pytest.raises(psycopg.OperationalError) as told:
        line._flights.fly([("SELECT %(id)s::uuid", {"id": UUID(int=1)}), ("COMMIT", None)])
    assert told.value.sqlstate in {None, "57P01"}
    assert line.closed
