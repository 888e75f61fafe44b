"""Making a backup of an installation: its books, its secret, its photos, while people go on working."""

import time
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.config import Settings
from love_market.errors import words
from love_market.upkeep.files import alone, remove_tree
from love_market.upkeep.keys import Keys
from love_market.upkeep.photos import Saved, lost_photos, save_photos
from love_market.upkeep.snapshots import NotTaken, Taken, database_file, take_postgresql, take_sqlite
from love_market.upkeep.store import BOOKS, BUSY, Backup, Header, Manifest, Store
from love_market.upkeep.watching import Watch, unwatched


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: how many photos are new in the store, how long it took, what its operator should know."""

    backup: Backup
    new_photos: int
    seconds: float
    warnings: tuple[str, ...]


def back_up(settings: Settings, folder: Path, keys: Keys, watch: Watch = unwatched) -> Made:
    """Make a complete backup of an installation in a store; nothing counts until all of it is on the disk.

    Raises ``Busy``, ``NotTaken``, ``CannotWrite`` and ``OSError``; what was begun is gone then.
    """
    store, started = Store(folder.absolute()), time.monotonic()
    with alone(store.lock, BUSY):
        begun_at = utc_now()
        backup_id, unfinished = store.begin(begun_at)
        try:
            taken = _take(settings, backup_id, unfinished / BOOKS, keys, watch)
            saved = save_photos(settings.instance, store, keys, watch)
            header = Header(
                id=backup_id,
                database="postgresql" if taken.server else "sqlite",
                begun_at=begun_at.isoformat(),
                finished_at=taken.finished_at.astimezone(UTC).isoformat(),
                program=version("love_market"),
                schema=taken.facts.schema,
                markets=len(taken.facts.heads),
                entries=taken.facts.entries,
                photos=sum(1 for _photo in store.photos.glob("*/*/*.age")),
                books_bytes=taken.sealed.size_bytes,
                recipients=keys.names,
                server=taken.server,
            )
            manifest = Manifest(
                header_sha256="",
                content_sha256=taken.sealed.content_sha256,
                secret_key=settings.secret_key,
                heads=taken.facts.heads,
                counts=taken.facts.counts,
            )
            backup = store.finish(unfinished, header, manifest, keys)
        except BaseException:
            remove_tree(unfinished)
            raise
        warnings = (*taken.warnings, *_photo_warnings(settings, store, saved))
    return Made(backup, saved.new, time.monotonic() - started, warnings)


def back_up_photos(settings: Settings, folder: Path, keys: Keys, watch: Watch = unwatched) -> Saved:
    """Save the photos alone: between two backups of a PostgreSQL whose log is archived all the time."""
    store = Store(folder.absolute())
    with alone(store.lock, BUSY):
        return save_photos(settings.instance, store, keys, watch)


def _take(settings: Settings, backup_id: str, target: Path, keys: Keys, watch: Watch) -> Taken:
    backend = make_url(settings.database_url).get_backend_name()
    if backend == "postgresql":
        return take_postgresql(settings.database_url, backup_id, target, keys, watch)
    if backend == "sqlite":
        return take_sqlite(database_file(settings.database_url), settings.instance, target, keys, watch)
    raise NotTaken(words("这种数据库（{backend}）不会备份，只会 SQLite 和 PostgreSQL。"), backend=backend)


def _photo_warnings(settings: Settings, store: Store, saved: Saved) -> tuple[str, ...]:
    """Say which photos are not safe: those that the books name and nobody has, those whose bytes are others."""
    engine = create_engine(settings.database_url)
    with Session(engine) as session:
        lost = lost_photos(session, store)
    engine.dispose()
    told = [words("账上有 {count} 张照片，文件夹里没有。").format(count=lost)] if lost else []
    if saved.faulty:
        told.append(
            words("有 {count} 张照片坏了，没有存：{first} …").format(count=len(saved.faulty), first=saved.faulty[0])
        )
    return tuple(told)
