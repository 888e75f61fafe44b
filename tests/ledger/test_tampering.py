"""Altering any byte of any entry, leg or balance is found, and its place is named."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.ledger import service
from love_market.ledger.rules import Address, Draft, Leg
from love_market.ledger.verify import verify

GOOD = UUID(int=0xABCDEF)
TRIGGERS = ("tr_entry_no_update", "tr_entry_no_delete", "tr_leg_no_update", "tr_leg_no_delete")


@dataclass
class Books:
    engine: Engine
    market_id: UUID

    def alter(self, statement: str, **values: object) -> None:
        with Session(self.engine) as session, session.begin():
            for trigger in TRIGGERS:
                session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
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


def _columns(engine: Engine, table: str) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(row[1], row[2]) for row in connection.execute(text(f"PRAGMA table_info({table})"))]


def test_every_byte_of_every_cell(books: Books) -> None:
    """Flip the lowest bit of every byte of every cell of the three tables, one at a time."""
    flipped = 0
    for table in ("entry", "leg", "account", "book"):
        with books.engine.connect() as connection:
            rows = connection.execute(text(f"SELECT rowid, * FROM {table}")).mappings().all()
        for row in rows:
            for column, _ in _columns(books.engine, table):
                for altered in _alterations(row[column]):
                    where = f"{table}.{column} of row {row['rowid']}: {row[column]!r} -> {altered!r}"
                    with Session(books.engine) as session:
                        for trigger in TRIGGERS:
                            session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
                        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
                        try:
                            session.execute(
                                text(f"UPDATE {table} SET {column} = :value WHERE rowid = :row"),
                                {"value": altered, "row": row["rowid"]},
                            )
                        except IntegrityError:
                            continue  # the database itself refused: a floor, a key, an amount
                        session.expire_all()
                        if column == "market_id" and table == "book":
                            session.rollback()
                            continue  # another market's book: verified under its own name, not this one's
                        fault = verify(session, books.market_id).fault
                        assert fault is not None, where
                        session.rollback()
                    flipped += 1
    assert flipped > 2000


def _alterations(value: object) -> list[object]:
    if value is None:
        return [1]
    if isinstance(value, int):
        return [value ^ (1 << bit) for bit in (0, 1, 3, 7)]
    raw = value if isinstance(value, bytes) else str(value).encode()
    flipped = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    return [
        one if isinstance(value, bytes) else one.decode("utf-8", "surrogateescape") for one in flipped if _decodes(one)
    ]


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


def test_an_overdraft_fails_in_the_database_too(books: Books) -> None:
    with Session(books.engine) as session, pytest.raises(IntegrityError, match="ck_account_floor"):
        session.execute(text("UPDATE account SET balance = -1 WHERE kind = 'voucher'"))
