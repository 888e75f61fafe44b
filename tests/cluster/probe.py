"""Somebody who writes to one machine straight, whoever leads: does it say that a write is done when it must not?"""

import threading
from time import monotonic
from types import TracebackType
from typing import Self

import psycopg

from tests.cluster.machine import PASSWORD, Machine
from tests.cluster.processes import until

_MOST_ROWS = 100_000


class Probe:
    """Writes a row after the other to a machine, on a line of its own, until the machine says no or is left."""

    def __init__(self, machine: Machine) -> None:
        self._dsn = (
            f"host={machine.host} port={machine.ports['postgresql']} dbname=love_market user=love_market_owner"
            f" password={PASSWORD} connect_timeout=5"
        )
        self.acknowledged: list[tuple[int, float]] = []
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Self:
        with psycopg.connect(self._dsn, autocommit=True) as line:
            line.execute("CREATE TABLE IF NOT EXISTS probe (number int)")
        self._thread.start()
        until(lambda: self.acknowledged, 30, "a row that is acknowledged while all is well")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._leave.set()
        self._thread.join(60)

    def after(self, instant: float) -> list[int]:
        """Return the rows that were acknowledged after an instant of ``time.monotonic()``."""
        return [number for number, at in self.acknowledged if at > instant]

    def _write(self) -> None:
        try:
            with psycopg.connect(self._dsn, autocommit=True) as line:
                for number in range(_MOST_ROWS):
                    if self._leave.wait(0.02):
                        return
                    line.execute("INSERT INTO probe VALUES (%s)", [number])
                    self.acknowledged.append((number, monotonic()))
        except psycopg.Error:
            return
