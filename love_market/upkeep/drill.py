"""The restore drill: the newest backup brought back in a scratch folder, verified, timed, thrown away, written down."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.errors import LoveMarketError, words
from love_market.upkeep.cluster import check_reachable
from love_market.upkeep.facts import facts, newest_entry
from love_market.upkeep.files import alone, explained, make_folder
from love_market.upkeep.restore import BroughtBack, Wanted, brought_back
from love_market.upkeep.snapshots import existing
from love_market.upkeep.watching import Watch

_BUSY = words("另一场演练正在 {scratch} 里进行。请等它做完再来。")
_PREFIX = "love-market-drill-"


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill found.

    ``rpo_seconds``: how much older the newest restored entry is than the newest in the live books, or than now where
    they could not be asked (``rpo_against``). ``entries_behind``: how many entries the live books have more.
    ``rto_seconds``: from the start until the books were verified and the database was ready to serve.
    """

    at: str
    ok: bool
    backup: str | None = None
    database: str | None = None
    rpo_seconds: float | None = None
    rpo_against: str | None = None
    entries_behind: int | None = None
    rto_seconds: float | None = None
    markets: int | None = None
    entries: int | None = None
    photos: int | None = None
    error: str | None = None

    def judged(self, rpo_at_most: float | None, rto_at_most: float | None) -> "Drilled":
        """Return the drill, failed where it found more than is allowed."""
        for name, found, most in (
            ("RPO", self.rpo_seconds, rpo_at_most),
            ("RTO", self.rto_seconds, rto_at_most),
        ):
            if self.ok and most is not None and found is not None and found > most:
                return replace(self, ok=False, error=f"{name} {found} s，超过了 {most} s。")
        return self

    def line(self) -> str:
        """Return the drill as one line of JSON, without what is not known."""
        return json.dumps(
            {name: value for name, value in asdict(self).items() if value is not None}, ensure_ascii=False
        )


def drill(want: Callable[[], Wanted], live: str, scratch: Path, watch: Watch) -> Drilled:
    """Bring the newest backup back and throw it away again; a failure is a result, not an error.

    ``want`` finds the backup; ``live`` is the URL of the books that are in use.
    """
    started, at = time.monotonic(), utc_now()
    backup = None
    try:
        with ExitStack() as stack:
            stack.enter_context(alone(scratch / f".{_PREFIX}lock", _BUSY.format(scratch=scratch)))
            room = stack.enter_context(_Room(scratch))
            wanted = want()
            backup = wanted.backup
            if backup.header.server:
                check_reachable(room)
            for name in ("instance", "data"):
                (room / name).mkdir(mode=0o700)
            with brought_back(wanted, room / "instance", room / "data", watch) as held:
                rto_seconds = time.monotonic() - started
    except (LoveMarketError, OSError, SQLAlchemyError) as error:
        said = str(explained(error)) if isinstance(error, OSError) else str(error)
        return Drilled(at.isoformat(), ok=False, backup=backup.header.id if backup else None, error=said)
    rpo_seconds, against, behind = _behind(held, live, at)
    return Drilled(
        at=at.isoformat(),
        ok=True,
        backup=backup.header.id,
        database=backup.header.database,
        rpo_seconds=rpo_seconds,
        rpo_against=against,
        entries_behind=behind,
        rto_seconds=round(rto_seconds, 1),
        markets=held.proof.markets,
        entries=held.proof.entries,
        photos=held.photos,
    )


def write_down(drilled: Drilled, log: Path) -> None:
    """Append a drill to its log, a line each."""
    make_folder(log.absolute().parent)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{drilled.line()}\n")
        file.flush()
        os.fsync(file.fileno())


def _behind(held: BroughtBack, live: str, at: datetime) -> tuple[float | None, str, int | None]:
    """Return how much older what was restored is, against what that was measured, and how many entries it lacks."""
    newest, against, behind = held.proof.newest_at, "now", None
    until: datetime | None = at
    try:
        engine = create_engine(existing(live))
        with Session(engine) as session:
            until, now = newest_entry(session), facts(session)
        engine.dispose()
        against, behind = "live", now.entries - held.proof.entries
    except (LoveMarketError, SQLAlchemyError):
        """The live books are down, which a drill must stand: then what counts is the time until now."""
    if newest is None or until is None:
        return (0.0 if until is None else None), against, behind
    return max(0.0, round((until - newest).total_seconds(), 1)), against, behind


class _Room:
    """A scratch folder that goes at the end; those of drills that were killed go at the beginning."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch

    def __enter__(self) -> Path:
        for left in self._scratch.glob(f"{_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._scratch))
        self._folder.chmod(0o711)  # the database server's user passes through
        return self._folder

    def __exit__(self, *_error: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
