"""Kills a process at every step that it takes on the disk, or fills the disk, and asks each time what is left.

Run as a program of its own, which has one thread and can therefore be forked: ``python -m
tests.upkeep.backups.killing FOLDER STEPS FIRST``, where the folder holds an installation, a key and a store. It is
killed before step FIRST and every STEPS later. Prints how often, for a backup, a restore, a replacing restore, and a
full disk.
"""

import os
import re
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from love_market.cli import main
from love_market.config import Settings
from love_market.upkeep import places
from love_market.upkeep.files import exchange
from love_market.upkeep.store import Store
from tests.databases import FILE, SECRET
from tests.ordeal.scene import Scene
from tests.upkeep.backups.installations import Stand, entries_in

_STEPS = ("fsync", "rename", "replace", "unlink", "mkdir", "rmdir")


def each_kill(work: Callable[[], object], left: Callable[[bool], None]) -> int:
    """Run ``work`` in a child that is killed before its first step, before a later one … until one comes through.

    ``left`` looks at what each leaves, and is told whether the work ended. Returns how many were killed.
    """
    for killed, step in enumerate(count(int(sys.argv[3]), int(sys.argv[2]))):
        child = os.fork()
        if child == 0:
            _arm(step)
            work()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, f"failed before step {step}"
            left(True)
            return killed
        left(False)
    raise AssertionError("the loop returns")


def _arm(fatal: int) -> None:
    steps = count(1)

    def _deadly(call: Callable[..., Any]) -> Callable[..., Any]:
        def _called(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 whatever the call takes
            if next(steps) == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return _called

    for name in _STEPS:
        setattr(os, name, _deadly(getattr(os, name)))
    vars(places)["exchange"] = _deadly(exchange)


def backups(stand: Stand) -> int:
    """Kill backups; after each, all that counts in the store can be restored, and the next begins afresh."""
    target, complete = stand.store.parent / "checked", len(Store(stand.store).complete())

    def _left(ended: bool) -> None:  # noqa: FBT001 as it is told
        found = Store(stand.store).complete()
        if len(found) == complete and not ended:
            return
        assert len(found) - complete in ({1} if ended else {0, 1}), "half a backup counts"
        stand.restore(target)
        assert entries_in(target) == entries_in(stand.instance)
        shutil.rmtree(target)
        for backup in found[complete:]:
            shutil.rmtree(backup.folder)

    killed = each_kill(stand.back_up, _left)
    assert not list(stand.store.glob("backups/.*"))
    assert not list(stand.instance.glob(".backup-*"))
    return killed


def restores(stand: Stand) -> int:
    """Kill restores to a new place: nothing is there, or the whole."""
    target = stand.store.parent / "restored"

    def _left(ended: bool) -> None:  # noqa: FBT001 as it is told
        assert target.exists() or not ended
        if target.exists():
            assert entries_in(target) == entries_in(stand.instance)
            shutil.rmtree(target)

    killed = each_kill(lambda: stand.restore(target), _left)
    assert not list(target.parent.glob("restored.*"))
    return killed


def replacements(stand: Stand) -> int:
    """Kill restores over another installation: the old one or the new one is there, whole, and the old is kept."""
    target = stand.store.parent / "restored"

    def _fresh() -> None:
        shutil.rmtree(target, ignore_errors=True)
        for left in target.parent.glob("restored.before-*"):
            shutil.rmtree(left)
        target.mkdir()
        (target / "old").write_text("the only copy")

    def _left(ended: bool) -> None:  # noqa: FBT001 as it is told
        if (target / "old").exists():
            assert not ended
            assert [path.name for path in target.iterdir()] == ["old"]
        else:
            assert entries_in(target) == entries_in(stand.instance)
            kept = [*target.parent.glob("restored.*/old"), *target.parent.glob("restored.*/new/old")]
            assert [path.read_text() for path in kept] == ["the only copy"]
            stand.restore(target, over=True)
            assert len(list(target.parent.glob("restored.before-*/old"))) == 1, "clearing up took the only copy"
        _fresh()

    _fresh()
    killed = each_kill(lambda: stand.restore(target, over=True), _left)
    shutil.rmtree(target)
    assert not list(target.parent.glob("restored*"))
    return killed


def fillings(stand: Stand) -> int:
    """Let the disk be full after ever more bytes: one sentence, status 1, and nothing is left."""
    target, tried = stand.store.parent / "restored", 0
    where = ("--key", str(stand.key), "--from", str(stand.store), "--instance", str(target))
    for command in (["backup", *where[:2], "--to", str(stand.store)], ["restore", *where]):
        for largest in (0, 30, 1000, 20_000, 100_000):
            ended = _in_child(lambda words=command, most=largest: _type(stand, words, most))  # type: ignore[misc]
            assert ended == 0, (command, largest)
            assert len(Store(stand.store).complete()) == 1
            assert not list(stand.store.glob("backups/.*"))
            assert not list(stand.instance.glob(".backup-*"))
            assert not list(target.parent.glob("restored*"))
            tried += 1
    return tried


def _type(stand: Stand, words: list[str], largest: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    ended = CliRunner().invoke(main, words, env={"LOVE_MARKET_INSTANCE": str(stand.instance)})
    # SQLite says of a file that may not grow only that it could not write.
    sentence = (
        r"(恢复.*\n)?Error: (磁盘写满了：.*请腾出地方，再来一次。|账本抄不下来（.*）。请看看盘是不是满了、坏了。)\n"
    )
    if ended.exit_code != 1 or not re.fullmatch(sentence, ended.stderr):
        os.write(2, f"{ended.stderr}{ended.exception}".encode())
        os._exit(1)


def _in_child(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    at = Settings(f"sqlite:///{(folder / 'instance' / FILE).as_posix()}", SECRET, folder / "instance")
    there = Stand(at, Scene(()), folder / "key", folder / "store")
    print(*(doing(there) for doing in (backups, restores, replacements, fillings)))  # noqa: T201 a program that prints
