"""The worst moment to lose a line: PostgreSQL has committed, and nobody was told."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from love_market.db import db, reading
from love_market.ledger.verify import verify
from tests.counter.conftest import Ask
from tests.counter.made import Shop, asked
from tests.counter.test_lost_lines import WAITS_SECONDS, cut, is_right, set_for_new_connections, until_somebody_waits
from tests.databases import PostgreSQL, at, start_cluster
from tests.vouchers.made import balance


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    """A PostgreSQL whose commits wait, where asked to, for a standby that never comes."""
    folder = Path(tempfile.mkdtemp(prefix="love-market-"))
    never = {"synchronous_standby_names": "nobody", "synchronous_commit": "local"}
    cluster = start_cluster(folder, settings=never, temporary=True)
    made = PostgreSQL(cluster.url)
    yield made
    made.close()
    cluster.stop()


@pytest.fixture
def other(database_url: str, shop: Shop) -> Iterator[psycopg.Connection]:
    """Somebody else at the same database."""
    with at(database_url) as connection:
        yield connection


def test_what_was_committed_without_an_answer_is_answered_and_not_done_twice(
    shop: Shop, ask: Ask, other: psycopg.Connection
) -> None:
    market_id, basket = shop.village.market_id, asked(shop, ("陈醋", 2))
    with reading() as session:
        before = verify(session, market_id).entries
    set_for_new_connections(other, "synchronous_commit", "on")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, "redeem", **basket)
        waiting = until_somebody_waits(other, "IPC")
        assert other.execute("SELECT wait_event FROM pg_stat_activity WHERE pid = %s", [waiting]).fetchall() == [
            ("SyncRep",)
        ]
        set_for_new_connections(other, "synchronous_commit", "local", anew=False)
        cut(other, waiting)
        is_right(answer.result(WAITS_SECONDS), basket)
    with reading() as session:
        verdict = verify(session, market_id)
        assert (verdict.verified, verdict.entries) == (True, before + 1)
        assert balance(session, market_id, shop.vouchers[0].id) == 35 - 14
    db.engine.dispose()
