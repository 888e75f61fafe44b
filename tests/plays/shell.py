"""Typing commands on an installation of the test's own, and reading its books without the program."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from love_market.cli import main

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = CHECKOUT / "tests" / "data"
ROSTER, SCORES = DATA / "roster-by-household.xlsx", DATA / "scores-2026-q3.xlsx"
VILLAGE = "140221100222"


@dataclass(frozen=True)
class Installation:
    """A folder with a database; ``type`` runs a command in this process, ``start`` in one of its own."""

    folder: Path

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / "love_market.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        """What tells the program where it is."""
        return {"LOVE_MARKET_INSTANCE": str(self.folder), "DATABASE_URL": "", "SECRET_KEY": "", "PORT": "8000"}

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

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: object) -> Any:  # noqa: ANN401 whatever the database says
        """Ask the database for one value."""
        ((found,),) = self.rows(sql, *values)
        return found

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        tables = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: self.value(f"SELECT count(*) FROM {name}") for name in tables}

    def copy(self, folder: Path) -> "Installation":
        """Return another installation with the same database and secret."""
        folder.mkdir(parents=True)
        other = Installation(folder)
        with closing(sqlite3.connect(self.database)) as here, closing(sqlite3.connect(other.database)) as there:
            here.backup(there)
        if (self.folder / "secret_key").exists():
            shutil.copy(self.folder / "secret_key", folder)
        return other


def installation(folder: Path, migrated: Path) -> Installation:
    """Return an installation whose database has its tables and says nothing yet."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(migrated, folder / "love_market.sqlite3")
    return Installation(folder)


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
    """Change rows behind the program's back, the triggers that refuse it dropped first."""
    with closing(sqlite3.connect(at.database)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        changed = connection.execute(sql).rowcount
        assert changed == 1, f"changed {changed} rows: {sql}"
        connection.commit()
