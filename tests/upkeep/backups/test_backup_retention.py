"""What goes of old backups, and what never does."""

from datetime import timedelta

import pytest

from love_market.clock import utc_now
from love_market.upkeep.retention import prune
from love_market.upkeep.store import BOOKS, HEADER, Store
from tests.upkeep.backups.installations import Stand


@pytest.mark.parametrize(
    ("keep", "keep_days", "later_days", "left"),
    [
        (2, None, 0, 2),
        (1, None, 0, 1),
        (9, None, 0, 4),
        (None, 30, 0, 4),
        (None, 30, 31, 1),
        (3, 30, 31, 3),
        (1, 30, 0, 4),
    ],
)
def test_count_and_age_keep_and_the_newest_always_stays(
    village_stand: Stand, keep: int | None, keep_days: int | None, later_days: int, left: int
) -> None:
    store = Store(village_stand.store)
    newest = [village_stand.back_up().backup.header for _ in range(3)][-1]
    gone = prune(store, utc_now() + timedelta(days=later_days), keep=keep, keep_days=keep_days)
    kept = store.complete()
    assert (gone.backups, len(kept), kept[-1].header) == (4 - left, left, newest)
    assert sorted(path.name for path in store.backups.iterdir()) == [backup.folder.name for backup in kept]
    assert len(list(store.photos.glob("*/*/*"))) == 3


def test_a_backup_that_is_not_whole_does_not_count_as_the_newest(village_stand: Stand) -> None:
    store = Store(village_stand.store)
    (whole,) = store.complete()
    cut, changed = (village_stand.back_up().backup.folder for _ in range(2))
    (cut / BOOKS).write_bytes(b"")
    (changed / HEADER).write_text("nothing")
    assert prune(store, utc_now(), keep=1, keep_days=None).backups == 0
    assert store.complete() == [whole]
