import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError, StatementError

from love_market.db import Instant, db, new_id, reading, retrying, transaction
from love_market.places.models import Installation
from tests.databases import Database


def test_ids_are_version_seven_and_in_order_of_time() -> None:
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert ids[0].bytes[:6] <= ids[-1].bytes[:6]


def test_a_transaction_is_all_or_nothing(app: Flask) -> None:
    at = datetime(2026, 10, 1, tzinfo=UTC)

    def cut_off() -> None:
        with transaction() as session:
            session.add(Installation(id=1, demonstration=False, created_at=at))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_off()
    with reading() as session:
        assert session.scalars(select(Installation)).all() == []


def test_an_instant_comes_back_as_the_same_instant_in_utc(app: Flask) -> None:
    at = datetime(2026, 10, 1, 8, 30, 15, 123, tzinfo=timezone(timedelta(hours=8)))
    with transaction() as session:
        session.add(Installation(id=1, demonstration=False, created_at=at))
    with reading() as session:
        kept = session.scalars(select(Installation.created_at)).one()
    assert kept == at
    assert kept.tzinfo is UTC


def test_a_naive_instant_is_a_programming_error(app: Flask) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="aware"), transaction() as session:
        session.execute(select(Installation).where(Installation.created_at == naive))


def test_another_spelling_of_an_instant_is_not_read() -> None:
    with pytest.raises(ValueError, match="not an instant"):
        Instant().process_result_value("2026-10-01T00:00:00.1Z", sqlite.dialect())


# What is committed is on disk before anybody is told so, and a row points at one that is there.
DURABLE: dict[str, dict[str, object]] = {
    "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2, "PRAGMA foreign_keys": 1},
    "postgresql": {"SHOW synchronous_commit": "on", "SHOW session_replication_role": "origin"},
}


def test_what_is_committed_is_durable_and_foreign_keys_hold(app: Flask, database: Database) -> None:
    asked = DURABLE[database.dialect]
    with db.engine.connect() as connection:
        assert {question: connection.execute(text(question)).scalar() for question in asked} == asked


class Busy:
    """Work that the database refuses a few times before it lets it through."""

    def __init__(self, refusals: int, words: str) -> None:
        self.left, self.words, self.calls = refusals, words, 0

    def __call__(self) -> UUID:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise OperationalError("UPDATE", {}, sqlite3.OperationalError(self.words))
        return UUID(int=1)


@pytest.mark.parametrize(("refusals", "calls"), [(0, 1), (3, 4)])
def test_work_is_run_again_from_its_start(refusals: int, calls: int) -> None:
    work = Busy(refusals, "database is locked")
    assert retrying(work) == UUID(int=1)
    assert work.calls == calls


def test_what_will_not_get_better_is_raised_at_once() -> None:
    work = Busy(1, "no such table: leg")
    with pytest.raises(OperationalError):
        retrying(work)
    assert work.calls == 1


def test_retrying_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("love_market.db.doors.time.sleep", nothing)
    work: Callable[[], UUID] = Busy(100, "database is locked")
    with pytest.raises(OperationalError):
        retrying(work)


def nothing(_seconds: float) -> None:
    """Wait for nothing."""
