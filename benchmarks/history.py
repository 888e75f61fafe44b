"""A past for a benchmark's markets: redemptions as earlier years would have left them, written without being checked.

Hashes are made up, so nothing of this verifies; the next entry's number follows the last.
"""

import hashlib
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.limit import NOBODY, POINTS, facts
from tests.ordeal.scene import Scene, Shop

TABLES = {
    "entry": "market_id, number, kind, at, actor, reason, key, input_hash, reverses, previous_hash, hash",
    "leg": "market_id, entry_number, position, unit, source_kind, source_owner, destination_kind, destination_owner,"
    " amount",
    "redemption": "market_id, id, entry_number, clerk_id, redeemed_at, total_points, undone_reason",
    "redemption_good": "market_id, redemption_id, position, good_id, lot_id, quantity, points_each",
    "redemption_voucher": "market_id, redemption_id, voucher_id, amount_points, balance_after_points",
}
_BEGAN = datetime(2016, 1, 4, 1, 0, tzinfo=UTC)


def remember(url: str, scene: Scene, redemptions: int) -> None:
    """Give each market so many redemptions of the past, of two goods each."""
    lots, clerk = facts(url)
    writer = _write_sqlite if url.startswith("sqlite") else _write_postgresql
    for shop in scene.markets:
        writer(url, shop, redemptions, lots, clerk)


def _rows(shop: Shop, first: int, count: int, lots: dict[str, str], clerk: UUID) -> dict[str, list[tuple[Any, ...]]]:
    market, rng = UUID(shop.market_id), random.Random(shop.market_id)
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    for number in range(first, first + count):
        key, at, digest = uuid4(), _BEGAN + timedelta(minutes=number), hashlib.sha256(str(number).encode()).hexdigest()
        voucher, goods = UUID(rng.choice(shop.vouchers).id), rng.sample(shop.goods, 2)
        total = sum(good.price for good in goods)
        rows["entry"].append((market, number, "redeem", at, "员", "兑换", key, digest, None, digest, digest))
        rows["leg"].append((market, number, 1, POINTS, "voucher", voucher, "redeemed", NOBODY, total))
        rows["redemption"].append((market, key, number, clerk, at, total, ""))
        rows["redemption_voucher"].append((market, key, voucher, total, 0))
        for position, good in enumerate(goods, 1):
            unit, lot = UUID(good.id), UUID(lots[good.id])
            rows["leg"].append((market, number, position + 1, unit, "shelf", lot, "given", NOBODY, 1))
            rows["redemption_good"].append((market, key, position, unit, lot, 1, good.price))
    return rows


def _write_postgresql(url: str, shop: Shop, count: int, lots: dict[str, str], clerk: UUID) -> None:
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as line:
        line.execute("SET session_replication_role = replica")
        head = line.execute("SELECT head_number FROM book WHERE market_id = %s", (shop.market_id,)).fetchone()
        for table, rows in _rows(shop, (head or (0,))[0] + 1, count, lots, clerk).items():
            with line.cursor().copy(f"COPY {table} ({TABLES[table]}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        line.execute("UPDATE book SET head_number = head_number + %s WHERE market_id = %s", (count, shop.market_id))
        line.execute(
            "INSERT INTO account SELECT market_id, destination_kind, destination_owner, unit, 0, 0 FROM leg"
            " WHERE market_id = %s AND destination_kind IN ('redeemed', 'given')"
            " GROUP BY 1, 2, 3, 4 ON CONFLICT DO NOTHING",
            (shop.market_id,),
        )
        line.commit()
        line.autocommit = True
        line.execute("ANALYZE")


def _write_sqlite(url: str, shop: Shop, count: int, lots: dict[str, str], clerk: UUID) -> None:
    market = UUID(shop.market_id).bytes
    with closing(sqlite3.connect(str(make_url(url).database))) as line:
        ((head,),) = line.execute("SELECT head_number FROM book WHERE market_id = ?", (market,)).fetchall()
        for table, rows in _rows(shop, head + 1, count, lots, clerk).items():
            places = ", ".join("?" * len(TABLES[table].split(",")))
            line.executemany(f"INSERT INTO {table} ({TABLES[table]}) VALUES ({places})", _spelled(rows))
        line.execute("UPDATE book SET head_number = head_number + ? WHERE market_id = ?", (count, market))
        line.execute(
            "INSERT OR IGNORE INTO account SELECT DISTINCT market_id, destination_kind, destination_owner, unit, 0, 0"
            " FROM leg WHERE market_id = ? AND destination_kind IN ('redeemed', 'given')",
            (market,),
        )
        line.commit()


def _spelled(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Return rows as SQLite holds them."""
    for row in rows:
        yield tuple(
            value.bytes
            if isinstance(value, UUID)
            else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            if isinstance(value, datetime)
            else value
            for value in row
        )
