"""Carrying a market's photos from one instance folder into another. They lie under their own hash, so twice is once."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID


def photos_of(instance: Path, market_id: UUID) -> Sequence[Path]:
    """Return a market's files in an instance folder, relative to it: whatever lies in ``<kind>/<market>/``."""
    found = (path for path in instance.glob(f"*/{market_id.hex}/**/*") if path.is_file() and path.suffix != ".part")
    return sorted(path.relative_to(instance) for path in found)


def carry_photos(source: Path, target: Path, photos: Sequence[Path]) -> Iterator[Path]:
    """Copy files that the target lacks, each whole or not at all; yield each when it is there for good."""
    for photo in photos:
        here, there = source / photo, target / photo
        if not there.exists() or there.stat().st_size != here.stat().st_size:
            _copy(here, there)
        yield photo


def _copy(here: Path, there: Path) -> None:
    there.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=there.parent, suffix=".part", delete=False) as half:
        try:
            with here.open("rb") as original:
                shutil.copyfileobj(original, half)
            half.flush()
            os.fsync(half.fileno())
            Path(half.name).replace(there)
        except BaseException:
            Path(half.name).unlink(missing_ok=True)
            raise
