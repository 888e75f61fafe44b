"""One line to the counter, as cheap as can be: a kept-alive socket that posts JSON and reads JSON."""

import json
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.ordeal.scene import AGENT, Shop


class LineBroken(Exception):
    """No whole answer came: whether the server did what was asked is unknown."""


class Line:
    """A clerk's connection to the counter of one shop; opened when first used, and again after it broke."""

    def __init__(self, base_url: str, shop: Shop, timeout: float = 10.0) -> None:
        address = urlsplit(base_url)
        if address.scheme != "http" or address.hostname is None:
            raise ValueError(f"clerks speak plain HTTP, not {base_url!r}")
        self._to = (address.hostname, address.port or 80)
        self._timeout = timeout
        self._head = (
            f"POST /api/v1/v/{shop.village_code}/redemptions HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"User-Agent: {AGENT}\r\nCookie: session={shop.cookie}\r\nX-CSRFToken: {shop.csrf}\r\n"
            "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, said: Mapping[str, object]) -> tuple[int, Any]:
        """Post a redemption; return the status and what the answer's JSON says (None where it is no JSON).

        Raises ``LineBroken`` where the answer did not come whole.
        """
        body = json.dumps(said).encode()
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._to, self._timeout)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
            return self._answer()
        except (OSError, ValueError) as error:
            self.close()
            raise LineBroken(str(error)) from error

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _answer(self) -> tuple[int, Any]:
        while (end := self._rest.find(b"\r\n\r\n")) < 0:
            self._more()
        first, *lines = self._rest[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers["content-length"]) if "content-length" in headers else -1
        while length >= 0 and len(self._rest) < end + 4 + length:
            self._more()
        body, self._rest = self._rest[end + 4 : end + 4 + max(length, 0)], self._rest[end + 4 + max(length, 0) :]
        if length < 0 or headers.get("connection", "").lower() == "close":
            self.close()
        is_json = headers.get("content-type", "").startswith("application/json")
        return int(first.split(" ", 2)[1]), json.loads(body) if is_json and length >= 0 else None

    def _more(self) -> None:
        assert self._socket is not None
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionResetError("hung up in the middle of an answer")
        self._rest += received
