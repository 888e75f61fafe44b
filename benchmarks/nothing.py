"""What answering alone costs: `python -m benchmarks.nothing URL CLERKS SECONDS` prints how many answers a second.

Each clerk asks ``/healthz`` on a kept-alive line, which asks no database: what is left is the server, the framework and
the hooks that every request passes.
"""

import socket
import sys
import threading
import time
from urllib.parse import urlsplit


def _ask(url: str, until: float, answered: list[int]) -> None:
    address, count = urlsplit(url), 0
    asked = f"GET /healthz HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()
    with socket.create_connection((address.hostname or "", address.port or 80), 10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.monotonic() < until:
            line.sendall(asked)
            said = line.recv(65536)
            while not said.endswith(b"ok\n"):
                said += line.recv(65536)
            count += 1
    answered.append(count)


def main() -> None:
    """Let some clerks ask for some seconds."""
    url, clerks, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    answered: list[int] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_ask, args=(url, until, answered)) for _ in range(clerks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(answered) / seconds)


if __name__ == "__main__":
    main()
