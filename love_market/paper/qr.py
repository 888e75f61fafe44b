"""QR codes as one vector path: no seams between modules on any printer, a few kilobytes each."""

import re
from dataclasses import dataclass
from functools import cache

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import QRData

# Any mask makes a valid code, and choosing the best by trying all eight costs four times as much.
_MASK_PATTERN = 2
_RUN = re.compile("1+")
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]*")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code: ``modules`` a side (without the quiet zone) and an SVG picture of exactly these modules."""

    modules: int
    svg: str


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text at level M, in the smallest version that holds it.

    ASCII in upper case with ``$%*+-./:`` stays in alphanumeric mode. The picture has no quiet zone: whoever
    places it leaves four modules clear all round.
    """
    raw = text.encode()
    code = QRCode(
        version=_version(len(raw), alphanumeric=_ALPHANUMERIC.fullmatch(text) is not None),
        error_correction=ERROR_CORRECT_M,
        mask_pattern=_MASK_PATTERN,
    )
    code.add_data(QRData(raw), optimize=0)
    code.make(fit=False)
    side = code.modules_count
    path = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
        for y, row in enumerate(code.modules)
        for run in _RUN.finditer("".join("1" if dark else "0" for dark in row))
    )
    return QrCode(
        side, f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'
    )


@cache
def _version(length: int, *, alphanumeric: bool) -> int:
    """Return the smallest version for so many characters: it depends on nothing else, so is found once."""
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(QRData((b"A" if alphanumeric else b"a") * length), optimize=0)
    return int(code.best_fit())
