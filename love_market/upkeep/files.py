"""Files that are there whole or not at all, folders that change places in one step, and one worker at a time."""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from love_market.errors import LoveMarketError, Refused, words

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_AT_WORKING_FOLDER, _EXCHANGE = -100, 2  # Linux: AT_FDCWD, RENAME_EXCHANGE


class CannotWrite(Refused):
    """The disk does not let us read or write."""


class Busy(Refused):
    """Another process is at the same work."""


def explained(error: OSError) -> LoveMarketError:
    """Return what the operating system said as a sentence that says what to do."""
    place = error.filename or ""
    if error.errno in _FULL:
        return CannotWrite(words("磁盘写满了：没做完的已经收走，原来的都没动。请腾出地方，再来一次。"))
    if error.errno in _FORBIDDEN:
        return CannotWrite(words("没有权限读写 {place}。请换一个用户，或者改好这个文件夹的权限。"), place=place)
    if error.errno == errno.ENOENT:
        return CannotWrite(words("找不到 {place}。请看看路径对不对、盘插好没有。"), place=place)
    return CannotWrite(words("读写 {place} 出错：{error}。请看看盘是不是坏了、插好没有。"), place=place, error=error)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that appears under its name only when all of it is on the disk, readable by its owner only.

    The unfinished one lies beside it as ``.NAME.part``; one left there by a process that was killed is written over.
    """
    part = path.with_name(f".{path.name}.part")
    make_folder(path.parent)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, each on the disk before the next, open to its owner only."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk remember which names a folder holds. Windows does so by itself and knows no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Have the disk remember every file and every name below a folder."""
    for root, _folders, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    if os.name != "nt":
                        os.fsync(file.fileno())
        sync_folder(Path(root))


def exchange(one: Path, other: Path) -> None:
    """Let two folders change names, in one step where the system can (Linux), else in three."""
    if sys.platform == "linux":
        rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        names = (_AT_WORKING_FOLDER, os.fsencode(one), _AT_WORKING_FOLDER, os.fsencode(other))
        if rename is not None and rename(*names, _EXCHANGE) == 0:
            return
    aside = other.with_name(f"{other.name}.aside")
    other.rename(aside)
    one.rename(other)
    aside.rename(one)


def remove_tree(folder: Path) -> None:
    """Remove a folder so that it is gone under its name at once, however long its files take."""
    doomed = folder.with_name(f".{folder.name.lstrip('.').removesuffix('.removing')}.removing")
    if folder != doomed:
        shutil.rmtree(doomed, ignore_errors=True)
        with suppress(FileNotFoundError):
            folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def give_to(path: Path, uid: int, gid: int) -> None:
    """Give a folder with all it holds to a user; nothing where this process may not, or need not."""
    if os.name == "nt" or os.geteuid() != 0:
        return
    os.lchown(path, uid, gid)
    for root, folders, names in os.walk(path):
        for name in (*folders, *names):
            os.lchown(Path(root, name), uid, gid)


@contextmanager
def alone(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock file while working; raise ``Busy`` with the sentence ``busy`` where another process holds it.

    The lock ends with its process, however that ends.
    """
    make_folder(lock.parent)
    with lock.open("ab") as file:
        if not _lock(file.fileno(), wait=False):
            raise Busy(busy)
        yield


@contextmanager
def in_turn(lock: Path) -> Iterator[None]:
    """Hold a lock file while working; wait for whoever holds it."""
    make_folder(lock.parent)
    with lock.open("ab") as file:
        _lock(file.fileno(), wait=True)
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, wait: bool) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
