"""What PostgreSQL asks to be done again, it gets done again, through the real program: the answer is right, once.

Nothing is made up here: the deadlock, the refused snapshot and the lost connections are PostgreSQL's own.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from love_market.db import db, reading
from love_market.ledger.verify import verify
from tests.counter.conftest import Ask
from tests.counter.made import Shop, asked
from tests.databases import PostgreSQL, at
from tests.vouchers.made import balance

WAITS_SECONDS = 30
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = %s"


@pytest.fixture(scope="module")
def database(postgresql: PostgreSQL) -> PostgreSQL:
    """Only PostgreSQL asks for this; SQLite's one writer waits instead."""
    return postgresql


@pytest.fixture
def other(app: Flask, database_url: str) -> Iterator[psycopg.Connection]:
    """Somebody else at the same database."""
    with at(database_url) as connection:
        connection.execute("SET deadlock_timeout = '1min'")  # whoever else is in a deadlock finds it first
        yield connection


@pytest.fixture
def one_more(shop: Shop) -> Iterator[None]:
    """The book is one entry longer after the test, and verifies."""
    market_id = shop.village.market_id
    with reading() as session:
        before = verify(session, market_id).entries
    yield
    with reading() as session:
        verdict = verify(session, market_id)
        assert (verdict.verified, verdict.entries) == (True, before + 1)
        assert balance(session, market_id, shop.vouchers[0].id) == 35 - 2 * 7


def set_for_new_connections(other: psycopg.Connection, name: str, value: str, *, anew: bool = True) -> None:
    """Set something for whoever connects from now on; the program connects anew."""
    known = sql.Identifier(other.info.dbname), sql.Identifier(name), sql.Literal(value)
    other.execute(sql.SQL("ALTER DATABASE {} SET {} = {}").format(*known))
    if anew:
        db.engine.dispose()


def until_somebody_waits(other: psycopg.Connection, for_what: str) -> int:
    """Wait until a connection of this database waits; return its process on the server."""
    until = time.monotonic() + WAITS_SECONDS
    while (found := other.execute(WAITING, [for_what]).fetchone()) is None:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.01)
    return int(found[0])


def cut(other: psycopg.Connection, pid: int) -> None:
    """End a connection's process on the server, and wait until it is gone."""
    assert other.execute("SELECT pg_terminate_backend(%s, %s)", [pid, WAITS_SECONDS * 1000]).fetchone() == (True,)


def cut_all(other: psycopg.Connection) -> int:
    """Cut every other connection of this database; return how many there were."""
    here = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    found = [pid for (pid,) in other.execute(here).fetchall() if pid != other.info.backend_pid]
    for pid in found:
        cut(other, pid)
    return len(found)


@pytest.fixture
def meanwhile(ask: Ask) -> Iterator[Callable[[dict[str, Any]], Future[Any]]]:
    """Ask the till for a redemption while the test goes on."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda basket: pool.submit(ask, "redeem", **basket)


def two_bottles(shop: Shop) -> dict[str, Any]:
    return asked(shop, ("陈醋", 2))


def is_right(answer: Any, basket: dict[str, Any]) -> None:  # noqa: ANN401 a response of the test client
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert (told["id"], told["total_points"], told["left_points"]) == (basket["key"], 14, 21)


@pytest.mark.usefixtures("one_more")
def test_a_deadlock_is_lost_and_the_redemption_made_all_the_same(
    shop: Shop, other: psycopg.Connection, meanwhile: Callable[[dict[str, Any]], Future[Any]]
) -> None:
    market_id, basket = shop.village.market_id, two_bottles(shop)
    with other.transaction():
        other.execute("SELECT FROM account WHERE market_id = %s FOR UPDATE", [market_id])
        answer = meanwhile(basket)
        until_somebody_waits(other, "Lock")
        other.execute("SELECT FROM book WHERE market_id = %s FOR UPDATE", [market_id])
    is_right(answer.result(WAITS_SECONDS), basket)
    assert deadlocks(other) == 1


def deadlocks(other: psycopg.Connection) -> int:
    """Return how many deadlocks this database has had, once the server has counted the last one."""
    other.execute("SELECT pg_stat_force_next_flush()")
    asked_for = "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database WHERE datname = current_database()"
    until = time.monotonic() + WAITS_SECONDS
    while not (found := other.execute(asked_for).fetchall()[0][1]) and time.monotonic() < until:
        db.engine.dispose()  # a connection that goes says what it counted
        time.sleep(0.01)
    return int(found)


def test_a_refused_snapshot_is_taken_anew(app: Flask, shop: Shop, till: FlaskClient, other: psycopg.Connection) -> None:
    set_for_new_connections(other, "default_transaction_isolation", "repeatable read")
    market_id, path = shop.village.market_id, f"/api/v1/v/{shop.village.code}/redemptions"
    cookie = till.get_cookie("session")
    assert cookie is not None
    with reading() as session:
        before = verify(session, market_id).entries
    racers = 6
    start = Barrier(racers)

    def spend_a_little(_number: int) -> int:
        client = app.test_client()
        client.set_cookie("session", cookie.value)
        start.wait()
        return client.post(path, json=asked(shop, ("食盐", 1))).status_code

    with ThreadPoolExecutor(racers) as pool:
        assert list(pool.map(spend_a_little, range(racers))) == [200] * racers
    with reading() as session:
        verdict = verify(session, market_id)
        assert (verdict.verified, verdict.entries) == (True, before + racers)
        assert balance(session, market_id, shop.vouchers[0].id) == 35 - racers * 2


@pytest.mark.usefixtures("one_more")
@pytest.mark.parametrize("held", ["book", "account"], ids=["before its turn", "while it wrote"])
def test_a_line_that_is_cut_in_the_middle_is_taken_up_again(
    shop: Shop, other: psycopg.Connection, meanwhile: Callable[[dict[str, Any]], Future[Any]], held: str
) -> None:
    market_id, basket = shop.village.market_id, two_bottles(shop)
    with other.transaction():
        other.execute(
            sql.SQL("SELECT FROM {} WHERE market_id = %s FOR UPDATE").format(sql.Identifier(held)), [market_id]
        )
        answer = meanwhile(basket)
        cut(other, until_somebody_waits(other, "Lock"))
    is_right(answer.result(WAITS_SECONDS), basket)


@pytest.mark.usefixtures("one_more")
def test_a_line_that_was_cut_between_two_requests_is_not_noticed(
    shop: Shop, ask: Ask, till: FlaskClient, other: psycopg.Connection
) -> None:
    page, basket = f"/v/{shop.village.code}/counter", two_bottles(shop)
    assert till.get(page).status_code == 200
    assert cut_all(other) > 0
    assert till.get(page).status_code == 200
    assert cut_all(other) > 0
    is_right(ask("redeem", **basket), basket)
