"""The two ways in, ``transaction()`` and ``reading()``, and what is done again when the database asks for it."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from love_market.db.engines import READS, WRITES
from love_market.db.passing import is_passing
from love_market.db.tables import Base

_RETRIES, _PATIENCE_SECONDS = 6, 4.0
_Result = TypeVar("_Result")

db = SQLAlchemy(metadata=Base.metadata)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a fresh session that may write; commit at the end, roll back on any error.

    On SQLite it holds the one write lock from the start (BEGIN IMMEDIATE); on PostgreSQL services lock the market's
    book. Only views, api and cli open it; what runs inside is safe to run again from the start (see ``retrying``).
    """
    with (
        Session(_engine_that(WRITES, db.engine), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open a fresh session that only reads; on SQLite over one snapshot, on PostgreSQL each question by itself."""
    with Session(_engine_that(READS, db.engine), expire_on_commit=False) as session:
        yield session


@lru_cache(maxsize=8)
def _engine_that(option: str, engine: Engine) -> Engine:
    """Return an engine whose connections carry an option; made once, since each request asks twice."""
    return engine.execution_options(**{option: True})


def retrying(work: Callable[[], _Result]) -> _Result:
    """Run work from its start, again where the database asks for that: see ``passing``.

    Waits a few random milliseconds, longer each time. After six tries or some seconds the last error is raised as it
    came: a database that is being handed over takes longer, and whoever asks must be told.
    """
    give_up = time.monotonic() + _PATIENCE_SECONDS
    for attempt in range(_RETRIES):
        try:
            return work()
        except DBAPIError as error:
            if attempt == _RETRIES - 1 or time.monotonic() > give_up or not is_passing(error):
                raise
            time.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)  # noqa: S311 jitter, not a secret
    raise AssertionError("the loop returns or raises")
