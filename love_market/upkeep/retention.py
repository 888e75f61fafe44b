"""What of a store may go: backups that newer complete ones make unneeded, and the log from before the oldest kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from love_market.upkeep.cluster import segment_number
from love_market.upkeep.files import alone, remove_tree
from love_market.upkeep.store import BUSY, Backup, Store
from love_market.upkeep.wal import archived


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many backups and how many pieces of the log are gone."""

    backups: int
    segments: int


def prune(store: Store, now: datetime, *, keep: int | None, keep_days: int | None) -> Pruned:
    """Remove complete backups that neither count nor age keeps; of each database the newest stays whatever is asked.

    With both limits a backup that one of them keeps stays. Photos stay: any backup may name them.
    """
    if keep is None and keep_days is None:
        return Pruned(0, 0)
    with alone(store.lock, BUSY):
        by_source: dict[str, list[Backup]] = {}
        for backup in reversed(store.complete()):
            by_source.setdefault(backup.header.source, []).append(backup)
        backups = segments = 0
        for found in by_source.values():
            kept = [backup for place, backup in enumerate(found) if _stays(backup, place, now, keep, keep_days)]
            for backup in found:
                if backup not in kept:
                    remove_tree(backup.folder)
                    backups += 1
            segments += _prune_log(store, kept)
    return Pruned(backups, segments)


def _stays(backup: Backup, place: int, now: datetime, keep: int | None, keep_days: int | None) -> bool:
    return (
        place == 0
        or (keep is not None and place < keep)
        or (keep_days is not None and now - backup.header.finished <= timedelta(days=keep_days))
    )


def _prune_log(store: Store, kept: list[Backup]) -> int:
    """Remove the log's segments from before the oldest kept backup of a cluster; histories of timelines stay."""
    servers = [backup.header.server for backup in kept if backup.header.server]
    if not servers:
        return 0
    size = servers[0].segment_bytes
    needed = min(segment_number(server.first_segment, size) for server in servers)
    gone = 0
    for name, path in archived(store.wal(servers[0].cluster)).items():
        if not name.endswith(".history") and segment_number(name, size) < needed:
            path.unlink()
            gone += 1
    return gone
