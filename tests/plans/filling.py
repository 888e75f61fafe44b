"""Fills an empty migrated database with a county's history, set-based: COPY on PostgreSQL, many rows at once on SQLite.

Tables are filled as the program would leave them after those years; hashes are made up, so nothing here is verified.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, LargeBinary, Table, update

from love_market.db import Base, Id, new_id, reading, transaction
from love_market.ledger import service as ledger
from love_market.ledger.models import Book
from love_market.people.models import RoleGrant, Staff, StaffSession
from love_market.people.rules import Guard, Role
from love_market.places import service as places
from love_market.places.queries import children
from love_market.reports import rollups
from tests.plans import rows
from tests.plans.rows import COLUMNS, Market, Shape

COUNTY = "140221"
ROLES = (Role.CHAIR, Role.RECORDER, Role.CLERK, Role.PANEL_MEMBER)
_INDEXES = """
    SELECT indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND schemaname = 'public' AND indexname LIKE 'ix%%'
"""
_AT_ONCE = 20_000
_SESSIONS = 5_000


@dataclass(frozen=True, slots=True)
class Filled:
    """A market with its history, and who may look at it."""

    market_id: UUID
    village_code: str
    quarters: tuple[str, ...]
    staff: Guard
    household: Guard
    legs: int


@dataclass(frozen=True, slots=True)
class County:
    """What was filled: the markets in the order of their shapes, and the county's overseer."""

    markets: tuple[Filled, ...]
    overseer: Guard

    @property
    def legs(self) -> int:
        """How many legs there are altogether."""
        return sum(one.legs for one in self.markets)


def fill(engine: Engine, shapes: Sequence[Shape], at: datetime, told: Callable[[str], None] = lambda _: None) -> County:
    """Fill the running application's database with one market a shape; analysed at the end."""
    sink = _Copy(engine) if engine.dialect.name == "postgresql" else _Insert(engine)
    with transaction() as session:
        places.load_divisions(session)
        places.install(session, demonstration=False, at=at)
    with reading() as session:
        codes = [one.code for township in children(session, COUNTY) for one in children(session, township.code)]
    markets = tuple(_fill_one(sink, n, codes[n], shape, at, told) for n, shape in enumerate(shapes))
    overseer = _staff("县里", COUNTY, (Role.COUNTY_OVERSEER,), at)
    sink.analyse()
    for market in markets:
        _count_on(market.market_id, at)
    return County(markets, Guard.of_staff(markets[0].market_id, markets[0].village_code, overseer, "县里", *ROLES))


def _fill_one(
    sink: "_Copy | _Insert", number: int, code: str, shape: Shape, at: datetime, told: Callable[[str], None]
) -> Filled:
    with transaction() as session:
        opened = at - timedelta(days=92 * (shape.quarters + 2))
        market_id = places.open_market(session, name=f"{code}爱心超市", village_codes=[code], at=opened, key=new_id())
        ledger.open_book(session, market_id)
    staff_id = _staff(f"员{number}", code, ROLES, at)
    market = Market(number, market_id.hex, code, staff_id.hex, shape, at)
    for table, row in market.rows():
        sink.add(table, row)
    sink.flush()
    with transaction() as session:
        head = {"head_number": market.entries, "head_hash": f"{market.entries:064x}"}
        session.execute(update(Book).where(Book.market_id == market_id).values(head))
    told(code)
    staff = Guard.of_staff(market_id, code, staff_id, f"员{number}", *ROLES)
    home = UUID(rows.made(rows.HOUSEHOLD, number, 1))
    household = Guard.of_household(market_id, code, home, "姚0001")
    return Filled(market_id, code, tuple(map(str, market.quarters)), staff, household, shape.legs)


def _count_on(market_id: UUID, at: datetime) -> None:
    """Bring a market's rollup to where the program would have it."""
    left = 1
    while left:
        with transaction() as session:
            left = rollups.refresh(session, market_id, at=at)


def _staff(name: str, place_code: str, roles: Sequence[Role], at: datetime) -> UUID:
    staff_id, begun_at = new_id(), at - timedelta(days=40)
    with transaction() as session:
        session.add(Staff(id=staff_id, sign_in_name=f"{name}-{place_code}", name=name, password_hash="unset",
                          created_at=begun_at))  # fmt: skip
        session.flush()
        session.add_all(
            RoleGrant(staff_id=staff_id, place_code=place_code, role=role, granted_at=begun_at) for role in roles
        )
        session.add_all(
            StaffSession(id=new_id(), staff_id=staff_id, begun_at=begun_at, ended_at=begun_at) for _ in range(20)
        )
    return staff_id


class _Copy:
    """Takes rows to PostgreSQL by COPY; keys, triggers and floors are not looked at meanwhile."""

    def __init__(self, engine: Engine) -> None:
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._line = psycopg.connect(url, autocommit=True)
        self._line.execute("SET session_replication_role = replica")
        self._line.execute("SET synchronous_commit = off")
        self._line.execute("SET maintenance_work_mem = '512MB'")
        self._indexes = [str(text) for (text,) in self._line.execute(_INDEXES, [list(COLUMNS)])]
        for text in self._indexes:  # made at the end: quicker than a row at a time
            self._line.execute(f"DROP INDEX {text.split()[2]}".encode())
        self._kept: dict[str, io.StringIO] = {}
        self._count = 0
        self._bytes = {
            name: {i for i, column in enumerate(COLUMNS[name].split())
                   if isinstance(Base.metadata.tables[name].columns[column].type, LargeBinary)}
            for name in COLUMNS
        }  # fmt: skip

    def add(self, table: str, row: tuple[object, ...]) -> None:
        if self._bytes[table]:
            row = tuple(f"\\\\x{value}" if i in self._bytes[table] else value for i, value in enumerate(row))
        line = "\t".join(["\\N" if value is None else str(value) for value in row])
        self._kept.setdefault(table, io.StringIO()).write(line + "\n")
        self._count += 1
        if self._count >= _AT_ONCE * 10:
            self.flush()

    def flush(self) -> None:
        for table, lines in self._kept.items():
            columns = ", ".join(COLUMNS[table].split())
            with self._line.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(lines.getvalue())
        self._kept, self._count = {}, 0

    def analyse(self) -> None:
        self.flush()
        for text in self._indexes:
            self._line.execute(text.encode())
        self._line.execute("VACUUM ANALYZE")
        self._line.close()


class _Insert:
    """Takes rows to SQLite, many at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[str, list[tuple[object, ...]]] = {}
        self._count = 0
        self._bytes = {name: _as_bytes(Base.metadata.tables[name], COLUMNS[name].split()) for name in COLUMNS}

    def add(self, table: str, row: tuple[object, ...]) -> None:
        self._kept.setdefault(table, []).append(row)
        self._count += 1
        if self._count >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        with self._engine.connect() as connection:
            line: Any = connection.connection.dbapi_connection
            line.rollback()
            line.execute("PRAGMA foreign_keys=OFF")
            line.execute("PRAGMA synchronous=OFF")
            line.execute("BEGIN")
            for table, kept in self._kept.items():
                columns, marks = COLUMNS[table].split(), self._bytes[table]
                into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
                line.executemany(into, [
                    [bytes.fromhex(str(value)) if i in marks and value is not None
                     else str(value) if hasattr(value, "isoformat") else value for i, value in enumerate(row)]
                    for row in kept
                ])  # fmt: skip
            line.execute("COMMIT")
            line.execute("PRAGMA foreign_keys=ON")
            line.execute("PRAGMA synchronous=FULL")
        self._kept, self._count = {}, 0

    def analyse(self) -> None:
        self.flush()
        with self._engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()


def _as_bytes(table: Table, columns: Sequence[str]) -> set[int]:
    return {i for i, name in enumerate(columns) if isinstance(table.columns[name].type, Id | LargeBinary)}
