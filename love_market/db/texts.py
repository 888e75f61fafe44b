"""The text of a statement in a dialect: compiled once, with what its values are converted by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Select, Table
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.sqltypes import TupleType

Row = tuple[Any, ...]
Statement = Select[*tuple[Any, ...]] | UpdateBase
_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Text:
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


def compiled(statement: Statement, dialect: Dialect, lengths: Mapping[str, int]) -> Text:
    """Return a statement's text for a dialect; ``lengths`` are those of the lists among its values."""
    made = statement.compile(dialect=dialect)
    assert isinstance(made, SQLCompiler)  # noqa: S101 which of the compilers it is
    binds = {name: bind for bind, name in made.bind_names.items()}

    def sample(name: str, bind: BindParameter[Any]) -> object:
        if name not in lengths:
            return bind.value
        member = (None,) * len(bind.type.types) if isinstance(bind.type, TupleType) else None
        return [member] * lengths[name]

    state = made.construct_expanded_state({name: sample(name, bind) for name, bind in binds.items()})
    return Text(
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


def unnested(table: Table, listed: Sequence[str], dialect: Dialect) -> Text:
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
    return Text(sql, None, {}, {}, ())
