"""Starting, finding and ending processes by their ids, as the user PostgreSQL wants."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

_Found = TypeVar("_Found")
_PAUSE_SECONDS = 0.1


def until(found: Callable[[], _Found | None], seconds: float, what: str) -> _Found:
    """Ask again until there is an answer, and return it; raise ``TimeoutError`` that says what was waited for."""
    end = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(_PAUSE_SECONDS)


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on now."""
    doors = [socket.socket() for _ in range(count)]
    try:
        for door in doors:
            door.bind(("127.0.0.1", 0))
        return [door.getsockname()[1] for door in doors]
    finally:
        for door in doors:
            door.close()


def as_postgres() -> list[str]:
    """Return what stands before a command that must not run as root, nor outlive a test that is killed outright."""
    who = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig=TERM", *who]


def give_to_postgres(*paths: Path) -> None:
    """Let that user write there."""
    if os.geteuid() == 0:
        who = pwd.getpwnam("postgres")
        for path in paths:
            os.chown(path, who.pw_uid, who.pw_gid)


def program(name: str, package: str) -> str:
    """Return a program's path, or fail with the line to type."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if path is None:
        raise FileNotFoundError(
            f"{name} is missing. Type: sudo apt-get install -y --no-install-recommends {package}",
        )
    return path


def start(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own; what it says goes to a file."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            cwd="/",
        )


def stop(process: subprocess.Popen[bytes] | None, seconds: float = 10) -> None:
    """Ask a process to end, and make it."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(seconds)


def kill(pids: Iterable[int]) -> None:
    """``kill -9``, those that are left."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(after_name[1]) == parent:
            found.append(int(stat.parent.name))
    return found
