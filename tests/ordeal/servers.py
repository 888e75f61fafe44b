"""Real servers of the program, started and killed by a ``mother``; see there."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from love_market.config import Settings

_ROOT = Path(__file__).resolve().parents[2]


class Mother:
    """The process whose children the servers are; leaving the context ends it and them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ordeal.mother"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def ask(self, do: str, **what: object) -> Any:  # noqa: ANN401 each command has its own answer
        """Let the mother do something; return what she answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **what}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError(f"the mother of servers ended with {self._process.wait()}")
        return json.loads(answer)


class Server:
    """One server process at a time, on one port: waitress, or gunicorn with two workers of eight threads."""

    def __init__(self, mother: Mother, settings: Settings, port: int, server: str, log: Path) -> None:
        self._mother, self._log, self.server = mother, log, server
        self._how = {"settings": asdict(settings) | {"instance": str(settings.instance)}, "port": port}
        self.url, self._group = f"http://127.0.0.1:{port}", 0

    def start(self, *mischiefs: dict[str, object]) -> None:
        """Start it, with some ``mischief`` in it if asked; it answers soon."""
        how = self._how | {"server": self.server, "log": str(self._log), "mischiefs": mischiefs}
        self._group = self._mother.ask("serve", **how)

    def kill(self) -> None:
        """``kill -9`` all its processes at once; return when they are gone."""
        assert self._mother.ask("kill", group=self._group), "the server's processes did not end"

    def kill_worker(self, which: int) -> bool:
        """``kill -9`` one of its workers; return whether it has any."""
        return bool(self._mother.ask("kill_worker", group=self._group, which=which))

    def ended_by_itself(self, seconds: float) -> bool:
        """Wait until it ended; return whether it has."""
        return bool(self._mother.ask("wait", group=self._group, seconds=seconds))

    def said(self) -> str:
        """Return the end of what it wrote on its standard error."""
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""
