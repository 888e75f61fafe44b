"""Zip containers opened without trust: checked by what they claim, read within limits, and packed anew.

The reader behind us gets the new package, which holds only the checked parts: what was checked is what
is read.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping

from love_market.workbook import rules

_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_FLAG = 0x1
_PICTURES = (".png", ".jpg", ".jpeg", ".gif")


def _is_part(name: str) -> bool:
    """Whether an entry can matter for the cells: XML parts, their relations and the ODS type mark."""
    return name.endswith((".xml", ".rels")) or name == "mimetype"


def open_parts(data: bytes, filename: str) -> dict[str, bytes]:
    """The XML parts of a zip container by name, unpacked within the limits.

    Raises ``WorkbookBroken``, ``WorkbookEncrypted`` or ``WorkbookBomb``. Pictures and macros are left packed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            entries = container.infolist()
            _check_claims(entries, filename)
            return {entry.filename: container.read(entry) for entry in entries if _is_part(entry.filename.lower())}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as why:
        raise rules.broken(filename) from why


def open_pictures(data: bytes, filename: str) -> dict[str, bytes]:
    """The pictures of a workbook by name, for a copy of it; none where they unpack to more than a workbook may weigh.

    Raises ``WorkbookBroken``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            entries = [entry for entry in container.infolist() if entry.filename.lower().endswith(_PICTURES)]
            if sum(entry.file_size for entry in entries) > rules.MAX_FILE_BYTES:
                return {}
            return {entry.filename: container.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as why:
        raise rules.broken(filename) from why


def names_in(data: bytes, filename: str) -> frozenset[str]:
    """The names of all entries; raises ``WorkbookBroken`` where there is no list of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            return frozenset(container.namelist())
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as why:
        raise rules.broken(filename) from why


def _check_claims(entries: list[zipfile.ZipInfo], filename: str) -> None:
    """Refuse by the container's own list: too many, twice the same, locked, too large or too tightly packed.

    ``zipfile`` never unpacks more of an entry than the size claimed here, so the claim is the limit.
    """
    if len(entries) > rules.MAX_ENTRIES:
        raise rules.bomb(filename)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names):
        raise rules.bomb(filename)
    parts = [entry for entry in entries if _is_part(entry.filename.lower())]
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in parts):
        raise rules.encrypted(filename)
    if any(entry.compress_type not in _READABLE_METHODS for entry in parts):
        raise rules.broken(filename)
    unpacked = sum(entry.file_size for entry in parts)
    packed = max(1, sum(entry.compress_size for entry in parts))
    if unpacked > rules.MAX_UNPACKED_BYTES:
        raise rules.bomb(filename)
    if unpacked > rules.RATIO_MATTERS_FROM_BYTES and unpacked > packed * rules.MAX_RATIO:
        raise rules.bomb(filename)


def pack(parts: Mapping[str, bytes]) -> bytes:
    """A plain container of exactly these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return packed.getvalue()
