"""Every statement on a market's tables names the market as a bound value, so that it goes to where the market is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event

from love_market.db import new_id, transaction
from love_market.upkeep.tables import of_markets
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.databases import Database
from tests.plays.shell import VILLAGE, installation
from tests.upkeep.villages import play

NAMES = "|".join(table.name for table in of_markets())
# A table of a market's where a statement takes it up, with the name it goes by there.
TAKEN_UP = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO|USING|,)\s+({NAMES})\b(?: AS (\w+))?(?!\s*\.)")
# A bound value as either driver's statements spell it, maybe with its type.
BOUND = r"(?:\?|:\w+|%\(\w+\)s|%s|\$\d+)(?:::\w+)?"

# The one question that cannot name a market yet: which of them serves a village. It takes up no other market's table.
ASKS_WHERE = re.compile(
    rf"SELECT (?!.*\b(?:FROM|JOIN) (?!market\b)(?:{NAMES})\b).* FROM place .*"
    rf"WHERE place\.code = {BOUND}(?:\) AS here\b.*)?$"
)


@contextmanager
def heard() -> Iterator[list[tuple[str, Sequence[Any]]]]:
    """Collect the statements of this process, each with what was bound to it, one entry for each row of many."""
    statements: list[tuple[str, Sequence[Any]]] = []

    def hear(_c: Connection, _cursor: object, statement: str, bound: Any, _context: object, many: bool) -> None:  # noqa: ANN401, FBT001
        said = " ".join(statement.split())
        statements.extend((said, _values(values)) for values in (bound if many else [bound]))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def _values(bound: Mapping[str, Any] | Sequence[Any] | None) -> Sequence[Any]:
    return list(bound.values()) if isinstance(bound, Mapping) else list(bound or ())


def names_market(value: object, market_id: UUID) -> bool:
    """Whether a bound value is the market, as either driver takes it; a column of rows is when all of them are."""
    if isinstance(value, list):
        return bool(value) and all(names_market(one, market_id) for one in value)
    return (bytes(value) if isinstance(value, memoryview) else value) in (market_id, market_id.bytes)


def astray(statement: str, values: Sequence[Any], market_id: UUID) -> str:
    """Return why a statement could not be sent to where the market is; an empty text where it could."""
    tables = {alias or name: name for name, alias in TAKEN_UP.findall(statement)}
    if tables and not any(names_market(value, market_id) for value in values):
        return "the market is not among its values"
    for called, name in tables.items():
        column = "id" if name == "market" else "market_id"
        inserted = rf"INTO {name} \([^)]*\b{column}\b"
        compared = (
            rf"\b{called}\.{column} = (?:{BOUND}|\w+\.(?:market_id|id)\b)|\.(?:market_id|id) = {called}\.{column}\b"
        )
        if not re.search(f"{inserted}|{compared}", statement):
            return f"{called} is taken up without its {column}"
    changed = re.match(rf"UPDATE (?:{NAMES}) SET (.*?)(?: FROM | WHERE |$)", statement)
    return "a row is given to another market" if changed and re.search(r"\bmarket_id\s?=", changed[1]) else ""


def strays(statements: Sequence[tuple[str, Sequence[Any]]], market_id: UUID) -> dict[str, str]:
    """Return the statements that could not be sent to where the market is, each with why; without the one that asks."""
    found = {statement: astray(statement, values, market_id) for statement, values in statements}
    return {statement: why for statement, why in found.items() if why and not ASKS_WHERE.match(statement)}


def test_a_quarter_of_a_village(database: Database, tmp_path: Path) -> None:
    at = installation(tmp_path / "village", database)
    assert at.type("open-market", "--village", VILLAGE).exit_code == 0
    market_id = at.value("SELECT id FROM market")
    with heard() as statements:
        play(at, "2026Q3")
    assert strays(statements, market_id) == {}
    assert len(statements) > 500


def test_a_redemption_over_http(village: Village, client: FlaskClient, clock: Clock) -> None:
    with transaction() as session:
        shop = made.shop(session, village, clock())
    sign_in(client, village.clerk)
    asked = {
        "key": str(new_id()),
        "voucher_ids": [str(shop.vouchers[0].id)],
        "basket": [{"good_id": str(shop.goods["挂面"]), "quantity": 2, "points_each": 8}],
    }
    with heard() as statements:
        assert client.post(f"/api/v1/v/{VILLAGE}/scan", json={"scan": shop.urls[0]}).status_code == 200
        assert client.post(f"/api/v1/v/{VILLAGE}/redemptions", json=asked).status_code == 200
    assert strays(statements, village.market_id) == {}
    kept = {name for statement, _ in statements for name in re.findall(r"INSERT INTO (\w+)", statement)}
    assert {"entry", "leg", "redemption", "redemption_good", "redemption_voucher"} <= kept


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("SELECT leg.unit FROM leg WHERE leg.market_id = ?", ""),
        ("SELECT leg.unit FROM leg WHERE leg.entry_number = ?", "leg is taken up without its market_id"),
        (
            "SELECT 1 FROM entry JOIN leg ON leg.entry_number = entry.number WHERE entry.market_id = ?",
            "leg is taken up",
        ),
        ("SELECT 1 FROM entry JOIN leg ON leg.market_id = entry.market_id WHERE entry.market_id = ?", ""),
        ("SELECT 1 FROM voucher AS old WHERE voucher.market_id = ?", "old is taken up without its market_id"),
        ("INSERT INTO leg (entry_number) VALUES (?)", "leg is taken up without its market_id"),
        ("UPDATE good SET market_id=? WHERE good.market_id = ?", "a row is given to another market"),
        ("SELECT name FROM place", ""),
    ],
)
def test_what_is_told_apart(statement: str, why: str) -> None:
    market_id = new_id()
    said = astray(statement, [market_id], market_id)
    assert said.startswith(why)
    assert bool(said) == bool(why)
    assert bool(astray(statement, [new_id()], market_id)) == ("place" not in statement)
