"""Typing commands on an installation of the test's own, and reading its books without the program."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from click.testing import CliRunner, Result
from sqlalchemy import Engine, NullPool, create_engine, inspect, text

from love_market.cli import main
from love_market.clock import utc_now, village_date
from tests.databases import Database, without_triggers

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = CHECKOUT / "tests" / "data"
ROSTER, SCORES = DATA / "roster-by-household.xlsx", DATA / "scores-2026-q3.xlsx"
VILLAGE = "140221100222"
BYTES_OF_AN_ID = 16
AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def meeting() -> tuple[str, ...]:
    """Return the option that names the meeting of today by which the representatives adopted the rules."""
    return "--meeting", village_date(utc_now()).isoformat(), "30", "26", "24", "1", "1"


@dataclass(frozen=True)
class Installation:
    """A folder with its database; ``type`` runs a command in this process, ``start`` in one of its own."""

    folder: Path
    database: Database
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What tells the program where it is; where SQLite's file stands in the folder, nobody has to."""
        url = "" if self.database.dialect == "sqlite" else self.url
        return {"LOVE_MARKET_INSTANCE": str(self.folder), "DATABASE_URL": url, "SECRET_KEY": "", "PORT": "8000"}

    def put(self, name: str, data: bytes) -> Path:
        """Put a file into the folder; return where it stands."""
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def type(self, *words: str | Path, answers: str = "") -> Result:
        """Type a command; what the program did not mean to raise comes through."""
        result = CliRunner().invoke(main, [str(word) for word in words], input=answers, env=self.environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start a command as a process, its lines to be read as they come."""
        return subprocess.Popen(
            [sys.executable, "-m", "love_market", *map(str, words)],
            cwd=CHECKOUT,
            env=os.environ | self.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself, with values by name; ids are UUIDs and instants aware on both."""
        with engine_at(self.url).connect() as connection:
            return [tuple(map(told, row)) for row in connection.execute(text(sql), self._as_kept(values))]

    def value(self, sql: str, **values: object) -> Any:  # noqa: ANN401 whatever the database says
        """Ask the database for one value."""
        ((found,),) = self.rows(sql, **values)
        return found

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        with engine_at(self.url).connect() as connection:
            tables = sorted(inspect(connection).get_table_names())
        parts = (f"SELECT '{name}', count(*) FROM {name}" for name in tables)
        return dict(self.rows(" UNION ALL ".join(parts)))

    def copy(self, folder: Path) -> "Installation":
        """Return another installation with the same database and secret."""
        other = installation(folder, self.database, like=self.url)
        if (self.folder / "secret_key").exists():
            shutil.copy(self.folder / "secret_key", folder)
        return other

    def _as_kept(self, values: Mapping[str, object]) -> dict[str, object]:
        """SQLite keeps an id as its bytes."""
        ids_are_bytes = self.database.dialect == "sqlite"
        return {
            name: value.bytes if ids_are_bytes and isinstance(value, UUID) else value for name, value in values.items()
        }


@lru_cache
def engine_at(url: str) -> Engine:
    """Return a bare engine that keeps no connection."""
    return create_engine(url, poolclass=NullPool)


def told(value: Any) -> Any:  # noqa: ANN401 whatever the database says
    """Return a value as PostgreSQL tells it: SQLite keeps an id as its bytes, an instant as text of one spelling."""
    if isinstance(value, bytes) and len(value) == BYTES_OF_AN_ID:
        return UUID(bytes=value)
    if isinstance(value, str) and AN_INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def installation(folder: Path, database: Database, *, like: str | None = None) -> Installation:
    """Return an installation whose database has its tables and says nothing yet, or what another's says."""
    folder.mkdir(parents=True, exist_ok=True)
    return Installation(folder, database, database.url(folder, like=like))


def play_words(
    out: Path, *, roster: Path = ROSTER, scores: Path = SCORES, village: str = VILLAGE, quarter: str = "2026Q3"
) -> Sequence[str | Path]:
    """Return the words that play a quarter."""
    return (
        *("play-quarter", "--village", village, "--quarter", quarter),
        *("--roster", roster, "--scores", scores, "--out", out),
    )


def run(at: Installation, *words: str | Path) -> list[str]:
    """Run a command as a process of its own to its end; return its lines."""
    process = at.start(*words)
    told, wrong = process.communicate(timeout=300)
    assert process.returncode == 0, told + wrong
    return told.splitlines()


def tamper(at: Installation, sql: str) -> None:
    """Change a row behind the program's back, past the triggers that refuse it."""
    with engine_at(at.url).connect() as connection:
        without_triggers(connection)
        changed = connection.execute(text(sql)).rowcount
        assert changed == 1, f"changed {changed} rows: {sql}"
        connection.commit()
