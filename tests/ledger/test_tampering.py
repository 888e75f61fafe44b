"""Altering any byte of any entry, leg or balance is found, and its place is named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.ledger import service
from love_market.ledger.rules import Address, Draft, Leg
from love_market.ledger.verify import verify
from tests.databases import without_triggers

GOOD = UUID(int=0xABCDEF)
# Of the bytes of a cell: all where they are kept as they are; on PostgreSQL, asked over a line, each third.
EACH = {"sqlite": 1, "postgresql": 3}
PLACE = {"sqlite": "rowid", "postgresql": "ctid"}
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass
class Books:
    engine: Engine
    market_id: UUID

    def alter(self, statement: str, **values: object) -> None:
        with Session(self.engine) as session, session.begin():
            without_triggers(session.connection())
            if self.engine.dialect.name == "sqlite":
                session.execute(text("PRAGMA ignore_check_constraints=ON"))
            session.execute(text(statement), values)

    def fault(self) -> tuple[int | None, str] | None:
        with Session(self.engine) as session:
            fault = verify(session, self.market_id).fault
        return None if fault is None else (fault.number, fault.what)


@pytest.fixture
def books(engine: Engine, open_market: Callable[[], UUID]) -> Books:
    """Five entries: a grant, an award, an issue, a redemption of points and goods, and its reversal."""
    market_id = open_market()
    quarter, household, voucher, lot = (new_id() for _ in range(4))
    at = datetime(2026, 10, 20, 2, 3, 4, 567890, tzinfo=UTC)
    shelf = Address("shelf", lot, GOOD)
    with Session(engine) as session, session.begin():
        for kind, moved in (
            ("grant", [Leg(Address("funding"), Address("budget", quarter), 500)]),
            ("receive", [Leg(Address("supplier", unit=GOOD), shelf, 12)]),
            ("award", [Leg(Address("budget", quarter), Address("household", household), 35)]),
            ("issue", [Leg(Address("household", household), Address("voucher", voucher), 35)]),
            (
                "redeem",
                [
                    Leg(Address("voucher", voucher), Address("redeemed"), 14),
                    Leg(shelf, Address("given", unit=GOOD), 2),
                ],
            ),
        ):
            service.post(session, market_id, Draft(kind, at, "staff:abc", "原因", new_id(), moved))
        service.reverse(session, market_id, 5, at=at, actor="staff:abc", reason="拿错了", key=new_id())
    books = Books(engine, market_id)
    assert books.fault() is None
    return books


def test_every_byte_of_every_cell(books: Books) -> None:
    """Flip the lowest bit of every byte of every cell of the four tables, one at a time; see ``EACH``."""
    flipped = 0
    with Session(books.engine) as session:
        without_triggers(session.connection())
        for table in ("entry", "leg", "account", "book"):
            for row in session.execute(
                text(f"SELECT {PLACE[books.engine.dialect.name]} AS place, * FROM {table}")
            ).all():
                kept = row._asdict()
                place = kept.pop("place")
                for column, value in kept.items():
                    for altered in _alterations(value)[:: EACH[books.engine.dialect.name]]:
                        if _is_found(session, books, (table, place, column), altered):
                            flipped += 1
                        else:
                            assert (table, column) == ("book", "market_id"), (table, place, column, value, altered)
    assert flipped > 1500 / EACH[books.engine.dialect.name]


def _is_found(session: Session, books: Books, cell: tuple[str, object, str], altered: object) -> bool:
    """Alter a cell, say whether anybody minds, and put it back."""
    table, place, column = cell
    where = f"{PLACE[books.engine.dialect.name]} = :place"
    before = session.begin_nested()
    try:
        session.execute(text(f"UPDATE {table} SET {column} = :value WHERE {where}"), {"value": altered, "place": place})
        session.expire_all()
        return verify(session, books.market_id).fault is not None
    except IntegrityError:
        return True  # the database itself refused: a floor, a key, an amount
    finally:
        before.rollback()


def _alterations(value: object) -> list[object]:
    """Return a value with one bit of one byte flipped, for each byte of what the database keeps of it."""
    match value:
        case None:
            return [1]
        case int():
            return [value ^ (1 << bit) for bit in (0, 1, 3, 7)]
        case bytes():
            return [*_flipped(value)]
        case UUID():
            return [UUID(bytes=raw) for raw in _flipped(value.bytes)]
        case datetime():
            microseconds = (value - EPOCH) // MICROSECOND
            return [EPOCH + int.from_bytes(raw) * MICROSECOND for raw in _flipped(microseconds.to_bytes(8))]
    return [raw.decode() for raw in _flipped(str(value).encode()) if _decodes(raw)]


def _flipped(raw: bytes) -> Iterator[bytes]:
    for at in range(len(raw)):
        yield raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def _decodes(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE leg SET amount = amount + 1 WHERE entry_number = 3", 3),
        ("UPDATE entry SET reason = '别的原因' WHERE number = 4", 4),
        ("UPDATE entry SET at = '2026-10-20T02:03:04.567891Z' WHERE number = 2", 2),
        ("DELETE FROM leg WHERE entry_number = 5 AND position = 2", 5),
        ("UPDATE account SET balance = balance + 1 WHERE kind = 'voucher'", 6),
        ("UPDATE account SET floor = -5 WHERE kind = 'household'", 4),
        ("UPDATE book SET head_hash = replace(head_hash, substr(head_hash, 1, 1), 'g')", 6),
    ],
)
def test_the_place_is_named(books: Books, statement: str, number: int) -> None:
    books.alter(statement)
    fault = books.fault()
    assert fault is not None
    assert fault[0] == number


def test_a_missing_entry_is_found(books: Books) -> None:
    books.alter("DELETE FROM leg WHERE entry_number = 6")
    assert books.fault() == (6, "has no legs")


def test_entries_and_legs_refuse_change(books: Books) -> None:
    for statement in (
        "UPDATE entry SET reason = ''",
        "DELETE FROM entry",
        "UPDATE leg SET amount = 1",
        "DELETE FROM leg",
    ):
        with Session(books.engine) as session, pytest.raises(IntegrityError, match="append-only"):
            session.execute(text(statement))


TWICE = "INSERT INTO entry SELECT {} FROM entry WHERE number = 5"
TWICE_OVER = "market_id, {number}, kind, at, actor, reason, {key}, input_hash, {reverses}, previous_hash, hash"
A_KEY = {"sqlite": "randomblob(16)", "postgresql": "gen_random_uuid()"}
FLOOR = {"sqlite": {"SQLITE_CONSTRAINT_CHECK"}, "postgresql": {"23514"}}
UNIQUE = {"sqlite": {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}, "postgresql": {"23505"}}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE account SET balance = -1 WHERE kind = 'voucher'", FLOOR),
        ("INSERT INTO leg SELECT market_id, 6, 9, unit, 'void', market_id, 'void', market_id, 1 FROM leg", FLOOR),
        (TWICE.format(TWICE_OVER.format(number=7, key="key", reverses="NULL")), UNIQUE),
        (TWICE.format(TWICE_OVER.format(number=5, key="{new}", reverses="NULL")), UNIQUE),
        (TWICE.format(TWICE_OVER.format(number=7, key="{new}", reverses=5)), UNIQUE),
    ],
    ids=["overdraft", "leg that moves nothing", "key twice", "number twice", "reversed twice"],
)
def test_the_last_line_is_the_database_s_and_says_which_it_is_by_its_code(
    books: Books, statement: str, code: dict[str, set[str]]
) -> None:
    dialect = books.engine.dialect.name
    with Session(books.engine) as session, pytest.raises(IntegrityError) as refused:
        session.execute(text(statement.format(new=A_KEY[dialect])))
    told = getattr(refused.value.orig, "sqlite_errorname" if dialect == "sqlite" else "sqlstate", None)
    assert told in code[dialect]
