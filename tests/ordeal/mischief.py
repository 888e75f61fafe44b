"""What goes wrong inside a server on purpose: death at one exact place in a transaction, and broken promises.

Deaths try what the program must survive. Broken promises try the auditor: a program that breaks them must be caught.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from love_market.counter import service
from love_market.counter.api import redeeming
from love_market.counter.queries import Receipt
from love_market.db import db, new_id, transaction
from love_market.db.engines import WRITES
from love_market.ledger import queries as books
from love_market.people.rules import Guard

STAGES = ("statement", "commit", "committing", "committed")
"""Where a server can be told to die: after a statement, before COMMIT is asked, within it, after it."""


def do(app: Flask, *, what: str, **how: Any) -> None:  # noqa: ANN401 each mischief has its own
    """Put a mischief into a server that is about to serve."""
    acts: dict[str, Callable[..., None]] = {
        "die": _die,
        "acknowledge_early": _acknowledge_early,
        "forget_keys": _forget_keys,
        "commit_halves": _commit_halves,
    }
    acts[what](app, **how)


def _die(app: Flask, **how: Any) -> None:  # noqa: ANN401 see ``_Death``
    death = _Death(**how)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "begin", death.begun)
    event.listen(engine, "before_cursor_execute", death.asking)
    event.listen(engine, "commit", death.committing)
    event.listen(Session, "after_commit", death.committed)


class _Death(threading.local):
    """Comes in the nth writing transaction: at a stage, and for ``committing`` so long after COMMIT was asked."""

    _count = count(1)

    def __init__(self, *, transaction: int, stage: str, statement: int = 1, microseconds: int = 1) -> None:
        self._transaction, self._stage, self._statement = transaction, stage, statement
        self._seconds = microseconds / 1_000_000
        self._now, self._statements = 0, 0

    def begun(self, connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        self._now, self._statements = next(self._count) if writes else 0, 0

    def asking(self, *_args: object) -> None:
        if self._is_at("statement") and self._statements >= self._statement:
            _die_now()
        self._statements += 1

    def committing(self, _connection: Connection) -> None:
        if self._is_at("commit") or self._is_at("statement"):  # a short transaction has not so many statements
            _die_now()
        if self._is_at("committing"):
            # The signal's default is to end the process where it stands, as SIGKILL does, and a timer can send it.
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def committed(self, _session: Session) -> None:
        if self._is_at("committed"):
            _die_now()

    def _is_at(self, stage: str) -> bool:
        return self._stage == stage and self._now == self._transaction


def _die_now() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _acknowledge_early(_app: Flask, *, seconds: float) -> None:
    """Answer first, and commit a little later."""

    @contextmanager
    def early() -> Iterator[Session]:
        opened = ExitStack()
        with opened:
            yield opened.enter_context(transaction())
            later = threading.Timer(seconds, opened.pop_all().close)
            later.daemon = True
            later.start()

    _replace(redeeming, "transaction", early)


def _forget_keys(_app: Flask) -> None:
    """Book again what is asked again, and answer as if it had been booked once."""
    proper = service.redeem

    def redeem(session: Session, guard: Guard, *, key: UUID, **asked: Any) -> Receipt:  # noqa: ANN401 as it was asked
        if books.posted_with_key(session, guard.market_id, key) is not None:
            proper(session, guard, key=new_id(), **asked)
        return proper(session, guard, key=key, **asked)

    _replace(service, "redeem", redeem)


def _commit_halves(app: Flask, *, table: str) -> None:
    """Commit whenever a row is about to be written to a table, in the middle of the transaction."""
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def _asking(connection: Connection, _cursor: object, statement: str, *_args: object) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            line: Any = connection.connection.dbapi_connection
            line.execute("COMMIT")
            line.execute("BEGIN IMMEDIATE")


def _replace(module: object, name: str, by: object) -> None:
    getattr(module, name)  # a name that is gone would make a mischief that does nothing
    setattr(module, name, by)
