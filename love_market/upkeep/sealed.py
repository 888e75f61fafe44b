"""Sealing what goes into a backup: compressed, encrypted in authenticated chunks, cut-off or changed files refused.

The format is age's (age-encryption.org/v1) by rage, through pyrage: chunks of 64 KiB under ChaCha20-Poly1305, each with
its number and whether it is the last, so that a missing, moved or changed one is noticed before its bytes are used.
What is compressed is gzip inside, so ``age -d -i KEY books.age | gunzip`` needs no program of ours.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Protocol, cast

import pyrage
from pyrage import x25519

from love_market.errors import Refused, words
from love_market.upkeep.files import whole_file
from love_market.upkeep.watching import Progress

_GZIP = 31  # zlib's name for a gzip header around a window of 32 KiB
_BLOCK = 1 << 18


class Damaged(Refused):
    """A file of a backup is not as it was written, or is opened with the wrong key."""


class Readable(Protocol):
    """Where bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file: its size as it lies there, and the SHA-256 of what was sealed (hex)."""

    size_bytes: int
    content_sha256: str


def seal(
    source: Readable,
    target: Path,
    recipients: Sequence[x25519.Recipient],
    progress: Progress = lambda _count: None,
    *,
    packed: bool = True,
) -> Sealed:
    """Seal everything from a source into a file that appears whole or not at all; ``packed`` compresses first.

    ``progress`` is told how many bytes of the source were read with each block.
    """
    reader = _Reader(source, progress, packed=packed)
    with whole_file(target) as file:
        writer = _Writer(file)
        try:
            pyrage.encrypt_io(cast(BufferedIOBase, reader), cast(BufferedIOBase, writer), list(recipients))
        except pyrage.EncryptError as error:
            raise reader.error or writer.error or error
        # An error while the last bytes are written does not come through the library, so it is kept for us.
        if reader.error or writer.error:
            raise reader.error or writer.error or AssertionError
    return Sealed(writer.size_bytes, reader.hash.hexdigest())


def unseal(
    path: Path,
    target: Writable,
    identities: Sequence[x25519.Identity],
    progress: Progress = lambda _count: None,
    *,
    packed: bool = True,
) -> str:
    """Write a sealed file's content to a target; return the content's SHA-256. Raises ``Damaged``.

    What was written before ``Damaged`` is the content's beginning: throw it away.
    """
    writer = _Unpacker(target, progress, packed=packed)
    with path.open("rb") as file:
        try:
            pyrage.decrypt_io(file, cast(BufferedIOBase, writer), list(identities))
            writer.close()
        except (pyrage.DecryptError, OSError, zlib.error) as error:
            if writer.error:
                raise writer.error
            sentence = words("{path} 打不开：文件被改过、没有拷全，或者钥匙不对。请从另一份拷贝里换回这个文件再来。")
            raise Damaged(sentence, path=path) from error
    return writer.hash.hexdigest()


class _Reader:
    """Reads a source, hashes it, and gives it on compressed; keeps the error that stopped it."""

    def __init__(self, source: Readable, progress: Progress, *, packed: bool) -> None:
        self.hash = hashlib.sha256()
        self.error: BaseException | None = None
        self._source, self._progress = source, progress
        self._packer = zlib.compressobj(1, wbits=_GZIP) if packed else None
        self._waiting, self._ended = bytearray(), False

    def read(self, size: int) -> bytes:
        try:
            while len(self._waiting) < size and not self._ended:
                self._fill()
        except BaseException as error:
            self.error = error
            raise
        given = bytes(self._waiting[:size])
        del self._waiting[:size]
        return given

    def _fill(self) -> None:
        block = self._source.read(_BLOCK)
        self.hash.update(block)
        self._progress(len(block))
        self._ended = not block
        if self._packer is None:
            self._waiting += block
        else:
            self._waiting += self._packer.compress(block) if block else self._packer.flush()


class _Writer:
    """Writes to a file and counts; keeps the first error, which the library may pass over."""

    def __init__(self, file: Writable) -> None:
        self.size_bytes = 0
        self.error: BaseException | None = None
        self._file = file

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except BaseException as error:
            self.error = self.error or error
            raise
        self.size_bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """Everything is flushed when the file is closed."""


class _Unpacker:
    """Takes decrypted chunks, gives them on decompressed; keeps the error of the target apart from the source's."""

    def __init__(self, target: Writable, progress: Progress, *, packed: bool) -> None:
        self.hash = hashlib.sha256()
        self.error: BaseException | None = None
        self._target, self._progress = target, progress
        self._unpacker = zlib.decompressobj(wbits=_GZIP) if packed else None

    def write(self, data: bytes) -> int:
        self._give(data if self._unpacker is None else self._unpacker.decompress(data))
        return len(data)

    def close(self) -> None:
        """Give on what is left; raise ``zlib.error`` where the compressed stream has no end."""
        if self._unpacker is not None:
            self._give(self._unpacker.flush())
            if not self._unpacker.eof:
                raise zlib.error("the stream has no end")

    def flush(self) -> None:
        """Everything is given on at once."""

    def _give(self, content: bytes) -> None:
        self.hash.update(content)
        try:
            self._target.write(content)
        except BaseException as error:
            self.error = self.error or error
            raise
        self._progress(len(content))
