"""A line to PostgreSQL on which statements travel together: one round trip carries all that need not be answered first.

A transaction is three flights of messages at best: BEGIN with the first question, whatever has to be known next, and
the writes with COMMIT. The driver by itself waits for an answer to each of them. Here a statement that nobody waits
for is kept back and sent in front of the next one that somebody does, in the driver's pipeline mode; the order is
always the order of asking, so nothing can be read that a write before it would have changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from psycopg import Connection, Cursor
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection as Connected
from sqlalchemy import Engine, event

from love_market.db.arrays import register
from love_market.db.engines import LATER, READS

Parameters = Mapping[str, Any] | Sequence[Any] | None
_BEGIN = "BEGIN"


class Line(Connection[tuple[Any, ...]]):
    """A driver's connection in autocommit mode, with the statements that wait to be sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 as the driver has it
        super().__init__(*args, **kwargs)
        self._waiting: list[tuple[Cursor[Any], str, Parameters]] = []
        self.round_trips = 0

    def begin(self) -> None:
        """Let a transaction begin with whatever is sent next."""
        self.keep(_BEGIN, None)

    def keep(self, statement: str, parameters: Parameters) -> Cursor[Any]:
        """Keep a statement back until something is asked; what it answers can be fetched from its cursor after that."""
        cursor = self.cursor()
        self._waiting.append((cursor, statement, parameters))
        return cursor

    def ask(self, cursor: Cursor[Any], statement: str, parameters: Parameters) -> None:
        """Send what waits and then this statement, together, and wait for the answers.

        A text without parameters may be several statements, which cannot travel in a pipeline: it goes alone.
        """
        if parameters is None:
            self.flush()
        self._send([*self._waiting, (cursor, statement, parameters)])

    def flush(self) -> None:
        """Send what waits, if anything does."""
        if self._waiting:
            self._send(self._waiting)

    def commit(self) -> None:
        """Send what waits with COMMIT; a transaction in which nothing was sent ends without a word."""
        if [statement for _, statement, _ in self._waiting] == [_BEGIN]:
            self._waiting.clear()
        elif self._waiting:
            self._send([*self._waiting, (self.cursor(), "COMMIT", None)])
        else:
            self._count_if_open()
            super().commit()

    def rollback(self) -> None:
        """Forget what waits and roll back."""
        self._waiting.clear()
        self._count_if_open()
        super().rollback()

    def _send(self, statements: Sequence[tuple[Cursor[Any], str, Parameters]]) -> None:
        self._waiting = []
        self.round_trips += 1
        if len(statements) == 1:
            ((cursor, statement, parameters),) = statements
            cursor.execute(statement, parameters)
            return
        with self.pipeline():
            for cursor, statement, parameters in statements:
                cursor.execute(statement, parameters)

    def _count_if_open(self) -> None:
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self.round_trips += 1


def prepare(engine: Engine) -> None:
    """Give an engine for PostgreSQL lines for connections, and let its statements travel as they may."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "do_execute_no_params", _execute_bare)
    event.listen(engine, "do_executemany", _execute_many)


def _connect(_dialect: object, _record: object, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Line:
    line = Line.connect(*arguments, **keywords, autocommit=True)
    register(line)
    return line


def _begin(connection: Connected) -> None:
    if not connection.get_execution_options().get(READS, False):
        cast("Line", connection.connection.dbapi_connection).begin()


def _execute(cursor: Cursor[Any], statement: str, parameters: Parameters, context: Any) -> bool:  # noqa: ANN401
    line = cast("Line", cursor.connection)
    if context.execution_options.get(LATER, False):
        context.kept = line.keep(statement, parameters)
    else:
        line.ask(cursor, statement, parameters)
    return True


def _execute_bare(cursor: Cursor[Any], statement: str, context: Any) -> bool:  # noqa: ANN401
    return _execute(cursor, statement, None, context)


def _execute_many(cursor: Cursor[Any], statement: str, parameters: Sequence[Parameters], context: Any) -> bool:  # noqa: ANN401
    line = cast("Line", cursor.connection)
    if not context.execution_options.get(LATER, False):
        line.flush()
        line.round_trips += 1
        return False  # the driver sends them all in one go, and counts their rows
    for one in parameters:
        line.keep(statement, one)
    return True
