"""The folder that backups are kept in, and what each says about itself.

    STORE/backups/<when>-<random>/header.json   what is in it: no secret, nothing about a person
                                  manifest.age  what a restore must find again, and the header's hash
                                  books.age     the SQLite file, or the PostgreSQL cluster's base backup (tar)
    STORE/photos/{evidence,goods}/<market>/<sha256>.jpg.age    each once, for all backups
    STORE/wal/<cluster>/<first 16 digits>/<segment>-<sha256>.age

A backup's folder gets its name when all in it is on the disk; what begins with a dot is unfinished or on its way out.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

from pyrage import x25519

from love_market.clock import village_time
from love_market.errors import NotFound, words
from love_market.upkeep.files import make_folder, sync_folder
from love_market.upkeep.keys import Keys
from love_market.upkeep.sealed import Damaged, seal, unseal

FORMAT = "love-market-backup 1"
BUSY = words("另一个备份正在往这里写。请等它做完再来。")
BOOKS, HEADER, MANIFEST = "books.age", "header.json", "manifest.age"


class NoBackup(NotFound):
    """There is no complete backup where one was looked for."""


@dataclass(frozen=True, slots=True)
class Server:
    """Which PostgreSQL a base backup comes from, and the segments of its log (WAL) that make the backup consistent."""

    version: int
    cluster: str
    database: str
    superuser: str
    first_segment: str
    end_segment: str
    segment_bytes: int

    @property
    def major(self) -> int:
        """The major version: a restore needs the same."""
        return self.version // 10_000

    @property
    def timeline(self) -> int:
        """The timeline that the backup was taken on."""
        return int(self.first_segment[:8], 16)


@dataclass(frozen=True, slots=True)
class Header:
    """What anyone may read about a backup. Times are ISO 8601 in UTC; for PostgreSQL by the server's clock."""

    id: str
    database: str
    begun_at: str
    finished_at: str
    program: str
    schema: str
    markets: int
    entries: int
    photos: int
    books_bytes: int
    recipients: tuple[str, ...]
    server: Server | None = None
    format: str = FORMAT

    @property
    def finished(self) -> datetime:
        """When everything that the backup holds had been written."""
        return datetime.fromisoformat(self.finished_at)

    @property
    def source(self) -> str:
        """What it is a backup of: ``sqlite``, or the PostgreSQL cluster's identifier."""
        return self.server.cluster if self.server else self.database

    def written(self) -> bytes:
        """Return the header as it stands in its file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read a header; raise ``ValueError``, ``TypeError`` or ``KeyError`` on anything else."""
        said: dict[str, Any] = json.loads(data)
        if said.get("format") != FORMAT:
            raise ValueError(said.get("format"))
        said["server"] = Server(**said["server"]) if said["server"] else None
        said["recipients"] = tuple(said["recipients"])
        return cls(**said)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What only the key's holder reads: the installation's secret, and what a restore must find again.

    ``heads`` are the books' numbers and hashes by market; ``counts`` are rows by table. On SQLite they are those of the
    very snapshot; on PostgreSQL those of a moment before the backup began, so that a restore has at least them.
    """

    header_sha256: str
    content_sha256: str
    secret_key: str
    heads: dict[str, tuple[int, str]]
    counts: dict[str, int]
    extras: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backup:
    """A complete backup: its folder and its header."""

    folder: Path
    header: Header

    @property
    def store(self) -> "Store":
        """The store that it lies in."""
        return Store(self.folder.parent.parent)

    def manifest(self, identities: Sequence[x25519.Identity]) -> Manifest:
        """Open the manifest; raise ``Damaged`` where header or manifest were changed, or another key locked them."""
        names = {str(identity.to_public()) for identity in identities}
        if not names & set(self.header.recipients):
            sentence = words("钥匙不对：备份 {id} 要用 {recipients} 这一把来开。请换那一把钥匙。")
            raise Damaged(sentence, id=self.header.id, recipients="、".join(self.header.recipients))
        opened = io.BytesIO()
        unseal(self.folder / MANIFEST, opened, identities)
        said = json.loads(opened.getvalue())
        said["heads"] = {market: (number, head) for market, (number, head) in said["heads"].items()}
        manifest = Manifest(**said)
        if manifest.header_sha256 != hashlib.sha256((self.folder / HEADER).read_bytes()).hexdigest():
            raise _changed(self.folder / HEADER)
        return manifest


@dataclass(frozen=True, slots=True)
class Store:
    """The folder that backups are kept in."""

    folder: Path

    @property
    def backups(self) -> Path:
        """The folder of backups."""
        return self.folder / "backups"

    @property
    def photos(self) -> Path:
        """The folder of photos, each sealed by itself."""
        return self.folder / "photos"

    def wal(self, cluster: str) -> Path:
        """The folder of a PostgreSQL cluster's archived log."""
        return self.folder / "wal" / cluster

    @property
    def lock(self) -> Path:
        """Held while a backup is made or pruned."""
        return self.folder / ".lock"

    def complete(self) -> list[Backup]:
        """Return the complete backups, oldest first; one whose header cannot be read is left out."""
        found = []
        for folder in sorted(self.backups.glob("[!.]*")):
            try:
                backup = _read(folder)
            except Damaged:
                continue
            if (folder / BOOKS).is_file() and (folder / BOOKS).stat().st_size == backup.header.books_bytes:
                found.append(backup)
        return sorted(found, key=lambda backup: (backup.header.finished, backup.header.id))

    def begin(self, begun_at: datetime) -> tuple[str, Path]:
        """Return a new backup's id and its unfinished folder; those left by processes that were killed go."""
        for left in self.backups.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)
        backup_id = f"{begun_at:%Y%m%dT%H%M%S.%fZ}-{token_hex(2)}"
        folder = self.backups / f".{backup_id}"
        make_folder(folder)
        return backup_id, folder

    def finish(self, unfinished: Path, header: Header, manifest: Manifest, keys: Keys) -> Backup:
        """Write header and manifest and give the folder its name: from here on the backup counts."""
        data = header.written()
        with (unfinished / HEADER).open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        said = asdict(manifest) | {"header_sha256": hashlib.sha256(data).hexdigest()}
        seal(io.BytesIO(json.dumps(said).encode()), unfinished / MANIFEST, keys.recipients)
        sync_folder(unfinished)
        unfinished.rename(self.backups / header.id)
        sync_folder(self.backups)
        return Backup(self.backups / header.id, header)


def find_backup(place: Path, until: datetime | None = None) -> Backup:
    """Return the backup at a place: the folder of one, or the newest in a store (finished before ``until``).

    Raises ``NoBackup``, and ``Damaged`` for the newest where it cannot be read: an older one is never taken unasked.
    """
    if (place / HEADER).is_file():
        return _read(place.absolute())
    if not place.is_dir():
        raise NoBackup(words("{place} 不在。请看看盘插好没有、路径对不对。"), place=place)
    oldest = None
    for folder in sorted(Store(place.absolute()).backups.glob("[!.]*"), reverse=True):
        oldest = _read(folder)
        if until is None or oldest.header.finished <= until:
            return oldest
    if oldest is None:
        raise NoBackup(words("{place} 里没有一份做完的备份。请看看路径对不对。"), place=place)
    sentence = words("最早的备份做完于 {at}，比要回到的时刻还晚，回不到那时候。请改 --until。")
    raise NoBackup(sentence, at=f"{village_time(oldest.header.finished):%Y-%m-%d %H:%M:%S}")


def check_content(backup: Backup, manifest: Manifest, content_sha256: str) -> None:
    """Raise ``Damaged`` where what was unsealed is not what the manifest says."""
    if content_sha256 != manifest.content_sha256:
        raise _changed(backup.folder / BOOKS)


def _read(folder: Path) -> Backup:
    try:
        return Backup(folder, Header.read((folder / HEADER).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _changed(folder / HEADER) from error


def _changed(path: Path) -> Damaged:
    sentence = words(
        "{path} 被改过，或者没有拷全，这份备份不能用。请换一份拷贝；要用更早的一份，就把它的文件夹写在 --from 后面。"
    )
    return Damaged(sentence, path=path)
