"""OLE2 compound files: the streams that older office programs keep inside one file ([MS-CFB])."""

import struct

from love_market.workbook import rules

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_NAME_BYTES = 64
_STREAM = 2
_ROOT = 5
_HEADER_DIFAT = 109
_MARKS = 0xFFFFFFFA
"""From here on a sector's number is a mark (end of chain, free), not a place."""

_TABLE_MARK, _END_MARK, _FREE_MARK = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_PACKED_SECTOR_BYTES = 4096
_PACKED_NUMBERS = _PACKED_SECTOR_BYTES // 4


class CompoundFile:
    """The directory of a compound file and its streams by name; raises ``WorkbookBroken`` for nonsense."""

    def __init__(self, data: bytes, filename: str) -> None:
        self.data = data
        self.filename = filename
        try:
            self._read_directory()
        except (struct.error, IndexError) as why:
            raise rules.broken(filename) from why

    @property
    def names(self) -> frozenset[str]:
        """The names of the streams."""
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """One stream's bytes; raises ``WorkbookBroken`` where its chain leads nowhere."""
        start, size_bytes = self._entries[name]
        try:
            if size_bytes >= self._cutoff_bytes:
                return self._chain(start)[:size_bytes]
            return self._follow(self._mini, self._mini_bytes, self._mini_table, start)[:size_bytes]
        except (struct.error, IndexError) as why:
            raise rules.broken(self.filename) from why

    def _read_directory(self) -> None:
        sector_shift, mini_shift = struct.unpack_from("<HH", self.data, 30)
        self._sector_bytes, self._mini_bytes = 1 << (sector_shift & 15), 1 << (mini_shift & 15)
        first_directory, _, self._cutoff_bytes, first_mini = struct.unpack_from("<IIII", self.data, 48)
        self._sectors = self.data[max(_HEADER_BYTES, self._sector_bytes) :]
        self._table = self._allocation()
        self._mini_table = self._numbers(self._chain(first_mini))
        self._entries: dict[str, tuple[int, int]] = {}
        self._mini = b""
        directory = self._chain(first_directory)
        for offset in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            name_bytes, kind = struct.unpack_from("<HB", directory, offset + _NAME_BYTES)
            raw_name = directory[offset : offset + max(0, min(name_bytes, _NAME_BYTES) - 2)]
            start, size_bytes = struct.unpack_from("<II", directory, offset + 116)
            if kind == _STREAM:
                self._entries.setdefault(raw_name.decode("utf-16-le", "replace"), (start, size_bytes))
            elif kind == _ROOT:
                self._mini = self._chain(start)[:size_bytes]

    def _allocation(self) -> list[int]:
        """The file allocation table, put together from the sectors that the header and its chain list."""
        listed = list(struct.unpack_from(f"<{_HEADER_DIFAT}I", self.data, 76))
        more, left = struct.unpack_from("<II", self.data, 68)
        while more < _MARKS and 0 < left <= len(self.data) // self._sector_bytes:
            *places, more = self._numbers(self._sector(more))
            listed += places
            left -= 1
        return [number for place in listed if place < _MARKS for number in self._numbers(self._sector(place))]

    def _numbers(self, content: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))

    def _sector(self, number: int) -> bytes:
        found = self._sectors[number * self._sector_bytes : (number + 1) * self._sector_bytes]
        if not found:
            raise IndexError(number)
        return found

    def _chain(self, start: int) -> bytes:
        return self._follow(self._sectors, self._sector_bytes, self._table, start)

    def _follow(self, source: bytes, unit_bytes: int, table: list[int], start: int) -> bytes:
        """The units of a chain put together; a chain that runs in a circle is nonsense."""
        found: list[bytes] = []
        number = start
        while number < _MARKS:
            if len(found) > len(table):
                raise IndexError(number)
            found.append(source[number * unit_bytes : (number + 1) * unit_bytes])
            number = table[number]
        return b"".join(found)


def _entry(name: str, kind: int, child: int, start: int, size_bytes: int) -> bytes:
    raw = name.encode("utf-16-le")
    head = struct.pack("<64sHBB", raw, len(raw) + 2, kind, 1)
    return head + struct.pack("<III36xIQ", _FREE_MARK, _FREE_MARK, child, start, size_bytes)


def pack_stream(name: str, content: bytes) -> bytes:
    """A plain compound file of one stream, sectors in order: tables, directory, an idle one, content.

    The idle sector stands for the root's store of small streams: a root without any is taken for damage.
    """
    count = max(1, -(-len(content) // _PACKED_SECTOR_BYTES))
    tables = -(-(count + 2) // _PACKED_NUMBERS) + 1
    directory, idle, first = tables, tables + 1, tables + 2
    table = [_TABLE_MARK] * tables + [_END_MARK, _END_MARK, *range(first + 1, first + count), _END_MARK]
    table += [_FREE_MARK] * (tables * _PACKED_NUMBERS - len(table))
    header = MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
    header += struct.pack("<9I", 1, tables, directory, 0, _PACKED_SECTOR_BYTES, _END_MARK, 0, _END_MARK, 0)
    places = [*range(tables), *[_FREE_MARK] * (_HEADER_DIFAT - tables)]
    header += struct.pack(f"<{_HEADER_DIFAT}I", *places)
    size_bytes = count * _PACKED_SECTOR_BYTES
    entries = _entry("Root Entry", _ROOT, 1, idle, 0) + _entry(name, _STREAM, _FREE_MARK, first, size_bytes)
    body = struct.pack(f"<{len(table)}I", *table) + entries.ljust(2 * _PACKED_SECTOR_BYTES, b"\0")
    return header.ljust(_PACKED_SECTOR_BYTES, b"\0") + body + content.ljust(size_bytes, b"\0")
