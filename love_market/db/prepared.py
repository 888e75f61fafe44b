"""Statements written once with SQLAlchemy and sent as text ever after, several in one flight where the line allows.

What is asked at the counter is asked thousands of times in the same words. Composing such a statement anew each time
costs more than the database takes to answer it, so here it is compiled once for each dialect (and each length of the
lists in it), and only its values change.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Dialect, Select, Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import iterate

from love_market.db.tables import Base
from love_market.db.texts import Row as Row
from love_market.db.texts import Statement, Text, compiled, unnested

if TYPE_CHECKING:
    from love_market.db.line import Line  # a village on SQLite has no driver for PostgreSQL

# How many lengths of lists a statement is remembered for.
_MOST_TEXTS = 500


class Prepared:
    """A statement with named parameters; one compared with ``in_(bindparam(name, expanding=True))`` takes a list."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._table = "" if isinstance(statement, Select) else cast("Table", statement.table).name
        self._lists = sorted(
            part.key for part in iterate(statement) if isinstance(part, BindParameter) and part.expanding
        )
        self._texts: dict[tuple[str, tuple[int, ...]], Text] = {}

    def rows(self, session: Session, **values: Any) -> list[Row]:  # noqa: ANN401 a statement's own values
        """Ask, and return the rows."""
        return ask(session, (self, values))[0]

    def later(self, session: Session, *rows: Mapping[str, Any]) -> None:
        """Let the statement be done, once for each row of values, before anything is asked again or committed."""
        if rows:
            connection = _connection(session)
            text = self.text(connection.dialect, rows[0])
            _write(connection, self._table, text.sql, [text.bound(self.spread(row)) for row in rows])

    def text(self, dialect: Dialect, values: Mapping[str, Any]) -> Text:
        """Return the statement's text for a dialect and for the lengths of the lists among the values."""
        lengths = tuple(len(values[name]) for name in self._lists)
        known = self._texts.get((dialect.name, lengths))
        if known is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            known = self._texts[dialect.name, lengths] = compiled(
                self._statement, dialect, dict(zip(self._lists, lengths, strict=True))
            )
        return known

    def spread(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values with each list laid out under the names that its members have in the text."""
        if not self._lists:
            return values
        spread = {name: value for name, value in values.items() if name not in self._lists}
        for name in self._lists:
            for n, value in enumerate(values[name], 1):
                if isinstance(value, tuple):
                    spread.update((f"{name}_{n}_{m}", part) for m, part in enumerate(value, 1))
                else:
                    spread[f"{name}_{n}"] = value
        return spread


class Rows:
    """Rows of one table, added by one statement however many they are; every column has to be given.

    ``common`` names the columns that have one value in all rows added together: it is sent once.
    """

    def __init__(self, model: type[Base], common: Sequence[str] = ()) -> None:
        self._table, self._common = cast("Table", model.__table__), tuple(common)
        self._listed = tuple(column.name for column in self._table.columns if column.name not in self._common)
        self._insert = Prepared(insert(model))
        self._text: Text | None = None

    def later(self, session: Session, rows: Sequence[Mapping[str, Any]], **common: Any) -> None:  # noqa: ANN401
        """Let the rows be added before anything is asked again or committed."""
        connection = _connection(session)
        if connection.dialect.name != "postgresql":
            self._insert.later(session, *({**common, **row} for row in rows))
        elif rows:
            text = self._text = self._text or unnested(self._table, self._listed, connection.dialect)
            arrays = {name: [row[name] for row in rows] for name in self._listed}
            _write(connection, self._table.name, text.sql, [common | arrays])


def ask(session: Session, *questions: tuple[Prepared, Mapping[str, Any]]) -> list[list[Row]]:
    """Ask several things, each a statement with its values, in one flight; return the rows of each.

    They are answered one after the other: what the first changed or locked, the next one sees.
    """
    connection = _connection(session)
    line = _line(connection)
    if line is None:
        return [_ask_at_once(connection, statement, values) for statement, values in questions]
    asked = []
    for statement, values in questions:
        text = statement.text(connection.dialect, values)
        bound = text.bound(statement.spread(values))
        _announce(connection, text.sql, bound)
        asked.append((text, line.keep(text.sql, bound)))
    with _told_as_errors(connection):
        line.flush()
    return [text.read(kept.rows) for text, kept in asked]


def _connection(session: Session) -> Connection:
    """Return a session's connection once it has flushed; looked up once a transaction."""
    session.flush()
    transaction, connection = session.info.get("connection", (None, None))
    if transaction is None or transaction is not session.get_transaction():
        connection = session.connection()
        session.info["connection"] = session.get_transaction(), connection
    return cast("Connection", connection)


def _ask_at_once(connection: Connection, statement: Prepared, values: Mapping[str, Any]) -> list[Row]:
    text = statement.text(connection.dialect, values)
    bound = text.bound(statement.spread(values))
    _announce(connection, text.sql, bound)
    with _told_as_errors(connection), closing(_driver(connection).cursor()) as cursor:
        cursor.execute(text.sql, bound)
        return text.read(cursor.fetchall())


def _write(connection: Connection, table: str, sql: str, rows: list[Any]) -> None:
    line = _line(connection)
    for row in rows:
        _announce(connection, sql, row)
        if line is not None:
            line.keep(sql, row, table)
    if line is None:
        with _told_as_errors(connection), closing(_driver(connection).cursor()) as cursor:
            cursor.executemany(sql, rows)


@contextmanager
def _told_as_errors(connection: Connection) -> Iterator[None]:
    """Tell of what goes wrong in the driver as SQLAlchemy does; a line that broke is not used again.

    Its own way to the driver costs more than the answer takes: here the text, the values and their types are known.
    """
    error_class = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except error_class as error:
        broken = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
        if broken:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, error_class, connection_invalidated=broken, dialect=connection.dialect
        ) from error


def _line(connection: Connection) -> "Line | None":
    """Return the line on which a connection's statements may travel together; SQLite has none."""
    return cast("Line", _driver(connection)) if connection.dialect.name == "postgresql" else None


def _driver(connection: Connection) -> Any:  # noqa: ANN401 the driver's own type
    return connection.connection.dbapi_connection


def _announce(connection: Connection, sql: str, parameters: object) -> None:
    """Tell whoever listens to the engine of a statement, as it is told of all others."""
    if not (connection._has_events or connection.engine._has_events):  # noqa: SLF001 as SQLAlchemy itself asks
        return
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, None, sql, parameters, None, False)
