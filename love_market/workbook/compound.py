"""OLE2 compound files: the one stream that is wanted, read by the format's own tables ([MS-CFB])."""

import struct

from love_market.workbook import rules

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_STREAM = 2
_ROOT = 5
_HEADER_DIFAT = 109
_END = 0xFFFFFFFA
"""From here on a sector's number is a mark, not a place."""


class CompoundFile:
    """The directory of a compound file, and its streams by name; raises ``WorkbookBroken``."""

    def __init__(self, data: bytes, filename: str) -> None:
        self.data = data
        self.filename = filename
        try:
            self._open()
        except (struct.error, IndexError, ValueError) as why:
            raise rules.broken(filename) from why

    def _open(self) -> None:
        sector_shift, mini_shift = struct.unpack_from("<HH", self.data, 30)
        self._sector_bytes, self._mini_bytes = 1 << (sector_shift & 15), 1 << (mini_shift & 15)
        first_directory, _, self._cutoff, first_mini = struct.unpack_from("<I4xIII", self.data, 48)[:4] + ()
        self._table = self._allocation()
        self._entries: dict[str, tuple[int, int]] = {}
        root = (_END, 0)
        directory = self._chain(first_directory)
        for offset in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            name_bytes, kind = struct.unpack_from("<HB", directory, offset + 64)
            name = directory[offset : offset + max(0, min(name_bytes, 64) - 2)].decode("utf-16-le", "replace")
            place = struct.unpack_from("<II", directory, offset + 116)
            if kind == _STREAM:
                self._entries.setdefault(name.lower(), place)
            elif kind == _ROOT:
                root = place
