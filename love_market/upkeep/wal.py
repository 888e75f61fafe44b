"""PostgreSQL's log (WAL) into the store, a segment at a time: ``love-market-archive-wal``, its ``archive_command``.

It loads nothing of the application, because PostgreSQL starts it for every segment. A segment is archived when it is
sealed, on the disk and under its name; the same again is no error, another under the same name is refused. Its hash
stands in its name, so that both can be told without the key that opens.
"""

import argparse
import hashlib
import re
import sys
from pathlib import Path

from love_market.errors import LoveMarketError, Refused, words
from love_market.upkeep.files import explained, in_turn
from love_market.upkeep.keys import Keys, read_keys
from love_market.upkeep.sealed import seal

_NAME = re.compile(r"[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")
_ARCHIVED = re.compile(rf"({_NAME.pattern})-[0-9a-f]{{64}}\.age")


class OtherSegment(Refused):
    """The archive has another segment of that name."""


def archive(path: Path, name: str, folder: Path, keys: Keys) -> bool:
    """Seal a segment into a cluster's archive; return whether it was new there. Raises ``OtherSegment``."""
    if not _NAME.fullmatch(name):
        raise Refused(words("{name} 不是 WAL 段的名字。"), name=name)
    with path.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        target = _place(folder, name) / f"{name}-{sha256}.age"
        with in_turn(folder / ".lock"):
            if target.exists():
                return False
            if any(target.parent.glob(f"{name}-*.age")):
                sentence = words("归档里已经有另一个 {name}，没有覆盖。是不是两套 PostgreSQL 归到了一处？")
                raise OtherSegment(sentence, name=name)
            source.seek(0)
            seal(source, target, keys.recipients)
    return True


def archived(folder: Path) -> dict[str, Path]:
    """Return a cluster's archived files by their names in PostgreSQL, in the order of those."""
    found = {}
    for path in folder.glob("*/*.age"):
        match = _ARCHIVED.fullmatch(path.name)
        if match is not None:
            found[match[1]] = path
    return dict(sorted(found.items()))


def cluster_of(data: Path) -> str:
    """Return the identifier of the cluster whose data directory this is, as PostgreSQL prints it."""
    with (data / "global" / "pg_control").open("rb") as file:
        return str(int.from_bytes(file.read(8), sys.byteorder))


def main() -> None:
    """Archive one segment, told by PostgreSQL, which runs this in its data directory and reads the exit status."""
    parser = argparse.ArgumentParser(
        prog="love-market-archive-wal",
        description="PostgreSQL 的 archive_command：把一段 WAL 加密存进备份的文件夹。",
        epilog="archive_command = 'love-market-archive-wal --to /备份 --key /etc/love-market/backup.key.pub %%p %%f'",
    )
    parser.add_argument("--to", required=True, type=Path, help="备份的文件夹")
    parser.add_argument("--key", required=True, type=Path, help="钥匙文件，只要 .pub 那一个")
    parser.add_argument("--data", default=Path(), type=Path, help="PostgreSQL 的数据目录，默认就是当前目录")
    parser.add_argument("path", type=Path, help="%%p")
    parser.add_argument("name", help="%%f")
    said = parser.parse_args()
    try:
        archive(said.path, said.name, said.to / "wal" / cluster_of(said.data), read_keys(said.key))
    except LoveMarketError as error:
        sys.exit(f"love-market-archive-wal: {error}")
    except OSError as error:
        sys.exit(f"love-market-archive-wal: {explained(error)}")


def _place(folder: Path, name: str) -> Path:
    return folder / ("history" if name.endswith(".history") else name[:16])
