"""The first pass over an .xls stream: which sheets it holds, how far they reach, where formulas stand ([MS-XLS])."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from love_market.workbook import rules
from love_market.workbook.compound import CompoundFile
from love_market.workbook.scan import Budget, SheetScan

STREAMS = ("Workbook", "Book")
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST, _CONTINUE = 0x0809, 0x000A, 0x002F, 0x0085, 0x00FC, 0x003C
_FORMULA, _LABELSST, _MULRK = 0x0006, 0x00FD, 0x00BD
_ONE_CELL = {_FORMULA, _LABELSST, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6}
"""Records that fill one cell: formula, shared text, number, text, truth or error, packed number, rich text."""

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08


class _Strings:
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
        while count_bytes > 0 and not self._is_at_end():
            step = min(count_bytes, len(self.segments[self.segment]) - self.offset)
            self.offset += step
            count_bytes -= step


@dataclass
class _Globals:
    """What the stream's first part says: where each sheet begins, and how long each shared string is."""

    sheets: list[tuple[str, int]] = field(default_factory=list)
    segments: list[bytes] = field(default_factory=list)
    is_encrypted: bool = False


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Record type and content from an offset to the end of that part; parts inside it (charts) are left out."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size_bytes = struct.unpack_from("<HH", stream, offset)
        content = stream[offset + 4 : offset + 4 + size_bytes]
        offset += 4 + size_bytes
        depth += kind == _BOF
        if depth <= 1:
            yield kind, content
        depth -= kind == _EOF
        if depth <= 0:
            return


def _sheet_name(content: bytes) -> str:
    """A sheet's name, for refusals only: what is shown comes from the reader."""
    if content[7] & ~_WIDE:
        return content[7:].decode("gb18030", "replace")
    return content[8:].decode("utf-16-le" if content[7] & _WIDE else "latin-1", "replace")


def _globals(stream: bytes) -> _Globals:
    found = _Globals()
    previous = 0
    for record, content in _records(stream, 0):
        kind = record
        if kind == _FILEPASS:
            found.is_encrypted = True
        elif kind == _BOUNDSHEET:
            found.sheets.append((_sheet_name(content), struct.unpack_from("<I", content)[0]))
        elif kind == _SST or (kind == _CONTINUE and previous == _SST):
            found.segments.append(content)
            kind = _SST
        previous = kind
    return found


def _scan_sheet(stream: bytes, offset: int, scan: SheetScan, lengths: list[int]) -> None:
    for kind, content in _records(stream, offset):
        if kind in _ONE_CELL:
            row, column = struct.unpack_from("<HH", content)
            scan.fill(row + 1, column + 1)
            if kind == _FORMULA:
                scan.formulas[row + 1, column + 1] = "=…"
            elif kind == _LABELSST:
                (index,) = struct.unpack_from("<I", content, 6)
                scan.budget.take(characters=lengths[index])
        elif kind == _MULRK:
            row, first = struct.unpack_from("<HH", content)
            cells = (len(content) - 6) // 6
            scan.fill(row + 1, first + cells, cells)


def scan_stream(data: bytes, filename: str) -> list[SheetScan]:
    """One scan a sheet, in order.

    Raises ``NotAWorkbook``, ``WorkbookEncrypted``, ``WorkbookBroken``, ``TooManyRows``, ``TooManyColumns`` or
    ``TooManyCells``.
    """
    container = CompoundFile(data, filename)
    if "EncryptedPackage" in container.names:
        raise rules.encrypted(filename)
    name = next((name for name in STREAMS if name in container.names), None)
    if name is None:
        raise rules.not_a_workbook(filename, rules.OLD_DOCUMENT)
    stream = container.stream(name)
    try:
        found = _globals(stream)
        if found.is_encrypted:
            raise rules.encrypted(filename)
        if len(found.sheets) > rules.MAX_SHEETS:
            raise rules.too_many_cells(filename)
        lengths = _Strings(found.segments).lengths() if found.segments else []
        budget = Budget(filename)
        scans = [SheetScan(sheet_name, budget) for sheet_name, _ in found.sheets]
        for scan, (_, offset) in zip(scans, found.sheets, strict=True):
            _scan_sheet(stream, offset, scan, lengths)
    except (struct.error, IndexError) as why:
        raise rules.broken(filename) from why
    return scans
