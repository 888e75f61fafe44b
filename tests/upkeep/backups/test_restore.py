"""A village brought back on SQLite: verified before it takes its place, and refused with a sentence where it is not."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from flask_migrate import Migrate, upgrade

from love_market.app import create_app
from love_market.clock import utc_now
from love_market.config import Settings
from love_market.db import db
from love_market.ledger.rules import GENESIS
from love_market.upkeep import verifying
from love_market.upkeep.keys import new_key, read_keys
from love_market.upkeep.places import AlreadyThere, InUse
from love_market.upkeep.restore import PhotosLost
from love_market.upkeep.sealed import Damaged
from love_market.upkeep.store import BOOKS, HEADER, MANIFEST, NoBackup, Store, find_backup
from love_market.upkeep.verifying import NotVerified
from love_market.upkeep.watching import unwatched
from love_market.web.assets import migrations_dir
from tests.databases import FILE, SECRET
from tests.upkeep.backups.installations import Stand, entries_in, photos_in


def test_what_was_backed_up_comes_back_with_its_secret_and_its_photos(village_stand: Stand, tmp_path: Path) -> None:
    restored = village_stand.restore(tmp_path / "new" / "instance")
    there = tmp_path / "new" / "instance"
    assert (restored.before, restored.held.photos, restored.held.proof.markets) == ((), 3, 2)
    assert restored.held.proof.entries == entries_in(there) == entries_in(village_stand.instance)
    assert (there / "secret_key").read_text() == SECRET
    assert (there / "secret_key").stat().st_mode & 0o777 == 0o600
    assert photos_in(there) == photos_in(village_stand.instance)
    for path in photos_in(there):
        assert (there / path).read_bytes() == (village_stand.instance / path).read_bytes()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["instance"]


def flipped(path: Path, place: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [BOOKS, HEADER, MANIFEST, "photo"])
@pytest.mark.parametrize("place", [0, 0.3, 0.5, 0.8, 1])
def test_a_flipped_byte_in_any_file_is_refused_and_nothing_is_there(
    village_stand: Stand, tmp_path: Path, name: str, place: float
) -> None:
    (backup,) = Store(village_stand.store).complete()
    photo = next(iter(village_stand.store.glob("photos/*/*/*")))
    flipped(photo if name == "photo" else backup.folder / name, place)
    with pytest.raises((Damaged, PhotosLost)):
        village_stand.restore(tmp_path / "new")
    assert not list(tmp_path.glob("new*"))


def test_every_byte_of_the_header_is_held_to_the_manifest(village_stand: Stand) -> None:
    (backup,) = Store(village_stand.store).complete()
    header, identities = (backup.folder / HEADER).read_bytes(), village_stand.keys.identities
    for place in range(len(header)):
        (backup.folder / HEADER).write_bytes(header[:place] + bytes([header[place] ^ 1]) + header[place + 1 :])
        with pytest.raises(Damaged):
            find_backup(village_stand.store).manifest(identities)


@pytest.mark.parametrize("name", [BOOKS, MANIFEST])
def test_a_file_cut_off_or_gone_is_refused(village_stand: Stand, tmp_path: Path, name: str) -> None:
    (backup,) = Store(village_stand.store).complete()
    path = backup.folder / name
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Damaged, match="没有拷全"):
        village_stand.restore(tmp_path / "new")
    path.unlink()
    with pytest.raises((Damaged, FileNotFoundError)):
        village_stand.restore(tmp_path / "new")


def test_another_key_is_said_to_be_another(village_stand: Stand, tmp_path: Path) -> None:
    new_key(tmp_path / "other")
    with pytest.raises(Damaged, match=r"钥匙不对：备份 .* 要用 age1"):
        village_stand.restore(tmp_path / "new", identities=read_keys(tmp_path / "other").identities)


def test_books_of_another_backup_in_its_place_are_refused(village_stand: Stand, tmp_path: Path) -> None:
    older = find_backup(village_stand.store).folder
    with closing(sqlite3.connect(village_stand.instance / FILE)) as books:
        books.execute("UPDATE household SET head_name = '改名'")
        books.commit()
    newer = village_stand.back_up().backup.folder
    shutil.copy(older / BOOKS, newer / BOOKS)
    with pytest.raises(Damaged, match="被改过"):
        village_stand.restore(tmp_path / "new")


def test_an_older_backup_is_never_taken_unasked_for_a_newest_that_is_broken(village_stand: Stand) -> None:
    newest = village_stand.back_up().backup.folder
    (newest / HEADER).write_text("{}")
    with pytest.raises(Damaged, match="更早的一份"):
        find_backup(village_stand.store)
    (older,) = Store(village_stand.store).complete()
    assert find_backup(older.folder).header == older.header


def test_a_photo_that_is_missing_stops_a_restore_until_the_operator_says_otherwise(
    village_stand: Stand, tmp_path: Path
) -> None:
    next(iter(village_stand.store.glob("photos/evidence/*/*"))).unlink()
    with pytest.raises(PhotosLost, match=r"1 张.*--without-lost-photos"):
        village_stand.restore(tmp_path / "new")
    restored = village_stand.restore(tmp_path / "new", without_lost_photos=True)
    assert (restored.held.photos, restored.held.lost_photos) == (2, 1)


def test_what_is_there_is_replaced_only_on_the_operators_word_and_kept(village_stand: Stand, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").write_text("the only copy")
    with pytest.raises(AlreadyThere, match="--replace"):
        village_stand.restore(tmp_path / "new")
    (aside,) = village_stand.restore(tmp_path / "new", over=True).before
    assert (aside / "mine").read_text() == "the only copy"
    assert (tmp_path / "new" / FILE).exists()


def test_an_empty_folder_may_be_filled(village_stand: Stand, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert village_stand.restore(tmp_path / "new").before == ()


def test_an_installation_whose_door_is_open_is_not_replaced(village_stand: Stand, tmp_path: Path) -> None:
    with closing(sqlite3.connect(village_stand.instance / FILE)) as connection:
        connection.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(InUse, match="先关门"):
            village_stand.restore(village_stand.instance, over=True)
    (aside,) = village_stand.restore(village_stand.instance, over=True).before
    assert entries_in(aside) == entries_in(village_stand.instance)
    assert not list(tmp_path.glob("*.restoring-*"))


def test_until_takes_the_newest_backup_that_was_finished_by_then(village_stand: Stand) -> None:
    first = find_backup(village_stand.store)
    between = utc_now()
    second = village_stand.back_up().backup
    assert find_backup(village_stand.store, between).header == first.header
    assert find_backup(village_stand.store, utc_now()).header == second.header
    with pytest.raises(NoBackup, match="--until"):
        find_backup(village_stand.store, first.header.finished - timedelta(seconds=1))


@pytest.mark.parametrize("place", ["absent", "."])
def test_a_place_without_backups_is_said_to_have_none(tmp_path: Path, place: str) -> None:
    with pytest.raises(NoBackup):
        find_backup(tmp_path / place)


def test_many_entries_are_verified_by_several_processes_and_a_fault_comes_through(
    village_stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "_MANY_ENTRIES", 0)
    assert verifying.verify_books(village_stand.settings.database_url, unwatched).markets == 2
    with closing(sqlite3.connect(village_stand.instance / FILE)) as books:
        books.execute("UPDATE account SET balance = balance + 1 WHERE kind = 'voucher'")
        books.commit()
    with pytest.raises(NotVerified, match="恢复出来的账不对"):
        verifying.verify_books(village_stand.settings.database_url, unwatched)


def test_a_backup_of_an_older_program_is_brought_to_this_ones_tables(village_stand: Stand, tmp_path: Path) -> None:
    old = tmp_path / "old"
    settings = Settings(f"sqlite:///{(old / FILE).as_posix()}", SECRET, old)
    old.mkdir()
    with create_app(settings).app_context():
        Migrate(current_app, db, directory=str(migrations_dir()))
        upgrade(revision="0002")
        db.engine.dispose()
    stand = Stand(settings, village_stand.scene, village_stand.key, tmp_path / "old-store")
    assert stand.back_up().backup.header.schema == "0002"
    stand.restore(tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "new" / FILE)) as books:
        ((schema,),) = books.execute("SELECT version_num FROM alembic_version").fetchall()
    assert schema == village_stand.wanted().backup.header.schema


Tamper = Callable[[sqlite3.Connection], object]


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (
            lambda books: books.execute("UPDATE account SET balance = balance + 1 WHERE kind = 'voucher'"),
            "恢复出来的账不对",
        ),
        (lambda books: books.execute("UPDATE entry SET reason = 'other' WHERE number = 2"), "第 2"),
        (lambda books: books.execute(f"UPDATE book SET head_hash = '{GENESIS}'"), "恢复出来的账"),
        (lambda books: books.execute("UPDATE alembic_version SET version_num = '9999'"), "更新的程序"),
    ],
    ids=["balance", "entry", "head", "schema"],
)
def test_books_that_do_not_add_up_never_take_over(
    village_stand: Stand, tmp_path: Path, tamper: Tamper, told: str
) -> None:
    with closing(sqlite3.connect(village_stand.instance / FILE)) as books:
        for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            books.execute(f"DROP TRIGGER {name}")
        tamper(books)
        books.commit()
    village_stand.back_up()
    with pytest.raises(NotVerified, match=told):
        village_stand.restore(tmp_path / "new")
    assert not list(tmp_path.glob("new*"))
