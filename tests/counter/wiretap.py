"""A tap on the line to a database: passes everything on and counts the round trips, whoever makes them and however."""

import socket
import threading
from contextlib import suppress
from typing import Self

_PIECE = 65536


class Wiretap:
    """Listens on a port of its own; ``round_trips`` counts how often somebody spoke after an answer had come."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.round_trips = 0
        self._open: list[socket.socket] = [self._listening]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_wrong: object) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                asking, _ = self._listening.accept()
                answering = socket.create_connection(self._to)
                self._open += [asking, answering]
                line = _Line(self)
                threading.Thread(target=line.carry, args=(asking, answering, True), daemon=True).start()
                threading.Thread(target=line.carry, args=(answering, asking, False), daemon=True).start()


class _Line:
    """One connection: whose turn it was last tells where a round trip begins."""

    def __init__(self, tap: Wiretap) -> None:
        self._tap, self._answered, self._lock = tap, True, threading.Lock()

    def carry(self, source: socket.socket, target: socket.socket, asking: bool) -> None:  # noqa: FBT001 which way
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                with self._lock:
                    self._tap.round_trips += asking and self._answered
                    self._answered = not asking
                target.sendall(piece)
