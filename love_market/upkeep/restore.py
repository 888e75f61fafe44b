"""Bringing an installation back from a backup: built beside its place, verified, and only then put there."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyrage import x25519
from sqlalchemy import create_engine
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.errors import Refused, words
from love_market.upkeep.cluster import check_reachable
from love_market.upkeep.photos import take_photos
from love_market.upkeep.places import building, give_like
from love_market.upkeep.recovering import NotRecovered, as_owner, recovered, unpack
from love_market.upkeep.replaying import lay_out, refuse_gap, usable_log
from love_market.upkeep.sealed import unseal
from love_market.upkeep.store import BOOKS, Backup, Manifest, Server, check_content
from love_market.upkeep.verifying import Migrate, Proof, check_file, check_schema, compare, verify_books
from love_market.upkeep.watching import Watch

_DATABASE = "love_market.sqlite3"


class PhotosLost(Refused):
    """Photos that the books name are not in the store, or not as they were."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to bring back: which backup, with which keys, up to when (None: all there is), and how it is migrated."""

    backup: Backup
    identities: Sequence[x25519.Identity]
    migrate: Migrate
    migrations: Path
    until: datetime | None = None
    without_lost_photos: bool = False


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What was brought back and found right: the books, how many photos, how many are lost (if that was accepted)."""

    proof: Proof
    photos: int
    lost_photos: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore that is in its place: what it holds, and where what was there before lies now."""

    held: BroughtBack
    before: tuple[Path, ...]


def restore(wanted: Wanted, instance: Path, data: Path | None, watch: Watch, *, replace: bool) -> Restored:
    """Restore an installation into folders that are not there, or are to be replaced.

    ``data`` is the new data directory of PostgreSQL and goes first; a kill between the two leaves photos and secret as
    they were, which go with the books as well, and the same command again ends it. Raises what can be wrong with a
    backup; then nothing has changed.
    """
    server = wanted.backup.header.server
    if server and data is None:
        raise Refused(words("这是 PostgreSQL 的备份，还要写 --data：新的数据目录放在哪里。"))
    with ExitStack() as stack:
        now = utc_now()
        folder = stack.enter_context(building(instance, now, replace=replace))
        targets = [folder]
        if server and data is not None:
            targets.insert(0, stack.enter_context(building(data, now, replace=replace)))
            check_reachable(targets[0].room)
        with brought_back(wanted, folder.built, targets[0].built, watch) as held:
            """Verified; the server stops here."""
        give_like(folder)
        before = [target.put_in_place() for target in targets]
    return Restored(held, tuple(path for path in before if path is not None))


@contextmanager
def brought_back(wanted: Wanted, instance: Path, data: Path, watch: Watch) -> Iterator[BroughtBack]:
    """Build an installation's folder (and PostgreSQL's data directory) and yield what they hold once it is verified.

    Both folders are there and empty. Inside the block PostgreSQL runs, ready to serve; at its end it is stopped.
    """
    manifest = wanted.backup.manifest(wanted.identities)
    with os.fdopen(os.open(instance / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(manifest.secret_key)
    server = wanted.backup.header.server
    if server is None:
        yield _verified(wanted, _sqlite(wanted, manifest, instance, watch), manifest, instance, watch)
    else:
        with _postgresql(wanted, manifest, server, data, watch) as url:
            yield _verified(wanted, url, manifest, instance, watch)


def _sqlite(wanted: Wanted, manifest: Manifest, instance: Path, watch: Watch) -> str:
    """Unseal an SQLite database into an installation's folder; return its URL."""
    path = instance / _DATABASE
    with path.open("xb") as file, watch("账本", None, "B") as progress:
        content = unseal(wanted.backup.folder / BOOKS, file, wanted.identities, progress)
    path.chmod(0o600)
    check_content(wanted.backup, manifest, content)
    check_file(path)
    return URL.create("sqlite", database=str(path)).render_as_string()


@contextmanager
def _postgresql(wanted: Wanted, manifest: Manifest, server: Server, data: Path, watch: Watch) -> Iterator[str]:
    """Bring PostgreSQL up from its base backup and log; yield its database's URL."""
    usable = usable_log(wanted.backup.store, server)
    if wanted.until is None:
        refuse_gap(usable)
    log = data.with_name(f"{data.name}.wal")
    lay_out(usable, log, wanted.identities, watch)
    with watch("账本", None, "B") as progress:
        content = unpack(wanted.backup.folder / BOOKS, data, wanted.identities, progress)
    check_content(wanted.backup, manifest, content)
    try:
        with recovered(data, log, server, wanted.until, watch) as url:
            yield url
    except NotRecovered:
        refuse_gap(usable)
        raise


def _verified(wanted: Wanted, url: str, manifest: Manifest, instance: Path, watch: Watch) -> BroughtBack:
    """Compare with the manifest, migrate where the program is newer, recompute the books, take the photos they name."""
    header = wanted.backup.header
    held = compare(url, manifest, exact=header.server is None)
    if check_schema(held.schema, header.program, wanted.migrations):
        wanted.migrate(as_owner(url), manifest.secret_key, instance)
    proof = verify_books(url, watch)
    engine = create_engine(url)
    with Session(engine) as session:
        photos, lost = take_photos(session, wanted.backup.store, instance, wanted.identities, watch)
    engine.dispose()
    if lost and not wanted.without_lost_photos:
        sentence = words(
            "账上有的照片，备份里缺了或坏了 {count} 张，头一张是 {first}。"
            "请从另一份拷贝里补上；真找不回来了，加 --without-lost-photos。"
        )
        raise PhotosLost(sentence, count=len(lost), first=lost[0])
    return BroughtBack(proof, photos, len(lost))
