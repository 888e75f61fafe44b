import random
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageChops

from love_market.vouchers.sheet import (
    PaperHeading,
    SheetVoucher,
    SignForRow,
    lay_out,
    lay_out_sign_for,
    points_in_words,
)
from love_market.vouchers.token import Claims, check_character, show_short_code, sign, voucher_url
from tests import papers

AT = datetime(2026, 10, 22, 2, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEADING = PaperHeading("守口堡村", "守口堡村爱心超市", "2026年第三季度", "7f3a91c20b5e" + "0" * 52)
FACES = (35, 36, 53, 8, 120, 1280, 12345, 1)
NAMES = ("孔**", "㙍**", "𠮷**", "䶮**", "欧阳**", "买买提·吐**", "<b>**", '#image("x")**')
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _cut(picture: Image.Image, dpi: int, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Return a rectangle of a page, given in millimetres."""
    return picture.crop(tuple(round(v * dpi / 25.4) for v in (left, top, right, bottom)))  # type: ignore[arg-type]


def _vouchers(count: int) -> list[SheetVoucher]:
    chooser = random.Random(count)
    made = []
    for number in range(count):
        claims = Claims(UUID(int=1 << 100), UUID(int=chooser.getrandbits(128)), FACES[number % 8], date(2027, 3, 31))
        body = "".join(chooser.choices(CROCKFORD, k=8))
        made.append(
            SheetVoucher(
                serial_no=f"2026-3-{number + 1:04}",
                short_code=body + check_character(body),
                url=voucher_url("https://aixin.yanggao.gov.cn", sign(KEY, claims)),
                face_points=claims.face_points,
                household_number=f"{number + 1:03}",
                head_name_masked=NAMES[number % 8],
                group_name=("一组", "第十二村民小组", "")[number % 3],
                expires_on=claims.expires_on,
            )
        )
    return made


@pytest.mark.parametrize(("room_for_seal", "per_page"), [(False, 8), (True, 6)], ids=["8 a sheet", "6 a sheet"])
@pytest.mark.parametrize("dpi", [300, 150])
def test_two_decoders_read_every_code_from_the_printed_page(
    tmp_path: Path, dpi: int, per_page: int, *, room_for_seal: bool
) -> None:
    vouchers = _vouchers(11)
    pdf = lay_out(HEADING, vouchers, AT, room_for_seal=room_for_seal)
    pages = papers.pictures(pdf, tmp_path, dpi)
    assert len(pages) == -(-len(vouchers) // per_page)
    for index, page in enumerate(pages):
        expected = sorted(voucher.url for voucher in vouchers[index * per_page :][:per_page])
        assert papers.codes_by_zxing(page) == expected
        assert papers.codes_by_zbar(page) == expected


def test_a_code_is_28_mm_with_four_modules_clear_all_round(tmp_path: Path) -> None:
    dpi, side, quiet = 600, 28, 4 * 28 / 49
    (page,) = papers.pictures(lay_out(HEADING, _vouchers(8), AT), tmp_path, dpi)
    with Image.open(page) as picture:
        for column in range(2):
            for row in range(4):
                x, y = 8 + (97 - 90.9) / 2 + 58.4 + 97 * column, 14.5 + (67 - 60.9) / 2 + 4.7 + 67 * row
                ink = ImageChops.invert(_cut(picture, dpi, x, y, x + side, y + side)).getbbox()
                assert ink is not None
                assert ink[2] - ink[0] == pytest.approx(side * dpi / 25.4, abs=3)
                assert ink[3] - ink[1] == pytest.approx(side * dpi / 25.4, abs=3)
                for clear in (
                    (x - quiet, y - quiet, x - 0.1, y + side + quiet),
                    (x + side + 0.1, y - quiet, x + side + quiet, y + side + quiet),
                    (x - quiet, y - quiet, x + side + quiet, y - 0.1),
                    (x - quiet, y + side + 0.1, x + side + quiet, y + side + quiet),
                ):
                    assert _cut(picture, dpi, *clear).getextrema() == (255, 255)


def test_a_voucher_says_all_that_it_must_itself(tmp_path: Path) -> None:
    vouchers = _vouchers(10)
    printed = papers.text(lay_out(HEADING, vouchers, AT), tmp_path)
    for voucher in vouchers:
        assert show_short_code(voucher.short_code) in printed
        assert voucher.serial_no in printed
        assert voucher.head_name_masked in printed
        assert points_in_words(voucher.face_points) in printed.replace(" ", "")
    assert printed.count("有效至 2027年3月31日") == 10
    for condition in ("可分次用", "不兑现金", "丢了请到村委会挂失"):
        assert printed.count(condition) == 10


def test_a_sheet_counts_itself(tmp_path: Path) -> None:
    leaves = papers.text(lay_out(HEADING, _vouchers(10), AT), tmp_path).split("\f")
    assert "2026年10月22日 印，第 1 页，共 2 页" in leaves[0]
    assert f"本页 8 张，计 {sum(FACES):,} 分" in leaves[0]
    assert "第 2 页，共 2 页" in leaves[1]
    assert f"本页 2 张，计 {FACES[0] + FACES[1]} 分" in leaves[1]
    for leaf in leaves[:2]:
        for words in ("守口堡村", "2026年第三季度 积分券", "账首 7F3A 91C2 0B5E", "经手人", "监督人"):
            assert words in leaf


def test_fonts_are_embedded_and_the_bytes_repeat(tmp_path: Path) -> None:
    pdf = lay_out(HEADING, _vouchers(9), AT)
    assert pdf == lay_out(HEADING, _vouchers(9), AT)
    fonts = papers.fonts(pdf, tmp_path)
    assert fonts
    assert all(fonts.values())


def test_nothing_leaves_its_voucher_however_long(tmp_path: Path) -> None:
    longest = replace(
        _vouchers(1)[0],
        face_points=16_777_215,
        head_name_masked="阿卜杜热合曼·买买提吐尔逊**",
        group_name="龙泉镇守口堡村第十二村民小组",
        household_number="140221100222-0001",
        serial_no="2026-3-0187-补发12",
    )
    heading = replace(HEADING, market_name="阳高县龙泉镇守口堡行政村爱心超市总店")
    for room_for_seal, height in ((False, 67), (True, 89)):
        pdf = lay_out(heading, [longest] * 6, AT, room_for_seal=room_for_seal)
        (page,) = papers.pictures(pdf, tmp_path, 150)
        assert papers.codes_by_zbar(page) == [longest.url] * 6
        with Image.open(page) as picture:
            for row in range(3):
                top = 14.5 + row * height
                between_frame_and_cut = _cut(picture, 150, 103.0, top + 4, 104.4, top + height - 4)
                assert between_frame_and_cut.getextrema() == (255, 255)


def test_no_vouchers_make_no_sheet() -> None:
    with pytest.raises(ValueError, match="no vouchers"):
        lay_out(HEADING, [], AT)


@pytest.mark.parametrize(
    ("points", "written"),
    [
        (1, "壹分整"),
        (10, "壹拾分整"),
        (35, "叁拾伍分整"),
        (120, "壹佰贰拾分整"),
        (105, "壹佰零伍分整"),
        (1001, "壹仟零壹分整"),
        (1010, "壹仟零壹拾分整"),
        (20_000, "贰万分整"),
        (20_305, "贰万零叁佰零伍分整"),
        (12_345, "壹万贰仟叁佰肆拾伍分整"),
        (16_777_215, "壹仟陆佰柒拾柒万柒仟贰佰壹拾伍分整"),
    ],
)
def test_points_are_written_out_as_on_a_cheque(points: int, written: str) -> None:
    assert points_in_words(points) == written


def test_the_sign_for_list_repeats_its_head_and_adds_up(tmp_path: Path) -> None:
    rows = [
        SignForRow(
            household_number=f"{number:03}",
            head_name=("孔振明", "㙍玉堌", "𠮷䶮", '#image("x")')[number % 4],
            group_name=f"{number // 40 + 1}组",
            serial_no=f"2026-3-{number:04}",
            face_points=30 + number % 7,
        )
        for number in range(1, 127)
    ]
    pdf = lay_out_sign_for(HEADING, rows, AT)
    leaves = papers.text(pdf, tmp_path).split("\f")[:-1]
    assert len(leaves) > 2
    for number, leaf in enumerate(leaves, 1):
        assert re.search(r"序号\s+户号\s+户主\s+小组\s+券号\s+面额\s+领取人签字\s+日期", leaf), leaf
        assert f"第 {number} 页，共 {len(leaves)} 页" in leaf
    whole = "".join(leaves)
    for row in rows:
        assert row.serial_no in whole
        assert row.head_name in whole
    assert f"共 126 张，计 {sum(row.face_points for row in rows):,} 分" in whole
    assert all(papers.fonts(pdf, tmp_path).values())


def test_pdf_is_one_that_poppler_finds_no_fault_in(tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(lay_out(HEADING, _vouchers(3), AT))
    told = subprocess.run(["pdfinfo", "sheet.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert not told.stderr
    assert "Page size:       595.276 x 841.89 pts (A4)" in told.stdout
