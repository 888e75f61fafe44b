"""Listens to what pages ask, and has the database say how it would answer."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import sql
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer
from sqlalchemy import Connection, Engine, event

from love_market.db import Base

Asked = tuple[str, Any]
REFERENCE = {"installation", "place", "market", "book", "book_rollup", "signing_key", "staff", "role_grant",
             "sign_in_throttle", "rule_version", "rule", "good"}  # fmt: skip
"""Tables as long as the county is wide or a shelf is full, not as long as its history."""

_AS_IF = ("plan_cache_mode = force_generic_plan", "enable_seqscan = off", "random_page_cost = 1.1")
_LIST = re.compile(r"IN \((?:[^()]|\([^()]*\))*\)")
GROWING = set(Base.metadata.tables) - REFERENCE
BOOKS = {"account", "entry", "leg", "voucher", "lot", "redemption", "redemption_good", "redemption_voucher"}
"""Of those, the tables that grow with time in one market, however many households it has."""


@contextmanager
def listening(engine: Engine) -> Iterator[list[Asked]]:
    """Collect every SELECT that is asked while the block runs."""
    asked: list[Asked] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:  # noqa: ANN401
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def without_lengths(asked: Asked) -> str:
    """Return a statement without how many values its lists have, and a list of none like one of some."""
    return _LIST.sub("IN (…)", asked[0])


def scanned(engine: Engine, asked: Asked) -> list[str]:
    """Return the growing tables that the database reads from end to end for a statement.

    Of one that is short here, PostgreSQL is asked again as if that were dear: what counts is whether it has to.
    """
    statement, parameters = asked
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return _scanned_by_sqlite(statement, [str(row[-1]) for row in rows])
        connection.exec_driver_sql("SET LOCAL random_page_cost = 1.1")  # as on any disk without moving parts
        found = _whole(connection, asked)
        short = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE reltuples < 2000")
        if found and set(found) <= set(short.scalars()):
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            found = _whole(connection, asked)
        connection.rollback()
    return found


def _whole(connection: Connection, asked: Asked) -> list[str]:
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {asked[0]}", asked[1]).scalar_one()
    nodes = [node for node in _nodes(_plan(found)) if node["Node Type"] == "Seq Scan"]
    return [str(node["Relation Name"]) for node in nodes if node["Relation Name"] in GROWING]


def passed(engine: Engine, asked: Asked) -> int:
    """Return how many rows PostgreSQL passes to answer a statement, those it throws away again included.

    By a plan made once for any values, as the driver has for what it asks often; and by indexes, as where tables are
    long.
    """
    statement, parameters = asked
    with engine.connect() as connection:
        line: Any = connection.connection.driver_connection
        text = PostgresQuery(Transformer.from_context(line))
        text.convert(statement, parameters)
        values = parameters if text._order is None else [parameters[name] for name in text._order]
        given = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, values))) if values else sql.SQL("")
        with line.cursor() as cursor:
            for setting in _AS_IF:
                cursor.execute(f"SET {setting}")
            cursor.execute(b"PREPARE looked_at AS " + text.query)
            explain = sql.SQL("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE looked_at{}").format(given)
            found = cursor.execute(explain).fetchone()[0]
            cursor.execute("DEALLOCATE looked_at")
            for setting in _AS_IF:
                cursor.execute(f"RESET {setting.split()[0]}")
        connection.rollback()
    return sum(
        int(
            node["Actual Loops"]
            * (
                node["Actual Rows"]
                + node.get("Rows Removed by Filter", 0)
                + node.get("Rows Removed by Index Recheck", 0)
            )
        )
        for node in _nodes(_plan(found))
        if "Scan" in node["Node Type"] and node["Node Type"] != "Bitmap Index Scan"
    )


def _plan(found: Any) -> dict[str, Any]:  # noqa: ANN401
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _scanned_by_sqlite(statement: str, details: list[str]) -> list[str]:
    """Return the growing tables among ``SCAN name``, where the name may be an alias; an index read whole is one too.

    So is the key of a book's table of which no more is given than the market, unless it ends at a LIMIT.
    """
    words = statement.replace(",", " ").replace("(", " ").replace(")", " ").split()
    meant = {alias: table for table, as_, alias in zip(words, words[1:], words[2:], strict=False) if as_ == "AS"}
    whole = re.compile(r"SCAN (\S+)|SEARCH (\S+) USING (?:COVERING )?INDEX sqlite_autoindex_\w+ \(market_id=\?\)$")
    found = [match for detail in details if (match := whole.match(detail))]
    names = [
        one[1] or one[2] for one in found if one[1] or (meant.get(one[2], one[2]) in BOOKS and "LIMIT" not in statement)
    ]
    return [name for name in names if meant.get(name, name).strip('"') in GROWING]
