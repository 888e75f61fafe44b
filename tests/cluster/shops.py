"""The program on a county's database, as deployed under gunicorn, and shops to sell from."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import NullPool, create_engine

from love_market.config import Settings
from love_market.upkeep import privileges
from tests.cluster.county import County
from tests.cluster.machine import DEPLOY
from tests.cluster.processes import free_ports, start, stop, until
from tests.databases import SECRET, migrate
from tests.ordeal.scene import Scene, furnish

_START_SECONDS = 120
FACE_POINTS = 5000


def furnished(county: County, folder: Path, *, markets: int, households: int) -> Scene:
    """Migrate the county's database and fill it with shops; return them."""
    owners = county.url("love_market_owner")
    migrate(owners, folder)
    engine = create_engine(owners, poolclass=NullPool)
    with engine.begin() as connection:
        privileges.grant(connection, "love_market")
    settings = Settings(county.url(), SECRET, folder)
    return furnish(settings, markets=markets, households=households, face_points=FACE_POINTS)


@dataclass(frozen=True)
class Served:
    """A running gunicorn: its address, the process that its workers are children of, and where it writes."""

    url: str
    pid: int
    folder: Path


@contextmanager
def served(database_url: str, folder: Path, **environment: str) -> Iterator[Served]:
    """Serve the program on a database. What it says stands in ``gunicorn.log``."""
    (port,) = free_ports(1)
    url, log = f"http://127.0.0.1:{port}", folder / "gunicorn.log"
    command = [str(Path(sys.executable).with_name("gunicorn")), "--config", str(DEPLOY / "gunicorn.conf.py")]
    process = start(
        [*command, "love_market.app:create_app()"],
        log=log,
        environment={
            "LISTEN": f"127.0.0.1:{port}",
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET,
            "LOVE_MARKET_INSTANCE": str(folder),
            "PROMETHEUS_MULTIPROC_DIR": str(_made(folder / "figures")),
            "PYTHONPATH": str(DEPLOY.parent),
            **environment,
        },
    )
    try:
        until(lambda: _is_ready(url, process), _START_SECONDS, "a server that is ready")
        yield Served(url, process.pid, folder)
    except BaseException:
        print(log.read_text()[-4000:])  # noqa: T201 pytest shows it beneath the failure
        raise
    finally:
        stop(process, seconds=40)


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _is_ready(url: str, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise ChildProcessError(f"gunicorn ended with {process.returncode}")
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
