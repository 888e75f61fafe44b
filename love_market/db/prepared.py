"""Statements written once with SQLAlchemy and sent as text ever after, several in one flight where the line allows.

What is asked at the counter is asked thousands of times in the same words. Composing such a statement anew each time
costs more than the database takes to answer it, so here it is compiled once for each dialect (and each length of the
lists in it), and only its values change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, CursorResult, Dialect, Select, Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.sqltypes import TupleType
from sqlalchemy.sql.visitors import iterate

from love_market.db.tables import Base

if TYPE_CHECKING:
    from love_market.db.line import Kept, Line  # a village on SQLite has no driver for PostgreSQL

Row = tuple[Any, ...]
_Statement = Select[*tuple[Any, ...]] | UpdateBase
_Convert = Callable[[Any], Any] | None
# How many lengths of lists a statement is remembered for.
_MOST_TEXTS = 500


@dataclass(frozen=True, slots=True)
class _Text:
    """A compiled statement: its text, its parameters in order, and what converts values there and back.

    ``fixed`` are the values that the statement itself brings.
    """

    sql: str
    positions: tuple[str, ...] | None
    into: Mapping[str, _Convert]
    fixed: Mapping[str, Any]
    out: tuple[_Convert, ...]

    def bound(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 what the driver takes
        """Return values as the driver takes them."""
        into, values = self.into, {**self.fixed, **values}
        if self.positions is not None:
            return tuple(
                values[name] if (convert := into[name]) is None else convert(values[name]) for name in self.positions
            )
        return {name: values[name] if convert is None else convert(values[name]) for name, convert in into.items()}

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        """Return rows as the program takes them."""
        if not any(self.out):
            return [tuple(row) for row in rows]
        return [
            tuple(
                value if convert is None or value is None else convert(value)
                for value, convert in zip(row, self.out, strict=True)
            )
            for row in rows
        ]


class Prepared:
    """A statement with named parameters; one compared with ``in_(bindparam(name, expanding=True))`` takes a list."""

    def __init__(self, statement: _Statement) -> None:
        self._statement = statement
        self._table = "" if isinstance(statement, Select) else cast("Table", statement.table).name
        self._lists = sorted(
            part.key for part in iterate(statement) if isinstance(part, BindParameter) and part.expanding
        )
        self._texts: dict[tuple[str, tuple[int, ...]], _Text] = {}

    def rows(self, session: Session, **values: Any) -> list[Row]:  # noqa: ANN401 a statement's own values
        """Ask, and return the rows."""
        return ask(session, (self, values))[0]

    def later(self, session: Session, *rows: Mapping[str, Any]) -> None:
        """Let the statement be done, once for each row of values, before anything is asked again or committed."""
        if rows:
            session.flush()
            connection = session.connection()
            text = self.text(connection.dialect, rows[0])
            _write(connection, self._table, text.sql, [text.bound(self.spread(row)) for row in rows])

    def text(self, dialect: Dialect, values: Mapping[str, Any]) -> _Text:
        """Return the statement's text for a dialect and for the lengths of the lists among the values."""
        lengths = tuple(len(values[name]) for name in self._lists)
        known = self._texts.get((dialect.name, lengths))
        if known is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            known = self._texts[dialect.name, lengths] = _compile(
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
        self._text: _Text | None = None

    def later(self, session: Session, rows: Sequence[Mapping[str, Any]], **common: Any) -> None:  # noqa: ANN401
        """Let the rows be added before anything is asked again or committed."""
        session.flush()
        connection = session.connection()
        if connection.dialect.name != "postgresql":
            self._insert.later(session, *({**common, **row} for row in rows))
        elif rows:
            text = self._text = self._text or _unnested(self._table, self._listed, connection.dialect)
            arrays = {name: [row[name] for row in rows] for name in self._listed}
            _write(connection, self._table.name, text.sql, [common | arrays])


def ask(session: Session, *questions: tuple[Prepared, Mapping[str, Any]]) -> list[list[Row]]:
    """Ask several things, each a statement with its values, in one flight; return the rows of each.

    They are answered one after the other: what the first changed or locked, the next one sees.
    """
    session.flush()
    connection = session.connection()
    line = _line(connection)
    asked: list[tuple[_Text, Kept | CursorResult[Any]]] = []
    for statement, values in questions:
        text = statement.text(connection.dialect, values)
        bound = text.bound(statement.spread(values))
        if line is None:
            asked.append((text, connection.exec_driver_sql(text.sql, bound)))
        else:
            _announce(connection, text.sql, bound)
            asked.append((text, line.keep(text.sql, bound)))
    if line is not None:
        _send(connection, line)
    return [text.read(one.fetchall() if isinstance(one, CursorResult) else one.rows()) for text, one in asked]


def _send(connection: Connection, line: "Line") -> None:
    """Send what waits; what goes wrong is told as SQLAlchemy tells it."""
    try:
        line.flush()
    except line.Error as error:
        if line.broken:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, line.Error, connection_invalidated=line.broken, dialect=connection.dialect
        ) from error


def _write(connection: Connection, table: str, sql: str, rows: list[Any]) -> None:
    line = _line(connection)
    if line is None:
        connection.exec_driver_sql(sql, rows if len(rows) > 1 else rows[0])
        return
    for row in rows:
        _announce(connection, sql, row)
        line.keep(sql, row, table)


def _line(connection: Connection) -> "Line | None":
    """Return the line on which a connection's statements may travel together; SQLite has none."""
    return cast("Line", connection.connection.dbapi_connection) if connection.dialect.name == "postgresql" else None


def _announce(connection: Connection, sql: str, parameters: object) -> None:
    """Tell whoever listens to the engine of a statement that is kept, as it is told of all others."""
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, None, sql, parameters, None, False)


def _compile(statement: _Statement, dialect: Dialect, lengths: Mapping[str, int]) -> _Text:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 which of the compilers it is
    binds = {name: bind for bind, name in compiled.bind_names.items()}

    def sample(name: str, bind: BindParameter[Any]) -> object:
        if name not in lengths:
            return bind.value
        member = (None,) * len(bind.type.types) if isinstance(bind.type, TupleType) else None
        return [member] * lengths[name]

    state = compiled.construct_expanded_state({name: sample(name, bind) for name, bind in binds.items()})
    return _Text(
        sql=state.statement,
        positions=None if state.positiontup is None else tuple(state.positiontup),
        into={
            name: binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            if name in binds
            else state.processors.get(name)  # the member of a list
            for name in state.parameters
        },
        fixed={name: bind.value for name, bind in binds.items() if bind.value is not None},
        out=tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in (statement.selected_columns if isinstance(statement, Select) else ())
        ),
    )


def _unnested(table: Table, listed: Sequence[str], dialect: Dialect) -> _Text:
    """Return the text that adds rows given as one array a column; lengths are left to the table to check."""
    quote = dialect.identifier_preparer.quote

    def kind(name: str) -> str:
        return str(dialect.type_compiler_instance.process(table.columns[name].type.dialect_impl(dialect))).partition(
            "("
        )[0]

    once = [column.name for column in table.columns if column.name not in listed]
    columns = ", ".join(quote(name) for name in (*once, *listed))
    values = ", ".join((*(f"%({name})s::{kind(name)}" for name in once), "given.*"))
    arrays = ", ".join(f"%({name})s::{kind(name)}[]" for name in listed)
    sql = f"INSERT INTO {quote(table.name)} ({columns}) SELECT {values} FROM unnest({arrays}) AS given"  # noqa: S608 names
    return _Text(sql, None, {}, {}, ())
