"""The mother of servers: a process that has imported the program, and forks a real server each time one is wanted.

A server that was killed is back within milliseconds instead of the seconds that importing takes, so that hundreds of
kills fit into minutes. Each server is a process group of its own with its own connections: nothing is open before the
fork. Run as ``python -m tests.ordeal.mother``; takes a line of JSON and answers a line, until its input ends: then it
takes all its servers with it.
"""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import gunicorn.app.base
import waitress
from flask import Flask

from love_market.app import create_app
from love_market.config import Settings
from tests.ordeal import mischief

_PR_SET_CHILD_SUBREAPER = 36
_BORN: set[int] = set()
"""The groups that were started here and have not ended: the only ones that are ever killed."""


def main() -> None:
    """Serve commands until the input ends."""
    import_module("love_market.db.line")  # the program does it when it first meets PostgreSQL; here once for all
    # Workers whose master was killed become ours, so we can wait until they are gone too.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    commands: dict[str, Callable[..., object]] = {
        "serve": _serve,
        "kill": _kill,
        "kill_worker": _kill_worker,
        "wait": _wait,
    }
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            answer = commands[asked.pop("do")](**asked)
            click.echo(json.dumps(answer))
    finally:
        for group in list(_BORN):
            _kill(group)


def _serve(**how: Any) -> int:  # noqa: ANN401 what ``servers.Server`` sent
    """Fork a server; return its process id, which is its group's too."""
    child = os.fork()
    if child:
        _BORN.add(child)
        with suppress(PermissionError, ProcessLookupError):  # both sides say it: whoever comes first
            os.setpgid(child, child)
        return child
    try:
        _BORN.clear()  # its sisters are not its own to end
        os.setpgid(0, 0)
        _to_log(how["log"])
        _run(**how)
    finally:
        os._exit(1)


def _run(*, server: str, settings: dict[str, Any], port: int, log: str, mischiefs: list[dict[str, Any]]) -> None:
    def make() -> Flask:
        app = create_app(Settings(**settings | {"instance": Path(settings["instance"])}))
        for one in mischiefs:
            mischief.do(app, **one)
        return app

    if server == "waitress":
        waitress.serve(make(), host="127.0.0.1", port=port, threads=8, _quiet=True)
    else:
        _Gunicorn(make, port).run()


class _Gunicorn(gunicorn.app.base.BaseApplication):
    """Two workers of eight threads, as a county runs it."""

    def __init__(self, make: Callable[[], Flask], port: int) -> None:
        self._make, self._port = make, port
        super().__init__()

    def load_config(self) -> None:
        how = {"bind": f"127.0.0.1:{self._port}", "workers": 2, "threads": 8, "worker_class": "gthread"}
        for name, value in (how | {"control_socket_disable": True}).items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 a WSGI application
        return self._make()


def _kill(group: int) -> bool:
    """Kill a server with all its processes; return once they are gone. Nothing but a server born here is touched."""
    if group in _BORN:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    return _wait(group, 30)


def _kill_worker(group: int, which: int) -> bool:
    """Kill one of a server's workers, of which it starts another; return whether there was one."""
    workers = Path(f"/proc/{group}/task/{group}/children").read_text().split() if group in _BORN else []
    if workers:
        with suppress(ProcessLookupError):
            os.kill(int(workers[which % len(workers)]), signal.SIGKILL)
    return bool(workers)


def _wait(group: int, seconds: float) -> bool:
    """Wait until every process of a server is gone; return whether they are."""
    give_up = time.monotonic() + seconds
    while group in _BORN and time.monotonic() < give_up:
        try:
            ended, _ = os.waitpid(-group, os.WNOHANG)
        except ChildProcessError:
            _BORN.discard(group)  # its number may be somebody else's from now on
        else:
            if not ended:
                time.sleep(0.001)
    return group not in _BORN


def _to_log(path: str) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((null, log, log)):
        os.dup2(source, target)


if __name__ == "__main__":
    main()
