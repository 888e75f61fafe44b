"""A line to PostgreSQL on which statements travel together: one round trip carries all that need not be answered first.

A transaction is three flights of messages at best: BEGIN with the first question, whatever has to be known next, and
the writes with COMMIT. The driver by itself waits for an answer to each of them. Here a statement that nobody waits
for is kept back and sent in front of the next one that somebody does, in the driver's pipeline mode; the order is
always the order of asking, so nothing can be read that a write before it would have changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, cast

from psycopg import Connection, Cursor
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection as Connected
from sqlalchemy import Engine, event

from love_market.db.arrays import register
from love_market.db.engines import READS
from love_market.db.flight import PLACEHOLDER, Flights

Parameters = Mapping[str, Any] | Sequence[Any] | None
_BEGIN = "BEGIN"


@dataclass(slots=True)
class Kept:
    """A statement that waits to be sent, and the table it writes, if any; ``rows`` are its answer once it was."""

    statement: str
    parameters: Mapping[str, Any] | None
    table: str = ""
    rows: list[tuple[Any, ...]] = field(default_factory=list)


class Line(Connection[tuple[Any, ...]]):
    """A driver's connection in autocommit mode, with the statements that wait to be sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 as the driver has it
        super().__init__(*args, **kwargs)
        self._waiting: list[Kept] = []
        self.round_trips = 0

    @cached_property
    def _flights(self) -> Flights:
        """Made when first used: how values are written is settled only once the connection is open."""
        return Flights(self)

    def begin(self) -> None:
        """Let a transaction begin with whatever is sent next."""
        self.keep(_BEGIN, None)

    def keep(self, statement: str, parameters: Mapping[str, Any] | None, table: str = "") -> Kept:
        """Keep a statement back until something is asked, or until the transaction is committed.

        ``table`` is the one it writes, where it is a write that answers nothing: it may then become one statement with
        its neighbours that write others.
        """
        self._waiting.append(Kept(statement, parameters, table))
        return self._waiting[-1]

    def ask(self, cursor: Cursor[Any], statement: str, parameters: Parameters) -> None:
        """Send what waits and then a cursor's statement, together, and wait for the answers.

        A text without parameters may be several statements, which cannot travel with others: it goes alone.
        """
        if parameters is None:
            self.flush()
        waiting, self._waiting = list(_joined(self._waiting)), []
        self.round_trips += 1
        if not waiting:
            cursor.execute(statement, parameters)
            return
        with self.pipeline():
            for one in waiting:
                self.execute(one.statement, one.parameters)
            cursor.execute(statement, parameters)

    def flush(self) -> None:
        """Send what waits, if anything does."""
        if self._waiting:
            self._send(self._waiting)

    def commit(self) -> None:
        """Send what waits with COMMIT; a transaction in which nothing was sent ends without a word."""
        if [one.statement for one in self._waiting] == [_BEGIN]:
            self._waiting.clear()
        elif self._waiting:
            self._send([*self._waiting, Kept("COMMIT", None)])
        else:
            self._count_if_open()
            super().commit()

    def rollback(self) -> None:
        """Forget what waits and roll back."""
        self._waiting.clear()
        self._count_if_open()
        super().rollback()

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        """The driver has the server forget what was prepared; with all of it goes what flights have prepared."""
        if name is None:
            self._flights.forget()
        yield from super()._deallocate(name)

    def _send(self, statements: Sequence[Kept]) -> None:
        self._waiting = []
        self.round_trips += 1
        sent = list(_joined(statements))
        for one, rows in zip(sent, self._flights.fly([(one.statement, one.parameters) for one in sent]), strict=True):
            one.rows = rows

    def _count_if_open(self) -> None:
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self.round_trips += 1


def _joined(statements: Sequence[Kept]) -> Iterator[Kept]:
    """Make one statement of each run of writes to different tables: the database then starts and ends once for all.

    Parts of one statement do not see each other's rows, so writes to one table stay apart, in their order; foreign
    keys are looked at when all parts are done.
    """
    run: list[Kept] = []
    for one in statements:
        if run and (not one.table or one.table in {other.table for other in run}):
            yield _one_of(run)
            run = []
        if one.table:
            run.append(one)
        else:
            yield one
    if run:
        yield _one_of(run)


def _one_of(run: Sequence[Kept]) -> Kept:
    if len(run) == 1:
        return run[0]
    text = _joined_text(tuple(one.statement for one in run))
    parameters = {
        f"{name}_{part}": value
        for part, one in enumerate(run)
        for name, value in cast("Mapping[str, Any]", one.parameters).items()
    }
    return Kept(text, parameters)


@lru_cache(maxsize=500)
def _joined_text(texts: tuple[str, ...]) -> str:
    *parts, last = (PLACEHOLDER.sub(rf"%(\1_{part})s", text) for part, text in enumerate(texts))
    return f"WITH {', '.join(f'part_{n} AS ({text})' for n, text in enumerate(parts))} {last}"


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
    # What is asked often is planned once for any values: no page reads more by such a plan (tests/plans), and a list of
    # another length would have its statement planned anew each time.
    line.execute("SET plan_cache_mode = force_generic_plan")
    return line


def _begin(connection: Connected) -> None:
    if not connection.get_execution_options().get(READS, False):
        cast("Line", connection.connection.dbapi_connection).begin()


def _execute(cursor: Cursor[Any], statement: str, parameters: Parameters, _context: object) -> bool:
    cast("Line", cursor.connection).ask(cursor, statement, parameters)
    return True


def _execute_bare(cursor: Cursor[Any], statement: str, context: object) -> bool:
    return _execute(cursor, statement, None, context)


def _execute_many(cursor: Cursor[Any], _statement: str, _parameters: Sequence[Parameters], _context: object) -> bool:
    line = cast("Line", cursor.connection)
    line.flush()
    line.round_trips += 1
    return False  # the driver sends them all in one go, and counts their rows
