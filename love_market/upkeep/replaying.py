"""The archived log laid out for a recovery: every segment opened and checked beforehand, a missing one named."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pyrage import x25519

from love_market.errors import Refused, words
from love_market.upkeep.cluster import segment_name, segment_number
from love_market.upkeep.sealed import Damaged, unseal
from love_market.upkeep.store import Server, Store
from love_market.upkeep.wal import archived
from love_market.upkeep.watching import Watch

_SEGMENT_DIGITS = 24


class LogMissing(Refused):
    """A part of the log is not in the archive."""


@dataclass(frozen=True, slots=True)
class Log:
    """What of the archived log a recovery can use: names to files, and the first segment missing among them."""

    files: dict[str, Path]
    missing: str | None


def usable_log(store: Store, server: Server) -> Log:
    """Return the archived log from a base backup on, up to where a segment is missing.

    Segments up to the backup's end are in the backup itself. Of several timelines (after a change of leader) the newest
    counts; what is before its branching lies on older ones.
    """
    files = archived(store.wal(server.cluster))
    first, end = (segment_number(name, server.segment_bytes) for name in (server.first_segment, server.end_segment))
    histories = {name: path for name, path in files.items() if name.endswith(".history")}
    segments = {name: path for name, path in files.items() if len(name) == _SEGMENT_DIGITS}
    segments = {name: path for name, path in segments.items() if segment_number(name, server.segment_bytes) >= first}
    timelines = {int(name[:8], 16) for name in segments} | {int(name[:8], 16) for name in histories}
    newest = max(timelines, default=server.timeline)
    if newest > server.timeline and f"{newest:08X}.history" not in histories:
        return Log(histories | segments, f"{newest:08X}.history")
    numbers = {segment_number(name, server.segment_bytes) for name in segments}
    last = max(numbers, default=end)
    gap = next((number for number in range(end + 1, last + 1) if number not in numbers), None)
    if gap is None:
        return Log(histories | segments, None)
    before = {name: path for name, path in segments.items() if segment_number(name, server.segment_bytes) < gap}
    return Log(histories | before, segment_name(newest, gap, server.segment_bytes))


def lay_out(log: Log, folder: Path, identities: Sequence[x25519.Identity], watch: Watch) -> None:
    """Open every file of the log into a folder; raise ``Damaged`` where one is not what its name says."""
    folder.mkdir(mode=0o700)
    with watch("日志", len(log.files), "段") as progress:
        for name, path in log.files.items():
            with (folder / name).open("wb") as file:
                sha256 = unseal(path, _Sparse(file), identities)
                file.truncate(file.tell())
            if sha256 not in path.name:
                raise Damaged(words("{path} 里装的不是它名字说的那一段。请从另一份拷贝里换回来。"), path=path)
            progress(1)


def refuse_gap(log: Log) -> None:
    """Raise ``LogMissing`` where the log has a gap."""
    if log.missing is not None:
        sentence = words(
            "归档里缺 {name} 这一段，它后面的账接不上。请从另一份拷贝里补上；补不了，就用 --until 回到它之前。"
        )
        raise LogMissing(sentence, name=log.missing)


class _Sparse:
    """Writes zeros as holes: a segment that was ended early is mostly zeros."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        if data.count(0) == len(data):
            self._file.seek(len(data), 1)
        else:
            self._file.write(data)
        return len(data)
