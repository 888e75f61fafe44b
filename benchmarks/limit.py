"""The limit of a redemption: its rows and nothing else, written by the bare driver in one durable transaction.

On PostgreSQL one statement, prepared, commits by itself; on SQLite a statement a table between BEGIN IMMEDIATE and
COMMIT with synchronous=FULL. No rule is asked, no hash computed, no signature checked: nothing that does this job
durably can be quicker. Run as a process of its own: `python -m benchmarks.limit URL SCENE CLERKS SECONDS MARKETS`
prints the seconds of each redemption as JSON.
"""

import json
import random
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy.engine import make_url

from tests.ordeal.scene import Scene, Shop

POINTS = NOBODY = UUID(int=0)
_HASH = "0" * 64

_POSTGRESQL = """
WITH head AS (
    UPDATE book SET head_number = head_number + 1, head_hash = %(hash)s WHERE market_id = %(market)s
    RETURNING head_number
), moved AS (
    UPDATE account SET balance = account.balance + given.change
    FROM unnest(%(kinds)s::varchar[], %(owners)s::uuid[], %(units)s::uuid[], %(changes)s::bigint[])
        AS given(kind, owner, unit, change)
    WHERE market_id = %(market)s AND account.kind = given.kind AND account.owner = given.owner
        AND account.unit = given.unit
), written AS (
    INSERT INTO entry (market_id, number, kind, at, actor, reason, key, input_hash, previous_hash, hash)
    SELECT %(market)s, head_number, 'redeem', %(at)s, %(actor)s, '兑换', %(key)s, %(hash)s, %(hash)s, %(hash)s FROM head
), legs AS (
    INSERT INTO leg (market_id, entry_number, position, unit, source_kind, source_owner, destination_kind,
        destination_owner, amount)
    SELECT %(market)s, head_number, given.* FROM head, unnest(%(positions)s::smallint[], %(leg_units)s::uuid[],
        %(source_kinds)s::varchar[], %(source_owners)s::uuid[], %(destination_kinds)s::varchar[],
        %(destination_owners)s::uuid[], %(amounts)s::bigint[]) AS given
), redeemed AS (
    INSERT INTO redemption (market_id, id, entry_number, clerk_id, redeemed_at, total_points, undone_reason)
    SELECT %(market)s, %(key)s, head_number, %(clerk)s, %(at)s, %(total)s, '' FROM head
), goods AS (
    INSERT INTO redemption_good (market_id, redemption_id, position, good_id, lot_id, quantity, points_each)
    SELECT %(market)s, %(key)s, given.* FROM unnest(%(good_positions)s::smallint[], %(goods)s::uuid[],
        %(lots)s::uuid[], %(quantities)s::int[], %(prices)s::int[]) AS given
)
INSERT INTO redemption_voucher (market_id, redemption_id, voucher_id, amount_points, balance_after_points)
SELECT %(market)s, %(key)s, given.* FROM unnest(%(vouchers)s::uuid[], %(paid)s::int[], %(left)s::int[]) AS given
"""
_SQLITE = {
    "moved": "UPDATE account SET balance = balance + ? WHERE market_id = ? AND kind = ? AND owner = ? AND unit = ?",
    "entry": "INSERT INTO entry VALUES (?, ?, 'redeem', ?, ?, '兑换', ?, ?, NULL, ?, ?)",
    "legs": "INSERT INTO leg VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "redemption": "INSERT INTO redemption (market_id, id, entry_number, clerk_id, redeemed_at, total_points,"
    " undone_reason) VALUES (?, ?, ?, ?, ?, ?, '')",
    "goods": "INSERT INTO redemption_good (market_id, redemption_id, position, good_id, lot_id, quantity, points_each)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)",
    "vouchers": "INSERT INTO redemption_voucher (market_id, redemption_id, voucher_id, amount_points,"
    " balance_after_points) VALUES (?, ?, ?, ?, ?)",
}


class Basket:
    """What one redemption of the scene's kind writes: as many legs, goods and vouchers as the clerks' baskets have."""

    def __init__(self, shop: Shop, lots: dict[str, str], clerk: UUID, rng: random.Random) -> None:
        self.market, self.key, self.clerk, self.at = UUID(shop.market_id), uuid4(), clerk, datetime.now(UTC)
        goods = rng.sample(shop.goods, rng.randint(1, 3))
        self.goods = [(UUID(one.id), UUID(lots[one.id]), rng.randint(1, 2), one.price) for one in goods]
        self.total = sum(quantity * price for _, _, quantity, price in self.goods)
        papers = rng.sample(shop.vouchers, 2 if self.total > 1 and rng.random() < 0.1 else 1)
        first, rest = self.total - len(papers) + 1, [1] * (len(papers) - 1)
        self.paid = [(UUID(one.id), points) for one, points in zip(papers, [first, *rest], strict=True)]
        self.legs = [(POINTS, "voucher", voucher, "redeemed", NOBODY, points) for voucher, points in self.paid]
        self.legs += [(good, "shelf", lot, "given", NOBODY, quantity) for good, lot, quantity, _ in self.goods]
        self.changes: dict[tuple[str, UUID, UUID], int] = {}
        for unit, kind, owner, to_kind, to_owner, amount in self.legs:
            for account, change in (((kind, owner, unit), -amount), ((to_kind, to_owner, unit), amount)):
                self.changes[account] = self.changes.get(account, 0) + change


def on_postgresql(url: str, lots: dict[str, str], clerk: UUID) -> Callable[[Shop, random.Random], None]:
    """Return what writes one redemption on a connection of its own."""
    connection = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False), autocommit=True)

    def write(shop: Shop, rng: random.Random) -> None:
        one = Basket(shop, lots, clerk, rng)
        accounts, legs = sorted(one.changes.items()), list(zip(*one.legs, strict=True))
        good_ids, lot_ids, quantities, prices = (list(column) for column in zip(*one.goods, strict=True))
        connection.execute(
            _POSTGRESQL,
            {
                "market": one.market, "key": one.key, "at": one.at, "clerk": one.clerk, "total": one.total,
                "hash": _HASH, "actor": "员",
                "kinds": [account[0] for account, _ in accounts], "owners": [account[1] for account, _ in accounts],
                "units": [account[2] for account, _ in accounts], "changes": [change for _, change in accounts],
                "positions": list(range(1, len(one.legs) + 1)), "leg_units": list(legs[0]),
                "source_kinds": list(legs[1]), "source_owners": list(legs[2]), "destination_kinds": list(legs[3]),
                "destination_owners": list(legs[4]), "amounts": list(legs[5]),
                "good_positions": list(range(1, len(good_ids) + 1)), "goods": good_ids, "lots": lot_ids,
                "quantities": quantities, "prices": prices, "vouchers": [voucher for voucher, _ in one.paid],
                "paid": [points for _, points in one.paid], "left": [0 for _ in one.paid],
            },
            prepare=True,
        )  # fmt: skip

    return write


def on_sqlite(
    url: str, lots: dict[str, str], clerk: UUID, turn: threading.Lock
) -> Callable[[Shop, random.Random], None]:
    """Return what writes one redemption; threads take turns, which waiting inside SQLite would only make slower."""
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None, check_same_thread=False)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")

    def write(shop: Shop, rng: random.Random) -> None:
        one = Basket(shop, lots, clerk, rng)
        market, key, at = one.market.bytes, one.key.bytes, one.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        moved = [(change, market, kind, owner.bytes, unit.bytes) for (kind, owner, unit), change in one.changes.items()]
        with turn:
            connection.execute("BEGIN IMMEDIATE")
            ((number,),) = connection.execute(
                "UPDATE book SET head_number = head_number + 1, head_hash = ?"
                " WHERE market_id = ? RETURNING head_number",
                (_HASH, market),
            ).fetchall()
            legs = [
                (market, number, n, unit.bytes, kind, owner.bytes, to_kind, to_owner.bytes, amount)
                for n, (unit, kind, owner, to_kind, to_owner, amount) in enumerate(one.legs, 1)
            ]
            goods = [
                (market, key, n, good.bytes, lot.bytes, quantity, price)
                for n, (good, lot, quantity, price) in enumerate(one.goods, 1)
            ]
            connection.executemany(_SQLITE["moved"], moved)
            connection.execute(_SQLITE["entry"], (market, number, at, "员", key, _HASH, _HASH, _HASH))
            connection.executemany(_SQLITE["legs"], legs)
            connection.execute(_SQLITE["redemption"], (market, key, number, one.clerk.bytes, at, one.total))
            connection.executemany(_SQLITE["goods"], goods)
            connection.executemany(
                _SQLITE["vouchers"], [(market, key, voucher.bytes, points, 0) for voucher, points in one.paid]
            )
            connection.execute("COMMIT")

    return write


def facts(url: str) -> tuple[dict[str, str], UUID]:
    """Return the lot of each good and a member of staff, read once before anything is timed."""
    if url.startswith("sqlite"):
        with sqlite3.connect(str(make_url(url).database)) as reading:
            lots: list[Any] = reading.execute("SELECT good_id, id FROM lot").fetchall()
            ((clerk,),) = reading.execute("SELECT id FROM staff LIMIT 1").fetchall()
        return {str(UUID(bytes=good)): str(UUID(bytes=lot)) for good, lot in lots}, UUID(bytes=clerk)
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as asking:
        lots = asking.execute("SELECT good_id, id FROM lot").fetchall()
        ((member,),) = asking.execute("SELECT id FROM staff LIMIT 1").fetchall()
    return {str(good): str(lot) for good, lot in lots}, member


def main() -> None:
    """Redeem for some seconds with some clerks; print what each redemption took."""
    url, scene_file, clerks, seconds, first = (
        sys.argv[1],
        sys.argv[2],
        int(sys.argv[3]),
        float(sys.argv[4]),
        sys.argv[5],
    )
    scene = Scene.from_json(Path(scene_file).read_text())
    shops = [scene.markets[0 if first == "hot" else number % len(scene.markets)] for number in range(clerks)]
    lots, clerk = facts(url)
    turn, took = threading.Lock(), list[float]()
    gate = threading.Barrier(clerks + 1)

    def work(number: int) -> None:
        write = on_sqlite(url, lots, clerk, turn) if url.startswith("sqlite") else on_postgresql(url, lots, clerk)
        rng = random.Random(number)
        for _ in range(8):
            write(shops[number], rng)
        gate.wait()
        ends = time.monotonic() + seconds
        while (began := time.monotonic()) < ends:
            write(shops[number], rng)
            took.append(time.monotonic() - began)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clerks)]
    for thread in threads:
        thread.start()
    gate.wait()
    for thread in threads:
        thread.join()
    json.dump(took, sys.stdout)


if __name__ == "__main__":
    main()
