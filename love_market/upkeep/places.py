"""Where a restore puts things: beside its target until verified, then in its place in one step."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from love_market.errors import Refused, words
from love_market.upkeep.files import exchange, give_to, remove_tree, sync_folder, sync_tree

# Lies in what is being built, never in what was there before: whatever lacks it is somebody's only copy.
_MARK = ".restoring"


class AlreadyThere(Refused):
    """Something is where a restore should go."""


class InUse(Refused):
    """What a restore should replace is running."""


@dataclass(frozen=True, slots=True)
class Target:
    """A folder that a restore makes: filled as ``built``, which is there and empty, then put in ``folder``'s place."""

    folder: Path
    built: Path
    stamp: str

    @property
    def room(self) -> Path:
        """The folder beside the target in which it is built; also for what only the building needs."""
        return self.built.parent

    def put_in_place(self) -> Path | None:
        """Let the built folder take its place; return where what was there before lies now.

        One step on Linux: at every moment the target is the old one or the new one, whole.
        """
        sync_tree(self.built)
        before = None
        if self.folder.exists():
            exchange(self.built, self.folder)
            before = _set_aside(self.room, self.folder, self.stamp)
        else:
            self.built.rename(self.folder)
        (self.folder / _MARK).unlink()
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        return before


@contextmanager
def building(folder: Path, now: datetime, *, replace: bool) -> Iterator[Target]:
    """Make the room beside a target for building it; what was not put in its place is gone afterwards.

    What killed restores left goes too. Raises ``AlreadyThere`` where the target holds anything and ``replace`` is not
    said, ``InUse`` where it is being used.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        if not replace:
            sentence = words("{folder} 里已经有东西，没有动它。要换掉它（旧的会留在旁边），加 --replace。")
            raise AlreadyThere(sentence, folder=folder)
        _check_idle(folder)
        (folder / _MARK).unlink(missing_ok=True)
    elif folder.exists():
        folder.rmdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f"{folder.name}.restoring-*"):
        _clear(left, folder)
    for left in folder.parent.glob(f".{folder.name}.restoring-*.removing"):
        remove_tree(left)
    stamp = f"{now:%Y%m%dT%H%M%S%f}"
    room = folder.with_name(f"{folder.name}.restoring-{stamp}")
    room.mkdir()
    room.chmod(0o711)  # the database server's user passes through
    (room / "new").mkdir(mode=0o700)
    (room / "new" / _MARK).touch()
    try:
        yield Target(folder, room / "new", stamp)
    finally:
        _clear(room, folder)


def give_like(target: Target) -> None:
    """Give what was built to whom its target belongs, or the folder that the target will lie in."""
    like = (target.folder if target.folder.exists() else target.folder.parent).stat()
    give_to(target.built, like.st_uid, like.st_gid)


def _clear(room: Path, folder: Path) -> None:
    """Remove a room; what lies in it unmarked is what the target was before, and is set aside."""
    if (room / "new").exists() and not (room / "new" / _MARK).exists():
        _set_aside(room, folder, room.name.rpartition("-")[2])
    remove_tree(room)


def _set_aside(room: Path, folder: Path, stamp: str) -> Path:
    aside = folder.with_name(f"{folder.name}.before-{stamp}")
    (room / "new").rename(aside)
    sync_folder(folder.parent)
    return aside


def _check_idle(folder: Path) -> None:
    """Raise ``InUse`` where a program has the database in a folder open."""
    pid_file = folder / "postmaster.pid"
    if pid_file.exists() and _alive(int(pid_file.read_text().split()[0])):
        raise InUse(words("{folder} 的 PostgreSQL 还开着，没有动它。先停下它，再来一次。"), folder=folder)
    for database in folder.glob("*.sqlite3"):
        try:
            # Whoever has a database with a write-ahead log open holds a lock on it, at rest too.
            with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
                connection.execute("PRAGMA locking_mode=EXCLUSIVE")
                connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise InUse(words("{folder} 的爱心超市还开着门，没有动它。先关门，再来一次。"), folder=folder) from error
        except sqlite3.DatabaseError:
            """It is no database any more, which is why it is being replaced."""


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # asking would end it there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
