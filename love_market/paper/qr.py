"""QR codes as one vector path: no seams between modules on any printer, and fast enough for a thousand vouchers.

The library knows the standard (segments, versions, blocks, patterns); asked once a version where each bit of the
message goes, it need not be asked again for every voucher. Only the arithmetic that it does slowly is done here, and
the tests hold every matrix to the library's own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from operator import itemgetter
from typing import Literal

from qrcode import QRCode
from qrcode.base import gexp, glog, rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import ALPHA_NUM, PAD0, PAD1, BitBuffer, QRData, length_in_bits

# Any mask makes a valid code, and choosing the best by trying all eight costs four times as much.
MASK_PATTERN = 2
_RUN = re.compile("1+")
_ALPHANUMERIC_MODE: Literal[2] = 2
_INVERTED = str.maketrans("01", "10")
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]*")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code: ``modules`` a side, ``rows`` of 0 and 1 (1 is dark), without the quiet zone."""

    modules: int
    rows: tuple[str, ...]

    @property
    def svg(self) -> str:
        """An SVG picture of exactly the modules; whoever places it leaves four modules clear all round."""
        drawn = _pieces(self.modules)
        path = "".join([drawn[run.span()] for run in _RUN.finditer(" ".join(self.rows))])
        box = f"0 0 {self.modules} {self.modules}"
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{path}"/></svg>'


class _Pieces(dict[tuple[int, int], str]):
    """A run of dark modules as a piece of a path, by where it begins and ends among the rows; each drawn once."""

    def __init__(self, modules: int) -> None:
        super().__init__()
        self._row = modules + 1  # the blank between rows

    def __missing__(self, span: tuple[int, int]) -> str:
        y, start = divmod(span[0], self._row)
        self[span] = piece = f"M{start} {y}h{span[1] - span[0]}v1H{start}z"
        return piece


_pieces = cache(_Pieces)


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text at level M, in the smallest version that holds it.

    Upper-case ASCII with ``$%*+-./:`` stays in alphanumeric mode, which takes 5.5 bits a character.
    """
    raw = text.encode()
    alphanumeric = _ALPHANUMERIC.fullmatch(text) is not None
    version = _version(len(raw), alphanumeric=alphanumeric)
    message = _alphanumeric_bits(text, version) if alphanumeric and not text.isdecimal() else _bits(raw, version)
    bits = _whole_message(message, version)
    side, pick = _frame(version)
    rows = "".join(pick(bits + bits.translate(_INVERTED) + "01 ")).split(" ")
    return QrCode(side, tuple(rows))


@cache
def _version(length: int, *, alphanumeric: bool) -> int:
    """Return the smallest version for so many characters: it depends on nothing else, so is found once."""
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(QRData((b"A" if alphanumeric else b"a") * length), optimize=0)
    return int(code.best_fit())


@cache
def _frame(version: int) -> tuple[int, Callable[[str], tuple[str, ...]]]:
    """Return the side, and what picks the modules of all rows, with blanks between, out of a message's bits.

    What it picks from is the bits, the same bits inverted (for modules under the mask), then ``01`` and a blank. The
    library draws a few messages that number their own bits: the k-th shows the k-th digit of each number.
    """
    bits = 8 * sum(block.total_count for block in rs_blocks(version, ERROR_CORRECT_M))
    side, blank = _drawn(version, [0] * (bits // 8))
    numbers = [0] * len(blank)
    for digit in range((bits + 1).bit_length()):
        ones = "".join(str((number + 1) >> digit & 1) for number in range(bits))
        _, drawn = _drawn(version, [int(ones[start : start + 8], 2) for start in range(0, bits, 8)])
        for place, (module, without) in enumerate(zip(drawn, blank, strict=True)):
            numbers[place] |= (module ^ without) << digit
    picked = [
        number - 1 + bits * dark if number else 2 * bits + dark for number, dark in zip(numbers, blank, strict=True)
    ]
    rows = [picked[start : start + side] for start in range(0, side * side, side)]
    return side, itemgetter(*chain(*([*row, 2 * bits + 2] for row in rows[:-1])), *rows[-1])


def _drawn(version: int, codewords: list[int]) -> tuple[int, bytes]:
    code = QRCode(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=MASK_PATTERN)
    code.data_cache = codewords
    code.makeImpl(False, MASK_PATTERN)
    return code.modules_count, bytes(bool(module) for row in code.modules for module in row)


def _alphanumeric_bits(text: str, version: int) -> str:
    """Return a text as a segment in alphanumeric mode: two characters in eleven bits, an odd last one in six."""
    head = f"{_ALPHANUMERIC_MODE:04b}{len(text):0{length_in_bits(_ALPHANUMERIC_MODE, version)}b}"
    pairs = _pairs()
    return head + "".join([pairs[text[start : start + 2]] for start in range(0, len(text), 2)])


@cache
def _pairs() -> dict[str, str]:
    """Return the bits of each pair of alphanumeric characters, and of each alone."""
    values = {chr(character): value for value, character in enumerate(ALPHA_NUM)}
    pairs = {a + b: f"{45 * values[a] + values[b]:011b}" for a in values for b in values}
    return pairs | {one: f"{value:06b}" for one, value in values.items()}


def _bits(raw: bytes, version: int) -> str:
    """Return any other message as the library writes its segment."""
    data, buffer = QRData(raw), BitBuffer()
    buffer.put(data.mode, 4)
    buffer.put(len(data), length_in_bits(data.mode, version))
    data.write(buffer)
    return "".join(f"{byte:08b}" for byte in buffer.buffer)[: len(buffer)]


def _whole_message(bits: str, version: int) -> str:
    """Return the message as it is drawn, in bits: the data of all blocks interleaved, then their corrections."""
    blocks = rs_blocks(version, ERROR_CORRECT_M)
    capacity = sum(block.data_count for block in blocks)
    bits += "0" * min(4, capacity * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    message = int(bits, 2).to_bytes(len(bits) // 8) + bytes([PAD0, PAD1]) * capacity
    parts, start = [], 0
    for block in blocks:
        parts.append(message[start : start + block.data_count])
        start += block.data_count
    corrections = [
        _correction(part, block.total_count - block.data_count) for part, block in zip(parts, blocks, strict=True)
    ]
    columns = [*zip_longest(*parts), *zip_longest(*corrections)]
    drawn = bytes([codeword for column in columns for codeword in column if codeword is not None])
    return f"{int.from_bytes(drawn):0{8 * len(drawn)}b}"


def _correction(part: bytes, count: int) -> bytes:
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
