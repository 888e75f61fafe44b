"""The first pass over an .xls stream: its sheets, their reach and formulas, and the records worth passing on.

The reader trusts counts written in a file and stops the whole program where they lie. So the stream is put together
anew from known records of checked length, every count in it our own ([MS-XLS]).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from love_market.workbook import rules
from love_market.workbook.compound import CompoundFile, pack_stream
from love_market.workbook.scan import Budget, SheetScan

_STREAMS = ("Workbook", "Book")
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST, _CONTINUE = 0x0809, 0x000A, 0x002F, 0x0085, 0x00FC, 0x003C
_FORMULA, _LABELSST, _MULRK, _MERGES, _STRING = 0x0006, 0x00FD, 0x00BD, 0x00E5, 0x0207
_NUMBER, _LABEL, _TRUTH, _PACKED, _RICH_TEXT = 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6
_GLOBALS_KEPT = {0x0042: 2, 0x0022: 2, 0x041E: 5, 0x00E0: 16}
"""Code page, date system, number formats and cell formats, with the fewest bytes that each may have."""

_CELLS = {_FORMULA: 20, _LABELSST: 10, _NUMBER: 14, _LABEL: 8, _TRUTH: 8, _PACKED: 10, _RICH_TEXT: 8}
"""Records that fill one cell, with the fewest bytes that each may have."""

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_UNREADY = 0x03
"""A formula marked to be worked out on opening and always: its program left no result."""


class SharedStrings:
    """The lengths of the shared strings, which run on over CONTINUE records."""

    def __init__(self, segments: list[bytes]) -> None:
        self.segments = segments
        self.segment = 0
        self.offset = 8

    def lengths(self) -> list[int]:
        """How many characters each shared string has."""
        (count,) = struct.unpack_from("<I", self.segments[0], 4)
        found: list[int] = []
        while len(found) < count and not self._is_at_end():
            found.append(self._one())
        return found

    def _is_at_end(self) -> bool:
        while self.segment < len(self.segments) and self.offset >= len(self.segments[self.segment]):
            self.segment, self.offset = self.segment + 1, 0
        return self.segment >= len(self.segments)

    def _take(self, layout: str) -> int:
        if self._is_at_end():
            raise IndexError(self.segment)
        (number,) = struct.unpack_from(layout, self.segments[self.segment], self.offset)
        self.offset += struct.calcsize(layout)
        return int(number)

    def _one(self) -> int:
        length, flags = self._take("<H"), self._take("<B")
        runs = self._take("<H") if flags & _RICH else 0
        extra_bytes = self._take("<I") if flags & _EXTENDED else 0
        left, width = length, 1 + (flags & _WIDE)
        while left:
            room = len(self.segments[self.segment]) - self.offset
            if room < width:
                self.segment, self.offset = self.segment + 1, 0
                width = 1 + (self._take("<B") & _WIDE)
                continue
            taken = min(left, room // width)
            left -= taken
            self.offset += taken * width
        self._skip(runs * 4 + extra_bytes)
        return length

    def _skip(self, count_bytes: int) -> None:
        """Pass over formatting runs and phonetics, which are not allowed to end the table early."""
        while count_bytes > 0:
            if self._is_at_end():
                raise IndexError(self.segment)
            step = min(count_bytes, len(self.segments[self.segment]) - self.offset)
            self.offset += step
            count_bytes -= step


@dataclass
class _Globals:
    """The stream's first part: the records kept, where each sheet begins, how long each shared string is."""

    kept: list[bytes] = field(default_factory=list)
    sheets: list[tuple[bytes, int]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Record type and content from an offset to the end of that part; parts inside it (charts) are left out."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size_bytes = struct.unpack_from("<HH", stream, offset)
        content = stream[offset + 4 : offset + 4 + size_bytes]
        if len(content) < size_bytes or (depth == 0 and kind != _BOF):
            raise IndexError(offset)
        offset += 4 + size_bytes
        depth += kind == _BOF
        if depth == 1:
            yield kind, content
        depth -= kind == _EOF
        if depth == 0:
            return


def _sheet_name(content: bytes) -> str:
    """A sheet's name, for refusals only: what is shown comes from the reader."""
    if content[7] & ~_WIDE:
        return content[7:].decode("gb18030", "replace")
    return content[8:].decode("utf-16-le" if content[7] & _WIDE else "latin-1", "replace")


def _read_globals(stream: bytes, filename: str) -> _Globals:
    found = _Globals()
    segments: list[bytes] = []
    previous = 0
    for kind, content in _records(stream, 0):
        if kind == _FILEPASS:
            raise rules.encrypted(filename)
        if kind == _BOUNDSHEET:
            found.sheets.append((content[4:], struct.unpack_from("<I", content)[0]))
        elif kind == _SST or (kind == _CONTINUE and previous == _SST):
            segments.append(content)
            previous = _SST
            continue
        elif kind == _BOF or (kind in _GLOBALS_KEPT and len(content) >= _GLOBALS_KEPT[kind]):
            found.kept.append(_record(kind, content))
        previous = kind
    if segments:
        found.lengths = SharedStrings(segments).lengths()
        segments[0] = struct.pack("<II", *[len(found.lengths)] * 2) + segments[0][8:]
        found.kept += [_record(_CONTINUE if number else _SST, part) for number, part in enumerate(segments)]
    return found


def _scan_sheet(stream: bytes, offset: int, scan: SheetScan, lengths: list[int]) -> list[bytes]:
    """Note what stands on a sheet; the records worth passing on."""
    kept: list[bytes] = []
    for kind, content in _records(stream, offset):
        if kind in _CELLS:
            kept += _one_cell(kind, content, scan, lengths)
        elif kind == _MULRK:
            kept.append(_cells_in_a_row(content, scan))
        elif kind == _MERGES:
            _note_merges(content, scan)
        elif kind in (_BOF, _STRING):
            kept.append(_record(kind, content))
    return kept


def _one_cell(kind: int, content: bytes, scan: SheetScan, lengths: list[int]) -> list[bytes]:
    """Note one cell; its record, a formula's without the formula, none for a formula without a result."""
    if len(content) < _CELLS[kind]:
        raise IndexError(kind)
    row, column = struct.unpack_from("<HH", content)
    scan.fill(row + 1, column + 1)
    if kind == _FORMULA:
        scan.formulas[row + 1, column + 1] = "=…"
        is_ready = struct.unpack_from("<H", content, 14)[0] & _UNREADY != _UNREADY
        return [_record(kind, content[:20] + b"\0\0")] if is_ready else []
    if kind == _LABELSST:
        scan.budget.take(characters=lengths[struct.unpack_from("<I", content, 6)[0]])
    return [_record(kind, content)]


def _cells_in_a_row(content: bytes, scan: SheetScan) -> bytes:
    """Note a run of numbers; its record, with the last column counted anew."""
    row, first = struct.unpack_from("<HH", content)
    cells, rest = divmod(len(content) - 6, 6)
    if rest or cells < 1:
        raise IndexError(row)
    scan.fill(row + 1, first + cells, cells)
    return _record(_MULRK, content[:-2] + struct.pack("<H", first + cells - 1))


def _note_merges(content: bytes, scan: SheetScan) -> None:
    for place in range(2, len(content) - 7, 8):
        first_row, last_row, first_column, last_column = struct.unpack_from("<HHHH", content, place)
        if first_row <= last_row and first_column <= last_column:
            scan.merge((first_row + 1, first_column + 1, last_row + 1, last_column + 1))


def scan_stream(data: bytes, filename: str) -> tuple[list[SheetScan], bytes]:
    """One scan a sheet, in order, and an .xls of checked records only, for the reader.

    Raises ``NotAWorkbook``, ``WorkbookEncrypted``, ``WorkbookBroken``, ``TooManyRows``, ``TooManyColumns`` or
    ``TooManyCells``.
    """
    container = CompoundFile(data, filename)
    if "EncryptedPackage" in container.names:
        raise rules.encrypted(filename)
    name = next((name for name in _STREAMS if name in container.names), None)
    if name is None:
        raise rules.not_a_workbook(filename, rules.OLD_DOCUMENT)
    stream = container.stream(name)
    try:
        found = _read_globals(stream, filename)
        if len(found.sheets) > rules.MAX_SHEETS:
            raise rules.too_many_cells(filename)
        budget = Budget(filename)
        scans = [SheetScan(_sheet_name(bytes(4) + label), budget) for label, _ in found.sheets]
        parts = [
            b"".join([*_scan_sheet(stream, offset, scan, found.lengths), _record(_EOF, b"")])
            for scan, (_, offset) in zip(scans, found.sheets, strict=True)
        ]
    except (struct.error, IndexError) as why:
        raise rules.broken(filename) from why
    return scans, pack_stream(name, _put_together(found, parts))


def _put_together(found: _Globals, parts: list[bytes]) -> bytes:
    """The stream anew: the globals, each sheet's label with its new offset, the sheets."""
    size_bytes = sum(map(len, found.kept)) + sum(len(label) + 8 for label, _ in found.sheets) + 4
    labels: list[bytes] = []
    for (label, _), part in zip(found.sheets, parts, strict=True):
        labels.append(_record(_BOUNDSHEET, struct.pack("<I", size_bytes) + label))
        size_bytes += len(part)
    return b"".join([*found.kept, *labels, _record(_EOF, b""), *parts])
