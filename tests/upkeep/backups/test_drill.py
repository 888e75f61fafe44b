"""The restore drill on a village: what it measures, what it writes down, and how it fails."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from love_market.upkeep.drill import Drilled, drill, write_down
from love_market.upkeep.store import BOOKS, find_backup
from love_market.upkeep.watching import unwatched
from tests.databases import FILE
from tests.upkeep.backups.installations import Stand, entries_in


def drilled_at(stand: Stand, scratch: Path, live: str = "") -> Drilled:
    return drill(stand.wanted, live or stand.settings.database_url, scratch, unwatched)


def test_what_was_written_since_the_backup_is_what_would_be_lost(village_stand: Stand, tmp_path: Path) -> None:
    drilled = drilled_at(village_stand, tmp_path / "scratch")
    assert (drilled.ok, drilled.rpo_seconds, drilled.rpo_against, drilled.entries_behind) == (True, 0.0, "live", 0)
    assert (drilled.markets, drilled.entries, drilled.photos) == (2, entries_in(village_stand.instance), 3)
    before = village_stand.wanted().backup
    with closing(sqlite3.connect(village_stand.instance / FILE)) as books:
        books.execute("UPDATE book SET head_number = head_number + 2, head_hash = 'later'")
        market, number = books.execute("SELECT market_id, head_number FROM book").fetchone()
        (at,) = books.execute("SELECT max(at) FROM entry").fetchone()
        later = datetime.fromisoformat(at) + timedelta(seconds=90)
        row = (
            "INSERT INTO entry (market_id, number, kind, at, actor, reason, key, input_hash, previous_hash, hash) "
            "VALUES (?, ?, 'redeem', ?, '', '', ?, '', '', 'later')"
        )
        books.execute(row, (market, number, f"{later:%Y-%m-%dT%H:%M:%S.%fZ}", b"k" * 16))
        books.commit()
    drilled = drilled_at(village_stand, tmp_path / "scratch")
    assert (drilled.backup, drilled.rpo_seconds, drilled.entries_behind) == (before.header.id, 90.0, 4)


def test_without_the_live_books_what_counts_is_the_time_until_now(village_stand: Stand, tmp_path: Path) -> None:
    drilled = drilled_at(village_stand, tmp_path / "scratch", f"sqlite:///{tmp_path}/absent.sqlite3")
    assert (drilled.ok, drilled.rpo_against, drilled.entries_behind) == (True, "now", None)
    assert drilled.rpo_seconds is not None
    assert 0 < drilled.rpo_seconds < 3600
    assert not (tmp_path / "absent.sqlite3").exists()


def test_a_broken_backup_fails_the_drill_with_the_sentence(village_stand: Stand, tmp_path: Path) -> None:
    path = find_backup(village_stand.store).folder / BOOKS
    path.write_bytes(path.read_bytes()[:-1])
    drilled = drilled_at(village_stand, tmp_path / "scratch")
    assert not drilled.ok
    assert "没有拷全" in str(drilled.error)


def test_nothing_stays_in_the_scratch_folder_not_even_what_a_killed_drill_left(
    village_stand: Stand, tmp_path: Path
) -> None:
    left = tmp_path / "scratch" / "love-market-drill-killed" / "instance"
    left.mkdir(parents=True)
    drilled_at(village_stand, tmp_path / "scratch")
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == [".love-market-drill-lock"]


def test_a_drill_is_a_line_of_json_and_the_next_is_the_next_line(tmp_path: Path) -> None:
    at = datetime(2026, 10, 8, tzinfo=UTC).isoformat()
    for drilled in (Drilled(at, ok=True, rpo_seconds=60.0, rto_seconds=9.5), Drilled(at, ok=False, error="坏了")):
        write_down(drilled, tmp_path / "log" / "drills.jsonl")
    first, second = (tmp_path / "log" / "drills.jsonl").read_text().splitlines()
    assert json.loads(first) == {"at": at, "ok": True, "rpo_seconds": 60.0, "rto_seconds": 9.5}
    assert json.loads(second) == {"at": at, "ok": False, "error": "坏了"}


@pytest.mark.parametrize(("rpo", "rto", "ok"), [(None, None, True), (60, 10, True), (59, 10, False), (60, 9, False)])
def test_more_than_is_allowed_is_a_failure(rpo: float | None, rto: float | None, ok: bool) -> None:  # noqa: FBT001
    judged = Drilled("", ok=True, rpo_seconds=60.0, rto_seconds=9.5).judged(rpo, rto)
    assert judged.ok is ok
    assert ("超过" in str(judged.error)) is not ok
