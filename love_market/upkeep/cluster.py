"""PostgreSQL's own programs: where they are, how they are told which server, who they run as, its log's segments."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from love_market.errors import Refused, words

# Debian's and Red Hat's places, then wherever the shell finds them.
_PLACES = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin")
_SERVERS_USER = "postgres"
_LSN = re.compile(r"[0-9A-F]+/[0-9A-F]+")


class NoPrograms(Refused):
    """PostgreSQL's programs of the right version are not on this machine."""


class NotReachable(Refused):
    """The server's user cannot get at a folder."""


@dataclass(frozen=True, slots=True)
class Line:
    """How PostgreSQL's programs reach a server: a connection string, and what no list of processes may show."""

    conninfo: str
    environment: dict[str, str]


def line_to(database_url: str) -> Line:
    """Return an SQLAlchemy URL, of several hosts or one, as PostgreSQL's programs take it."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 a village on SQLite has no driver for PostgreSQL

    url = make_url(database_url)
    _words, parts = url.get_dialect()().create_connect_args(url)
    given = {name: str(value) for name, value in parts.items() if name not in {"password", "context"}}
    secret = {"PGPASSWORD": str(parts["password"])} if parts.get("password") else {}
    return Line(make_conninfo(**given), secret)


def program(name: str, major: int) -> str:
    """Return the path of one of PostgreSQL's programs of a major version; raise ``NoPrograms``."""
    for place in _PLACES:
        path = Path(place.format(major=major), name)
        if path.is_file():
            return str(path)
    found = shutil.which(name)
    if found is not None and _major_of(found) == major:
        return found
    sentence = words("这台机器上没有 PostgreSQL {major} 的 {name}。请装好同一版：apt-get install postgresql-{major}。")
    raise NoPrograms(sentence, major=major, name=name)


def plain_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which PostgreSQL's programs speak English, so that what they say can be read."""
    return {**os.environ, "LC_ALL": "C", **extra}


def segment(lsn: str, timeline: int, segment_bytes: int, *, ends: bool = False) -> str:
    """Return the name of the log segment that a position (``0/2000028``) lies in, or where it ``ends`` something."""
    if not _LSN.fullmatch(lsn):
        raise ValueError(lsn)
    high, low = (int(part, 16) for part in lsn.split("/"))
    return segment_name(timeline, ((high << 32 | low) - ends) // segment_bytes, segment_bytes)


def segment_name(timeline: int, number: int, segment_bytes: int) -> str:
    """Return the name of the log's segment of a number on a timeline."""
    a_log = (1 << 32) // segment_bytes
    return f"{timeline:08X}{number // a_log:08X}{number % a_log:08X}"


def segment_number(name: str, segment_bytes: int) -> int:
    """Return a segment's number, which is the same on every timeline."""
    return int(name[8:16], 16) * ((1 << 32) // segment_bytes) + int(name[16:24], 16)


def servers_user() -> tuple[int, int] | None:
    """Return the user and group that a server must run as: PostgreSQL's own for root, else this process's (None)."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 Windows has none

    try:
        user = pwd.getpwnam(_SERVERS_USER)
    except KeyError as error:
        raise NoPrograms(words("这台机器上没有 postgres 用户。请先装好 PostgreSQL。")) from error
    return user.pw_uid, user.pw_gid


def check_reachable(folder: Path) -> None:
    """Raise ``NotReachable`` where the server's user cannot pass into a folder."""
    user = servers_user()
    if user is None:
        return
    tried = subprocess.run(  # noqa: S603 our own words
        ["/usr/bin/test", "-x", str(folder)], user=user[0], group=user[1], extra_groups=[], check=False
    )
    if tried.returncode != 0:
        sentence = words("PostgreSQL 的用户进不去 {folder}。请换一个它进得去的地方，比如 /var/lib/postgresql 下面。")
        raise NotReachable(sentence, folder=folder)


def _major_of(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 our own words
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found[1]) if found else 0
