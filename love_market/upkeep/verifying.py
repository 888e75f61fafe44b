"""Whether a restored database is what was backed up: its manifest's heads and counts, then every book recomputed."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import cpu_count, get_context
from pathlib import Path
from uuid import UUID

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from love_market.errors import Refused, words
from love_market.ledger.verify import verify
from love_market.places import queries as places
from love_market.upkeep.facts import Facts, facts, hash_at, newest_entry
from love_market.upkeep.store import Manifest
from love_market.upkeep.watching import Progress, Watch

# Below this one process is quicker than starting others, which load the program first.
_MANY_ENTRIES = 20_000
_GROWING = ("entry", "leg", "market", "staff", "household")
Migrate = Callable[[str, str, Path], None]
"""Brings a database (URL) to this program's tables, with its installation's secret and folder."""


class NotVerified(Refused):
    """What was restored is not what was backed up, or its books do not add up."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a restored database was found to hold: how much, each book's last number, the newest entry's time."""

    markets: int
    entries: int
    newest_at: datetime | None
    heads: dict[str, tuple[int, str]]


def check_file(path: Path) -> None:
    """Raise ``NotVerified`` where an SQLite file is not whole."""
    with closing(sqlite3.connect(path)) as connection:
        said = [row[0] for row in connection.execute("PRAGMA quick_check")]
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if said != ["ok"] or broken is not None:
        raise NotVerified(words("恢复出来的账本文件不完整：{what}。没有换上，请换一份备份。"), what=broken or said[0])


def compare(database_url: str, manifest: Manifest, *, exact: bool) -> Facts:
    """Compare a restored database with its manifest; raise ``NotVerified`` with the first difference.

    ``exact``: it is the snapshot itself. Otherwise it has gone on from there: every market's head of then must be in
    the book under its number, and no table whose rows are never removed may have fewer.
    """
    engine = create_engine(database_url)
    with Session(engine) as session:
        held = facts(session)
        for market, (number, head) in manifest.heads.items():
            if number and hash_at(session, UUID(market), number) != head:
                sentence = words("恢复出来的账里，超市 {market} 的第 {number} 笔和备份时记的不一样。没有换上。")
                raise NotVerified(sentence, market=market, number=number)
    engine.dispose()
    compared = manifest.counts if exact else [name for name in _GROWING if name in manifest.counts]
    for name in compared:
        before, now = manifest.counts[name], held.counts.get(name, 0)
        if now < before or (exact and now != before):
            sentence = words("恢复出来的 {name} 表有 {now} 行，备份时是 {before} 行。没有换上，请换一份备份。")
            raise NotVerified(sentence, name=name, now=now, before=before)
    if exact and held.heads != manifest.heads:
        raise NotVerified(words("恢复出来的账本比备份时多了或少了。没有换上，请换一份备份。"))
    return held


def check_schema(schema: str, program: str, migrations: Path) -> bool:
    """Return whether a database must be migrated first; raise ``NotVerified`` where its tables are newer than ours."""
    scripts = ScriptDirectory(str(migrations))
    if schema not in {script.revision for script in scripts.walk_revisions()}:
        sentence = words("这份备份是更新的程序（{program}）做的，这一版认不得它的表。请用那一版或更新的来恢复。")
        raise NotVerified(sentence, program=program)
    return schema != scripts.get_current_head()


def verify_books(database_url: str, watch: Watch) -> Proof:
    """Recompute every market's book; raise ``NotVerified`` with the first that does not add up."""
    engine = create_engine(database_url)
    with Session(engine) as session:
        markets, held, newest = list(places.market_ids(session)), facts(session), newest_entry(session)
        names = {market_id: places.market_name(session, market_id) for market_id in markets}
    engine.dispose()
    work = [(database_url, market_id) for market_id in markets]
    with watch("核对账本", held.entries, "笔") as progress:
        if held.entries < _MANY_ENTRIES or len(work) == 1:
            results = map(_verify, work)
            _check(results, names, progress)
        else:
            with get_context("spawn").Pool(min(cpu_count(), len(work))) as pool:
                _check(pool.imap_unordered(_verify, work, chunksize=1), names, progress)
    return Proof(len(markets), held.entries, newest, held.heads)


def _verify(work: tuple[str, UUID]) -> tuple[UUID, int, str | None]:
    """Recompute one book, in a process of its own perhaps; return its entries and what is wrong."""
    database_url, market_id = work
    engine = create_engine(database_url)
    with Session(engine) as session:
        verdict = verify(session, market_id)
    engine.dispose()
    fault = verdict.fault
    return market_id, verdict.entries, None if fault is None else f"{fault.number or '—'}: {fault.what}"


def _check(results: Iterable[tuple[UUID, int, str | None]], names: dict[UUID, str], progress: Progress) -> None:
    for market_id, entries, fault in results:
        if fault is not None:
            sentence = words("恢复出来的账不对：{name} 第 {fault}。没有换上，请换一份备份。")
            raise NotVerified(sentence, name=names[market_id], fault=fault)
        progress(entries)
