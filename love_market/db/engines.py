"""Engines: a durable SQLite with explicit transactions, a PostgreSQL that is asked few times."""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.url import URL, make_url

from love_market.db.passing import leave_followers

READS, WRITES = "reads", "writes"
"""The execution options of a connection that only reads, and of one that writes."""


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
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 the driver's own type
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
