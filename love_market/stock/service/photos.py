"""Photos of goods: re-encoded, so that nothing but the picture is kept, and stored under their SHA-256."""

import hashlib
import io
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from PIL import Image, ImageOps, UnidentifiedImageError

from love_market.errors import words
from love_market.people.rules import Guard
from love_market.stock.rules import PHOTO_PREFIX, NotAPhoto

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_EDGE_PX = 640
LARGEST_PHOTO_BYTES = 15 * 1_048_576
_MOST_PIXELS = 60_000_000
_PAPER = (255, 253, 250)
_UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
)


def keep_photo(instance: Path, guard: Guard, data: bytes) -> str:
    """Keep a photo in the installation's folder; return what a good's ``picture`` is then. Asked twice, it is one file.

    Raises ``NotAPhoto`` for anything but a JPEG, PNG or WebP picture of a sane size.
    """
    jpeg = reencode(data)
    sha256 = hashlib.sha256(jpeg).hexdigest()
    path = photo_path(instance, guard.market_id, sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(jpeg)
        Path(file.name).replace(path)
    return f"{PHOTO_PREFIX}{sha256}"


def photo_path(instance: Path, market_id: UUID, sha256: str) -> Path:
    """Return where a market's photo of that hash is kept."""
    return instance / "goods" / market_id.hex / f"{sha256}.jpg"


def find_photo(instance: Path, sha256: str) -> Path | None:
    """Return where a photo of that hash is kept, whichever market's it is."""
    return next((instance / "goods").glob(f"*/{sha256}.jpg"), None)


def reencode(data: bytes) -> bytes:
    """Return a picture as a small upright JPEG without place, time or maker; raise ``NotAPhoto``."""
    if len(data) > LARGEST_PHOTO_BYTES:
        raise NotAPhoto(words("照片太大，最多 15 MB。请用手机拍小一点再传。"))
    with suppress(*_UNREADABLE), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height <= _MOST_PIXELS:
            return _jpeg(picture)
    raise NotAPhoto(words("这不是能用的照片。请传 JPG、PNG 或 WebP 格式的照片。"))


def _jpeg(picture: Image.Image) -> bytes:
    picture.draft("RGB", (LONGEST_EDGE_PX * 2, LONGEST_EDGE_PX * 2))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_EDGE_PX, LONGEST_EDGE_PX))
    ground = Image.new("RGB", upright.size, _PAPER)
    see_through = upright.convert("RGBA")
    ground.paste(see_through, mask=see_through)
    target = io.BytesIO()
    ground.save(target, "JPEG", quality=85, optimize=True)
    return target.getvalue()
