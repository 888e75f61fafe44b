"""What a redemption weighs: `python benchmarks/size.py [--redemptions 3000]` prints one `name value` a line.

Redeems through the program's own services (two goods and one voucher each, as in the played quarter) on a PostgreSQL
with its defaults and on SQLite, and compares what tables, indexes and the write-ahead log came to before and after.
What is left of a page, and rows that were rewritten, count as they do in a real database.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import Connection, Engine, event, func, select

from love_market.app import create_app
from love_market.clock import utc_now
from love_market.config import Settings
from love_market.counter import service as counter
from love_market.counter.rules import BasketLine
from love_market.db import Base, db, new_id, transaction
from love_market.people.models import Staff
from love_market.people.rules import Guard, Role
from tests.databases import FILE, SECRET, fresh_database, migrate
from tests.ordeal.scene import Scene, Shop, furnish
from tests.server import start_cluster

MARKETS, HOUSEHOLDS = 8, 100
SIZES = """
    SELECT sum(pg_table_size(c.oid))::bigint, sum(pg_indexes_size(c.oid))::bigint, pg_current_wal_lsn() - '0/0'
    FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


def main() -> None:
    """Measure on both databases."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--redemptions", type=int, default=3000)
    parser.add_argument("--short", action="store_const", dest="redemptions", const=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="size-") as folder:
        on_sqlite(Path(folder), asked.redemptions)
        on_postgresql(Path(folder), asked.redemptions)


def on_sqlite(folder: Path, count: int) -> None:
    """Measure the file, and its log by keeping it from being folded back meanwhile."""
    settings = Settings(f"sqlite:///{(folder / FILE).as_posix()}", SECRET, folder)
    migrate(settings.database_url, folder)
    scene, log = furnish(settings, markets=MARKETS, households=HOUSEHOLDS), folder / f"{FILE}-wal"
    event.listen(Engine, "connect", _keep_log)

    def sizes(connection: Connection) -> Mapping[str, int]:
        return {
            "wal": log.stat().st_size if log.exists() else 0,
            "file": int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
            * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one()),
        }

    try:
        measure("sqlite", settings, scene, count, sizes)
    finally:
        event.remove(Engine, "connect", _keep_log)


def _keep_log(connection: object, _record: object) -> None:
    connection.execute("PRAGMA wal_autocheckpoint=0")  # type: ignore[attr-defined]


def on_postgresql(folder: Path, count: int) -> None:
    """Measure tables, indexes and the log of a server with its defaults: full pages are logged after a checkpoint."""
    # Not below the temporary folder, which the server's own user cannot enter.
    cluster = start_cluster(Path(tempfile.mkdtemp(prefix="size-pg-")), fsync=True, temporary=True)
    try:
        url = fresh_database(cluster.url, "size")
        settings = Settings(url, SECRET, folder)
        scene = furnish(settings, markets=MARKETS, households=HOUSEHOLDS)

        def sizes(connection: Connection) -> Mapping[str, int]:
            tables, indexes, log = connection.exec_driver_sql(SIZES).one()
            return {"tables": int(tables), "indexes": int(indexes), "wal": int(log)}

        measure("postgresql", settings, scene, count, sizes)
    finally:
        cluster.stop()


def measure(
    name: str, settings: Settings, scene: Scene, count: int, sizes: Callable[[Connection], Mapping[str, int]]
) -> None:
    """Redeem, a tenth of it beforehand so that every page and plan is warm, and print what each redemption added."""
    with opened(settings):
        redeem(scene, count // 10)
        with db.engine.connect() as connection:
            before, rows_before = sizes(connection), rows(connection)
        redeem(scene, count, skip=count // 10)
        with db.engine.connect() as connection:
            after, rows_after = sizes(connection), rows(connection)
    print(f"{name}.redemptions {count}")
    print(f"{name}.rows_per_redemption {(rows_after - rows_before) / count:.1f}")
    for what, size in after.items():
        print(f"{name}.{what}_bytes_per_redemption {(size - before[what]) / count:.0f}", flush=True)


def redeem(scene: Scene, count: int, *, skip: int = 0) -> None:
    """Redeem so often, market by market in turn: the next household's voucher, two goods."""
    with transaction() as session:
        ids = dict(session.execute(select(Staff.sign_in_name, Staff.id)).all())
    for number, shop in enumerate(islice(cycle(scene.markets), skip, skip + count), skip):
        paper = shop.vouchers[number // len(scene.markets) % (len(shop.vouchers) * 9 // 10)]
        with transaction() as session:
            counter.redeem(
                session,
                _clerk(shop, ids[f"clerk-{shop.village_code}"]),
                key=new_id(),
                voucher_ids=[UUID(paper.id)],
                basket=[BasketLine(UUID(good.id), 1, good.price) for good in shop.goods[:2]],
                at=utc_now(),
            )


def _clerk(shop: Shop, staff_id: UUID) -> Guard:
    return Guard.of_staff(UUID(shop.market_id), shop.village_code, staff_id, "王店", Role.CLERK)


def rows(connection: Connection) -> int:
    """Return how many rows all tables have."""
    return sum(
        int(connection.scalar(select(func.count()).select_from(table)) or 0) for table in Base.metadata.sorted_tables
    )


@contextmanager
def opened(settings: Settings) -> Iterator[None]:
    """Open an application on the database, its connections closed at the end."""
    with create_app(settings).app_context():
        try:
            yield
        finally:
            db.engine.dispose()


if __name__ == "__main__":
    main()
