"""Photos and spoken words as evidence: photos stripped of where they were taken, all kept under their own hash.

The folder is passed in. Files are written before the deed's row is: one that no row names is harmless, a row whose
file is missing would not be.
"""

import hashlib
import io
import os
import struct
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from uuid import UUID

from PIL import Image, ImageOps

from love_market.errors import Invalid, NotFound, words

MOST_PHOTOS = 6
MOST_BYTES = 8 * 1_048_576
MOST_PIXELS = 70_000_000
LONGEST_SIDE_PX = 1600
QUALITY = 82
MOST_SOUND_BYTES = 2 * 1_048_576
LONGEST_SOUND_SECONDS = 60
SOUNDS = {"webm": "audio/webm", "ogg": "audio/ogg", "mp4": "audio/mp4"}
"""What browsers record, by a file's ending."""
_SIGNS = {"webm": (0, b"\x1a\x45\xdf\xa3"), "ogg": (0, b"OggS"), "mp4": (4, b"ftyp")}
_TURNS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
_FLAT = 16
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
_HEIC = (b"heic", b"heix", b"hevc")
# A JPEG is decoded at a fraction of its size; the others unfold whole, so fewer pixels of them are let in.
MOST_UNFOLDED_PIXELS = 30_000_000
_BROKEN = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    LookupError,
    OverflowError,
    struct.error,
    zlib.error,
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PhotoNotReadable(Invalid):
    """A file is not a photo, or a broken one."""


class PhotoTooLarge(Invalid):
    """A photo has too many bytes or pixels."""


class TooManyPhotos(Invalid):
    """A deed has more photos than are kept."""


class PhotoLost(NotFound):
    """A file of evidence is not where it was kept."""


class SoundNotReadable(Invalid):
    """A file is not a recording that browsers make, or a long one."""


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """A photo that lies in a market's evidence folder under its SHA-256 (hex); ``looks`` are those of ``DeedPhoto``."""

    sha256: str
    width_px: int
    height_px: int
    looks: str = ""


@dataclass(frozen=True, slots=True)
class StoredSound:
    """Spoken words that lie in a market's evidence folder under their SHA-256 (hex), a file of ``kind``."""

    sha256: str
    kind: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the name it had there, and its bytes."""

    name: str
    content: bytes


def folder_of(instance: Path, market_id: UUID) -> Path:
    """Return the folder of a market's photos inside the instance folder."""
    return instance / "evidence" / market_id.hex


def keep(folder: Path, uploads: Sequence[Upload]) -> list[StoredPhoto]:
    """Re-encode photos to JPEG of at most 1600 px without metadata and keep them; return them in their order.

    All or none: raises ``TooManyPhotos``, ``PhotoTooLarge`` or ``PhotoNotReadable`` before anything is written.
    """
    if len(uploads) > MOST_PHOTOS:
        raise TooManyPhotos(words("一件好事最多留 {count} 张照片，请挑最清楚的。"), count=MOST_PHOTOS)
    cleaned = [_cleaned(upload) for upload in uploads]
    stored = []
    for content, (width, height), looks in cleaned:
        digest = hashlib.sha256(content).hexdigest()
        write(folder / f"{digest}.jpg", content)
        stored.append(StoredPhoto(digest, width, height, looks))
    return stored


def keep_sound(folder: Path, upload: Upload) -> StoredSound:
    """Keep spoken words as they came, known by what the file begins with; raise ``SoundNotReadable``."""
    if len(upload.content) > MOST_SOUND_BYTES:
        raise SoundNotReadable(words("录音太长，最多 {seconds} 秒。请重录一段短的。"), seconds=LONGEST_SOUND_SECONDS)
    for kind, (at, sign) in _SIGNS.items():
        if upload.content[at : at + len(sign)] == sign:
            digest = hashlib.sha256(upload.content).hexdigest()
            write(folder / f"{digest}.{kind}", upload.content)
            return StoredSound(digest, kind)
    raise SoundNotReadable(words("这段录音打不开，什么也没有存。请重录，或者写几个字。"))


def path_of(folder: Path, sha256: str, kind: str = "jpg") -> Path:
    """Return where a kept file of evidence lies; raise ``PhotoLost``."""
    path = folder / f"{sha256}.{kind}"
    if not path.is_file():
        raise PhotoLost(words("这张照片的文件不见了。请告诉管理员从备份里找回。"))
    return path


def _cleaned(upload: Upload) -> tuple[bytes, tuple[int, int], str]:
    """Return a photo upright, at most 1600 px, as a JPEG that holds pixels and nothing else; its size and its looks."""
    if upload.content[4:8] == b"ftyp" and any(kind in upload.content[8:40] for kind in _HEIC):
        raise PhotoNotReadable(
            words(
                "“{name}”是苹果手机的 HEIC 照片，这里打不开，什么也没有存。"
                "请把它在手机上打开、截一张图，传截图；或者用微信发一遍，存下来再传。"
            ),
            name=upload.name,
        )
    if len(upload.content) > MOST_BYTES:
        raise PhotoTooLarge(
            words("照片“{name}”太大，一张最多 {megabytes} MB。请用手机里的小图再传。"),
            name=upload.name,
            megabytes=MOST_BYTES // 1_048_576,
        )
    try:
        with Image.open(io.BytesIO(upload.content), formats=FORMATS) as photo:
            _check_pixels(upload.name, photo)
            photo.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
            photo.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
            upright = _on_white(ImageOps.exif_transpose(photo))
    except _BOMBS as error:
        raise _too_many_pixels(upload.name) from error
    except _BROKEN as error:
        raise PhotoNotReadable(
            words("“{name}”不是能看的照片，什么也没有存。请换成 JPG、PNG 或 WebP 的照片再传。"), name=upload.name
        ) from error
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=QUALITY, optimize=True)
    return encoded.getvalue(), upright.size, _looks(upright)


def _looks(photo: Image.Image) -> str:
    """Return what a photo looks like, in all four turns: which of two neighbours is brighter, on a field of 9 × 8."""
    grey = photo.convert("L")
    darkest, brightest = cast(tuple[int, int], grey.getextrema())
    if brightest - darkest < _FLAT:  # a wall, a dark picture: they all look alike
        return ""
    return "".join(_dhash(grey if turn is None else grey.transpose(turn)) for turn in _TURNS)


def _dhash(grey: Image.Image) -> str:
    field = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = "".join("01"[field[at] > field[at + 1]] for row in range(8) for at in range(row * 9, row * 9 + 8))
    return f"{int(bits, 2):016x}"


def _check_pixels(name: str, photo: Image.Image) -> None:
    most = MOST_PIXELS if photo.format in {"JPEG", "MPO"} else MOST_UNFOLDED_PIXELS
    if photo.width * photo.height > most:
        raise _too_many_pixels(name)


def _too_many_pixels(name: str) -> PhotoTooLarge:
    return PhotoTooLarge(words("照片“{name}”的尺寸太大，打不开。请用手机里的小图再传。"), name=name)


def _on_white(photo: Image.Image) -> Image.Image:
    """Return a fresh picture with a photo's pixels; nothing that the file said about itself comes along."""
    sheet = Image.new("RGB", photo.size, "white")
    if "A" in photo.getbands() or "transparency" in photo.info:
        photo = photo.convert("RGBA")
        sheet.paste(photo, mask=photo.getchannel("A"))
    else:
        sheet.paste(photo.convert("RGB"))
    return sheet


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that is there already has the same bytes, its name says so."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
