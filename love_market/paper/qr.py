"""QR codes as one vector path: no seams between modules on any printer, and fast enough for a thousand vouchers.

The library knows the standard (segments, versions, blocks, patterns); asked once a version where each bit of the
message goes, it need not be asked again for every voucher. Only the arithmetic that it does slowly is done here, and
the tests hold every matrix to the library's own.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from qrcode import QRCode
from qrcode.base import gexp, glog, rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import PAD0, PAD1, BitBuffer, QRData, length_in_bits

# Any mask makes a valid code, and choosing the best by trying all eight costs four times as much.
MASK_PATTERN = 2
_RUN = re.compile("1+")
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]*")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code: ``modules`` a side, ``rows`` of 0 and 1 (1 is dark), without the quiet zone."""

    modules: int
    rows: tuple[str, ...]

    @property
    def svg(self) -> str:
        """An SVG picture of exactly the modules; whoever places it leaves four modules clear all round."""
        path = "".join(
            f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
            for y, row in enumerate(self.rows)
            for run in _RUN.finditer(row)
        )
        box = f"0 0 {self.modules} {self.modules}"
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{path}"/></svg>'


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text at level M, in the smallest version that holds it.

    Upper-case ASCII with ``$%*+-./:`` stays in alphanumeric mode, which takes 5.5 bits a character.
    """
    raw = text.encode()
    version = _version(len(raw), alphanumeric=_ALPHANUMERIC.fullmatch(text) is not None)
    side, blank, places = _frame(version)
    modules = bytearray(blank)
    bits = "".join(f"{codeword:08b}" for codeword in _codewords(QRData(raw), version))
    for place, bit in zip(places, bits, strict=True):
        if bit == "1":
            modules[place] ^= 1
    flat = modules.translate(b"01" + bytes(254)).decode()
    return QrCode(side, tuple(flat[start : start + side] for start in range(0, side * side, side)))


@cache
def _version(length: int, *, alphanumeric: bool) -> int:
    """Return the smallest version for so many characters: it depends on nothing else, so is found once."""
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(QRData((b"A" if alphanumeric else b"a") * length), optimize=0)
    return int(code.best_fit())


@cache
def _frame(version: int) -> tuple[int, bytes, tuple[int, ...]]:
    """Return the side, the modules of a message of zeros, and the module that each bit of a message goes to.

    The library draws a few messages that number their own bits: the k-th shows the k-th digit of each number.
    """
    bits = 8 * sum(block.total_count for block in rs_blocks(version, ERROR_CORRECT_M))
    side, blank = _drawn(version, [0] * (bits // 8))
    numbers = [0] * len(blank)
    for digit in range((bits + 1).bit_length()):
        ones = "".join(str((number + 1) >> digit & 1) for number in range(bits))
        _, drawn = _drawn(version, [int(ones[start : start + 8], 2) for start in range(0, bits, 8)])
        for place, (module, without) in enumerate(zip(drawn, blank, strict=True)):
            numbers[place] |= (module ^ without) << digit
    places = sorted((number, place) for place, number in enumerate(numbers) if number)
    return side, blank, tuple(place for _, place in places)


def _drawn(version: int, codewords: list[int]) -> tuple[int, bytes]:
    code = QRCode(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=MASK_PATTERN)
    code.data_cache = codewords
    code.makeImpl(False, MASK_PATTERN)
    return code.modules_count, bytes(bool(module) for row in code.modules for module in row)


def _codewords(data: QRData, version: int) -> list[int]:
    """Return the message as it is drawn: the data of all blocks interleaved, then their corrections."""
    blocks = rs_blocks(version, ERROR_CORRECT_M)
    capacity = sum(block.data_count for block in blocks)
    buffer = BitBuffer()
    buffer.put(data.mode, 4)
    buffer.put(len(data), length_in_bits(data.mode, version))
    data.write(buffer)
    buffer.put(0, min(4, capacity * 8 - len(buffer)))
    buffer.put(0, -len(buffer) % 8)
    message = buffer.buffer + [PAD0, PAD1] * capacity
    parts, start = [], 0
    for block in blocks:
        parts.append(message[start : start + block.data_count])
        start += block.data_count
    corrections = [
        _correction(part, block.total_count - block.data_count) for part, block in zip(parts, blocks, strict=True)
    ]
    columns = [*zip_longest(*parts), *zip_longest(*corrections)]
    return [codeword for column in columns for codeword in column if codeword is not None]


def _correction(part: list[int], count: int) -> bytes:
    """Return the Reed-Solomon correction of a block: its remainder by the generator, one table look-up a byte."""
    multiples = _multiples(count)
    top, keep = 8 * (count - 1), (1 << 8 * count) - 1
    remainder = 0
    for byte in part:
        remainder = (remainder << 8 & keep) ^ multiples[byte ^ remainder >> top]
    return remainder.to_bytes(count)


@cache
def _multiples(count: int) -> tuple[int, ...]:
    """Return the generator polynomial of so many corrections, without its leading one, times every byte."""
    generator = [1]
    for power in range(count):
        shifted = [*generator, 0]
        scaled = [0, *(_times(coefficient, gexp(power)) for coefficient in generator)]
        generator = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return tuple(
        int.from_bytes(bytes(_times(coefficient, byte) for coefficient in generator[1:])) for byte in range(256)
    )


def _times(a: int, b: int) -> int:
    return gexp(glog(a) + glog(b)) if a and b else 0
