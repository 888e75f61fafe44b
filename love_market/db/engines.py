"""Engines: a durable SQLite with explicit transactions, a PostgreSQL that is asked few times."""

import threading
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from love_market.db.passing import leave_followers

READS, WRITES = "reads", "writes"
"""The execution options of a connection that only reads, and of one that writes."""
_TURN, _WITHIN_SECONDS = "turn", 15
"""What a connection's info says while it has the process's turn to write, and how long that and SQLite's lock wait."""


def engine_options(url: str | URL) -> dict[str, Any]:
    """Return what an engine for this database is made with.

    A lost PostgreSQL connection is found when it is used, and the work run again: asking each time whether it is
    still there would cost a round trip a request.
    """
    if make_url(url).get_backend_name() == "postgresql":
        return {"hide_parameters": True}
    return {"hide_parameters": True, "pool_pre_ping": True}


def prepare_engine(engine: Engine) -> None:
    """Give an engine its connections: for SQLite durable ones, for PostgreSQL ones that send together."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        from love_market.db import line  # noqa: PLC0415 a village on SQLite has no driver for PostgreSQL

        line.prepare(engine)
        leave_followers(engine)


def _prepare_sqlite(engine: Engine) -> None:
    """Durable connections, whose threads take turns to write: in SQLite they would sleep while its lock lies free."""
    turn = threading.Lock()

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 the driver's own type
        connection.isolation_level = None
        waits = f"busy_timeout={_WITHIN_SECONDS * 1000}"
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", waits):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        if writes and not connection.info.get(_TURN):  # in vain: SQLite says in its own words that it is locked
            connection.info[_TURN] = turn.acquire(timeout=_WITHIN_SECONDS)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "checkin")
    def _on_checkin(_connection: object, record: ConnectionPoolEntry) -> None:
        if record.info.pop(_TURN, False):
            turn.release()
