"""Files of the signed minutes: photos re-encoded as evidence is, a PDF kept as it is; each under its SHA-256.

The folder is passed in. A file is written before the row that names it.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from love_market.appraisals.rules.refusals import NoSuchScan, NotAScan
from love_market.deeds import evidence
from love_market.deeds.evidence import Upload
from love_market.errors import words

LARGEST_BYTES = 8 * 1_048_576
_PDF, _PDF_END, _TAIL = b"%PDF-", b"%%EOF", 2048


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A kept file: ``kind`` is jpg or pdf."""

    kind: str
    sha256: str
    size_bytes: int


def folder_of(instance: Path, market_id: UUID) -> Path:
    """Return the folder of a market's signed minutes inside the instance folder."""
    return instance / "minutes" / market_id.hex


def keep(folder: Path, upload: Upload) -> StoredScan:
    """Keep a photo (JPEG, PNG, WebP, AVIF) or a PDF; raise ``NotAScan``, or what a photo that is none raises."""
    if len(upload.content) > LARGEST_BYTES:
        raise NotAScan(
            words("“{name}”太大，一份最多 {megabytes} MB。请分页扫，或者拍照传。"),
            name=upload.name,
            megabytes=LARGEST_BYTES // 1_048_576,
        )
    if not upload.content.startswith(_PDF):
        (photo,) = evidence.keep(folder, [upload])
        return StoredScan("jpg", photo.sha256, path_of(folder, "jpg", photo.sha256).stat().st_size)
    if _PDF_END not in upload.content[-_TAIL:]:
        raise NotAScan(words("“{name}”这个 PDF 不完整，可能没传完。请再传一次。"), name=upload.name)
    digest = hashlib.sha256(upload.content).hexdigest()
    evidence.write(folder / f"{digest}.pdf", upload.content)
    return StoredScan("pdf", digest, len(upload.content))


def path_of(folder: Path, kind: str, sha256: str) -> Path:
    """Return where a kept file lies; raise ``NoSuchScan`` where it is gone."""
    path = folder / f"{sha256}.{kind}"
    if not path.is_file():
        raise NoSuchScan(words("这份文件不见了。请告诉管理员从备份里找回。"))
    return path
