"""nginx from ``deploy/nginx`` with a certificate of its own, on free ports of this machine, before one app server."""

import os
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from love_market.web.assets import static_dir
from tests.cluster.machine import DEPLOY
from tests.cluster.processes import free_ports, program, start, stop, until

NAME = "market.example"


@dataclass(frozen=True)
class Answer:
    """What a client was answered."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class _Still(urllib.request.HTTPRedirectHandler):
    """Goes nowhere by itself, so that a test sees where it was sent."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        """Follow nothing."""


@dataclass(frozen=True)
class Front:
    """A running nginx: ports for http and https, its folder, and the certificate its clients trust."""

    http: int
    https: int
    folder: Path

    def ask(
        self, path: str, *, data: bytes | None = None, headers: dict[str, str] | None = None, secure: bool = True
    ) -> Answer:
        """Ask as a browser would; no redirect is followed."""
        scheme, port = ("https", self.https) if secure else ("http", self.http)
        trusted = ssl.create_default_context(cafile=self.folder / "market.pem")
        trusted.check_hostname = False  # the name is made up, and nobody resolves it
        opener = urllib.request.build_opener(_Still(), urllib.request.HTTPSHandler(context=trusted))
        request = urllib.request.Request(  # noqa: S310 of this machine
            f"{scheme}://127.0.0.1:{port}{path}", data, {"Host": NAME, **(headers or {})}
        )
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


@contextmanager
def front(folder: Path, upstream: str) -> Iterator[Front]:
    """Serve what ``deploy/nginx`` says, in front of an app server at ``host:port``."""
    http, https = free_ports(2)
    _certificate(folder)
    _configuration(folder, http, https, upstream)
    nginx = program("nginx", "nginx-light")
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr, checked.stderr
    process = start([*command, "-g", "daemon off;"], log=folder / "nginx.log")
    running = Front(http, https, folder)
    try:
        until(lambda: _answers(running), 20, "nginx")
        yield running
    finally:
        stop(process)


def _answers(running: Front) -> bool:
    try:
        return running.ask("/", secure=False).status > 0
    except OSError:
        return False


def _certificate(folder: Path) -> None:
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    command += ["-keyout", str(folder / "market.key"), "-out", str(folder / "market.pem")]
    subprocess.run(command, capture_output=True, check=True)


def _configuration(folder: Path, http: int, https: int, upstream: str) -> None:
    """Write the files of ``deploy/nginx`` with this test's ports and paths in place of the county's."""
    places = {
        "/etc/nginx/love-market-": f"{folder}/love-market-",
        "/etc/ssl/market.example.pem": f"{folder}/market.pem",
        "/etc/ssl/private/market.example.key": f"{folder}/market.key",
        "/var/log/nginx/": f"{folder}/",
        "/srv/love-market/static/": f"{static_dir()}/",
        "/srv/love-market/not-now": f"{DEPLOY}/nginx/not-now",
        "10.0.0.21:8000": upstream,
        "server 10.0.0.22:8000 max_fails=2 fail_timeout=5s;\n": "",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{https} ssl http2;",
    }
    for file in (DEPLOY / "nginx").glob("*.conf"):
        text = file.read_text()
        for there, here in places.items():
            text = text.replace(there, here)
        (folder / file.name).write_text(text)
    temporary = "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}\nworker_processes 1;\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n{temporary}\n"
        f"    include /etc/nginx/mime.types;\n    default_type application/octet-stream;\n    sendfile on;\n"
        f"    include {folder}/love-market.conf;\n}}\n"
    )
