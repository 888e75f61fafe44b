"""Installations to back up, with books, secret and photos, and what restoring them needs."""

import io
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from PIL import Image
from sqlalchemy import select, update

from love_market.app import create_app
from love_market.clock import utc_now
from love_market.config import Settings
from love_market.db import db, new_id, transaction
from love_market.deeds import evidence, queries
from love_market.deeds import service as deeds
from love_market.deeds.intake import catalogue
from love_market.people.models import Household, Staff
from love_market.people.rules import Guard, Role
from love_market.stock.models import Good
from love_market.stock.service.photos import keep_photo
from love_market.upkeep.backup import Made, back_up
from love_market.upkeep.keys import Keys, new_key, read_keys
from love_market.upkeep.migrating import migrate as to_newest
from love_market.upkeep.restore import Restored, Wanted, restore
from love_market.upkeep.store import find_backup
from love_market.upkeep.watching import unwatched
from love_market.web.assets import migrations_dir
from tests.builders import meeting
from tests.databases import FILE, SECRET
from tests.ordeal.scene import Scene, furnish


@dataclass(frozen=True)
class Stand:
    """An installation with its scene, a key, and a store for its backups."""

    settings: Settings
    scene: Scene
    key: Path
    store: Path

    @property
    def instance(self) -> Path:
        """The installation's folder."""
        return self.settings.instance

    @property
    def keys(self) -> Keys:
        """The key that locks and opens."""
        return read_keys(self.key)

    def back_up(self) -> Made:
        """Make a backup, with the key that only locks."""
        return back_up(self.settings, self.store, read_keys(self.key.with_name("key.pub")))

    def wanted(self, **other: object) -> Wanted:
        """Return a wish for the newest backup, but for what a test says otherwise."""
        wish = Wanted(find_backup(self.store), self.keys.identities, migrate, migrations_dir())
        return replace(wish, **other)  # type: ignore[arg-type]

    def restore(self, instance: Path, data: Path | None = None, *, over: bool = False, **other: object) -> Restored:
        """Restore the newest backup."""
        return restore(self.wanted(**other), instance, data, unwatched, replace=over)


def migrate(url: str, secret_key: str, instance: Path) -> None:
    """Bring a restored database to the newest tables, as the command does."""
    with create_app(Settings(url, secret_key, instance)).app_context():
        to_newest()
        db.engine.dispose()


def stand(settings: Settings, folder: Path, *, households: int = 4) -> Stand:
    """Furnish an empty migrated installation with two markets, a deed's photo and a good's."""
    scene = furnish(settings, markets=2, households=households, goods_each=3)
    app = create_app(settings)
    with app.app_context():
        add_photos(settings, scene)
        db.engine.dispose()
    if not (folder / "key").exists():
        new_key(folder / "key")
    return Stand(settings, scene, folder / "key", folder / "store")


def add_photos(settings: Settings, scene: Scene) -> None:
    """Adopt rules with a photo of the minutes, record a deed with one, and give a good one, in the first market."""
    shop = scene.markets[0]
    market_id = UUID(shop.market_id)
    with transaction() as session:
        staff_id = session.scalars(select(Staff.id).order_by(Staff.id).limit(1)).one()
        guard = Guard.of_staff(market_id, shop.village_code, staff_id, "王店", Role.RECORDER, Role.CHAIR, Role.CLERK)
        folder, at = evidence.folder_of(settings.instance, market_id), utc_now()
        minutes, done = (evidence.keep(folder, [evidence.Upload(f"{of}.jpg", photo(of))]) for of in ("red", "gold"))
        version_id = deeds.adopt_version(
            session, guard, catalogue(), meeting=meeting(at), at=at, key=new_id(), minutes=minutes
        )
        rule = next(rule for rule in queries.rules(session, guard, version_id) if rule.name == "义务劳动")
        household = session.scalars(select(Household.id).where(Household.market_id == market_id).limit(1)).one()
        deeds.record(
            session,
            guard,
            key=new_id(),
            household_id=household,
            rule_id=rule.id,
            done_on=date(2026, 9, 12),
            at=at,
            words="清渠。",
            photos=done,
        )
        picture = keep_photo(settings.instance, guard, photo("green"))
        good_id = UUID(shop.goods[0].id)
        session.execute(update(Good).where(Good.market_id == market_id, Good.id == good_id).values(picture=picture))


def photo(colour: str) -> bytes:
    """Return a small JPEG."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "JPEG")
    return made.getvalue()


def copied(stood: Stand, folder: Path) -> Stand:
    """Return a copy of an SQLite installation with its store and key."""
    shutil.copytree(stood.instance, folder / "instance")
    for name in ("key", "key.pub"):
        shutil.copy(stood.key.with_name(name), folder / name)
    if stood.store.exists():
        shutil.copytree(stood.store, folder / "store")
    settings = Settings(f"sqlite:///{(folder / 'instance' / FILE).as_posix()}", SECRET, folder / "instance")
    return Stand(settings, stood.scene, folder / "key", folder / "store")


def entries_in(instance: Path) -> int:
    """Count the entries in an SQLite installation's books, without the program."""
    with closing(sqlite3.connect(instance / FILE)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    return int(found)


def photos_in(folder: Path) -> set[str]:
    """Return the photos of an installation, by their paths in it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*.jpg")}
