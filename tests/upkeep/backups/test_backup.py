"""A village's backup on SQLite: whole, incremental in its photos, silent about people, and nothing where it failed."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.app import create_app
from love_market.appraisals import signed
from love_market.appraisals.models import Appraisal, Meeting, SignedCopy
from love_market.clock import utc_now
from love_market.db import db, new_id, transaction
from love_market.deeds.evidence import Upload
from love_market.deeds.models import RuleVersion
from love_market.people.models import Staff
from love_market.upkeep.backup import back_up_photos
from love_market.upkeep.files import Busy, alone
from love_market.upkeep.keys import read_keys
from love_market.upkeep.snapshots import NotTaken
from love_market.upkeep.store import HEADER, Store
from tests.databases import SECRET
from tests.ordeal.audit import audit
from tests.ordeal.campaign import Rounds
from tests.ordeal.clerks import Crew
from tests.ordeal.servers import Mother, Server
from tests.plays.shell import CHECKOUT
from tests.server import free_port
from tests.upkeep.backups.installations import Stand, entries_in, photo


def test_a_backup_taken_while_clerks_redeem_holds_what_they_were_told_before_and_nothing_half(
    village_stand: Stand, tmp_path: Path
) -> None:
    with Mother() as mother:
        server = Server(mother, village_stand.settings, free_port(), "waitress", tmp_path / "log")
        server.start()
        with Crew(village_stand.scene, server.url, clerks=4, seed=1) as crew:
            while len(crew.acknowledged) < 20:
                assert crew.working, crew.errors
            before = list(crew.acknowledged)
            made = village_stand.back_up()
            during = len(crew.acknowledged) - len(before)
            while len(crew.acknowledged) < len(before) + during + 5:
                assert crew.working, crew.errors
        assert crew.errors == []
    assert made.warnings == ()
    village_stand.restore(tmp_path / "restored")
    found = audit(f"sqlite:///{tmp_path}/restored/love_market.sqlite3", before, others=True)
    assert found.faults == []
    assert entries_in(tmp_path / "restored") < entries_in(village_stand.instance)


def test_a_backup_says_what_it_holds_and_nothing_about_anyone(village_stand: Stand) -> None:
    (backup,) = Store(village_stand.store).complete()
    header = json.loads((backup.folder / HEADER).read_text())
    assert (header["database"], header["markets"], header["photos"]) == ("sqlite", 2, 3)
    assert header["entries"] == entries_in(village_stand.instance)
    stored = b"".join(path.read_bytes() for path in village_stand.store.rglob("*") if path.is_file())
    for secret in ("户主", "王店", "清渠", "爱心超市", SECRET, "SQLite format", "JFIF"):
        assert secret.encode() not in stored
    names = " ".join(path.name for path in village_stand.store.rglob("*"))
    assert re.fullmatch(r"[\x20-\x7e]*", names)


def test_photos_are_saved_once_and_one_that_came_later_is_in_the_next_backup(village_stand: Stand) -> None:
    before = {path: path.stat().st_mtime_ns for path in village_stand.store.glob("photos/*/*/*")}
    assert len(before) == 3
    (market,) = village_stand.instance.glob("evidence/*")
    (market / "half.part").write_bytes(photo("blue"))
    (market / f"{'0' * 64}.jpg").write_bytes(photo("blue"))
    made = village_stand.back_up()
    assert (made.new_photos, len(made.warnings)) == (0, 1)
    assert "坏了" in made.warnings[0]
    (market / f"{'0' * 64}.jpg").unlink()
    good = next(iter(village_stand.instance.glob("goods/*/*.jpg")))
    next(iter(village_stand.store.glob("photos/goods/*/*"))).unlink()
    assert back_up_photos(village_stand.settings, village_stand.store, village_stand.keys).new == 1
    good.unlink()
    assert village_stand.back_up().warnings == ()
    assert {path: path.stat().st_mtime_ns for path in before if path.parts[-3] == "evidence"}.items() <= before.items()


def test_the_signed_minutes_travel_as_photos_do(village_stand: Stand, tmp_path: Path) -> None:
    pdf = b"%PDF-1.7\n%%EOF\n"
    market_id = UUID(village_stand.scene.markets[0].market_id)
    scan = signed.keep(signed.folder_of(village_stand.instance, market_id), Upload("minutes.pdf", pdf))
    with create_app(village_stand.settings).app_context():
        with transaction() as session:
            name_signed_copy(session, village_stand, scan)
        db.engine.dispose()
    village_stand.back_up()
    assert village_stand.restore(tmp_path / "new").held.photos == 4
    assert signed.path_of(signed.folder_of(tmp_path / "new", market_id), "pdf", scan.sha256).read_bytes() == pdf


def name_signed_copy(session: Session, stood: Stand, scan: signed.StoredScan) -> None:
    """Put the rows of a meeting that is over into the first market, with a file of its signed minutes."""
    shop, at = stood.scene.markets[0], utc_now()
    market_id, staff_id = UUID(shop.market_id), session.scalars(select(Staff.id).limit(1)).one()
    version_id = session.scalars(select(RuleVersion.id).where(RuleVersion.market_id == market_id).limit(1)).one()
    appraisal_id, meeting_id = new_id(), new_id()
    for row in (
        Appraisal(
            market_id=market_id,
            id=appraisal_id,
            village_code=shop.village_code,
            quarter="2026Q3",
            rule_version_id=version_id,
            state="decided",
            budget_points=0,
            opened_by="system",
            opened_at=at,
        ),
        Meeting(
            market_id=market_id,
            id=meeting_id,
            appraisal_id=appraisal_id,
            held_on=at.date(),
            panel_count=1,
            present_count=1,
            recorded_by="system",
            recorded_at=at,
            outcome="carried",
            closed_at=at,
        ),
        SignedCopy(
            market_id=market_id,
            meeting_id=meeting_id,
            kind=scan.kind,
            sha256=scan.sha256,
            size_bytes=scan.size_bytes,
            kept_by=staff_id,
            kept_at=at,
        ),
    ):
        session.add(row)
        session.flush()


def test_a_photo_that_the_books_name_and_nobody_has_is_said(village_stand: Stand) -> None:
    next(iter(village_stand.store.glob("photos/goods/*/*"))).unlink()
    next(iter(village_stand.instance.glob("goods/*/*.jpg"))).unlink()
    assert village_stand.back_up().warnings == ("账上有 1 张照片，文件夹里没有。",)


def test_two_backups_into_one_store_come_one_after_the_other(village_stand: Stand) -> None:
    with alone(Store(village_stand.store).lock, ""), pytest.raises(Busy, match="另一个备份"):
        village_stand.back_up()


def test_without_a_database_there_is_no_backup_and_no_empty_file(village_stand: Stand) -> None:
    (village_stand.instance / "love_market.sqlite3").unlink()
    with pytest.raises(NotTaken, match="没有账本"):
        village_stand.back_up()
    assert not (village_stand.instance / "love_market.sqlite3").exists()
    assert len(list(village_stand.store.glob("backups/*"))) == 1
    assert list(village_stand.store.glob("backups/.*")) == []


@pytest.mark.ordeal
def test_killed_at_any_step_on_the_disk_or_with_the_disk_full_nothing_is_half_done(
    village_stand: Stand, tmp_path: Path, rounds: Rounds, ordeal_seed: int
) -> None:
    apart = rounds(10, 1)
    first = random.Random(ordeal_seed).randint(1, apart)
    command = [sys.executable, "-m", "tests.upkeep.backups.killing", str(tmp_path), str(apart), str(first)]
    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert min(map(int, ended.stdout.split())) >= 8 // apart, ended.stdout


def test_the_locking_key_is_all_that_a_backup_needs(village_stand: Stand) -> None:
    assert read_keys(village_stand.key.with_name("key.pub")).identities == ()
    village_stand.key.unlink()
    village_stand.back_up()
