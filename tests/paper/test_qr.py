import random

import pytest
import zxingcpp
from PIL import Image
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from love_market.paper.qr import MASK_PATTERN, QrCode, qr_code

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _by_the_library(text: str) -> tuple[str, ...]:
    code = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK_PATTERN)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return tuple("".join("1" if module else "0" for module in row) for row in code.modules)


def _picture(code: QrCode, pixels_a_module: int = 4) -> Image.Image:
    side = code.modules + 8
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(code.rows):
        for x, module in enumerate(row):
            picture.putpixel((x + 4, y + 4), 0 if module == "1" else 255)
    return picture.resize((side * pixels_a_module, side * pixels_a_module), Image.Resampling.NEAREST)


@pytest.mark.parametrize("length", [1, 14, 20, 21, 60, 122, 123, 164, 195, 221, 222, 400])
def test_every_module_is_as_the_library_draws_it(length: int) -> None:
    chooser = random.Random(length)
    upper = "A" + "".join(chooser.choices(ALPHANUMERIC, k=length - 1))
    mixed = "a" + "".join(chooser.choices(ALPHANUMERIC.lower(), k=length - 1))
    for text in (upper, mixed):
        assert qr_code(text).rows == _by_the_library(text)


@pytest.mark.parametrize(
    "text", ["HTTPS://AIXIN.CN/Q/ABC", "https://aixin.cn/card/x", "7K3MQ4XD8", "守口堡村", "1" * 90, ""]
)
def test_another_decoder_reads_it(text: str) -> None:
    if text:
        assert [found.text for found in zxingcpp.read_barcodes(_picture(qr_code(text)))] == [text]
    else:
        assert qr_code(text).modules == 21


def test_the_picture_holds_every_dark_module_once() -> None:
    code = qr_code("HTTPS://AIXIN.CN/Q/ABC")
    assert code.svg.startswith(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {code.modules} {code.modules}">')
    runs = [part.split("h")[1].split("v")[0] for part in code.svg.split("M")[1:]]
    assert sum(map(int, runs)) == sum(row.count("1") for row in code.rows)
