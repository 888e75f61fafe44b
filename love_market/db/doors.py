"""The two ways in, ``transaction()`` and ``reading()``, and what is done again when the database asks for it."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from love_market.db.engines import READS, WRITES
from love_market.db.tables import Base

_RETRIES = 6
_RETRIED_SQLSTATES = {"40001", "40P01"}
_Result = TypeVar("_Result")

db = SQLAlchemy(metadata=Base.metadata)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a fresh session that may write; commit at the end, roll back on any error.

    On SQLite it holds the one write lock from the start (BEGIN IMMEDIATE); on PostgreSQL services lock the market's
    book. Only views, api and cli open it; what runs inside is safe to run again from the start (see ``retrying``).
    """
    with (
        Session(db.engine.execution_options(**{WRITES: True}), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open a fresh session that only reads; on SQLite over one snapshot, on PostgreSQL each question by itself."""
    with Session(db.engine.execution_options(**{READS: True}), expire_on_commit=False) as session:
        yield session


def retrying(work: Callable[[], _Result]) -> _Result:
    """Run work from its start, again where the database asks for that: serialisation failure, deadlock, lost line.

    Waits a few random milliseconds, longer each time; the last error is raised as it came.
    """
    for attempt in range(_RETRIES):
        try:
            return work()
        except DBAPIError as error:
            if attempt == _RETRIES - 1 or not _may_retry(error):
                raise
            time.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)  # noqa: S311 jitter, not a secret
    raise AssertionError("the loop returns or raises")


def _may_retry(error: DBAPIError) -> bool:
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _RETRIED_SQLSTATES:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)
