"""The pad on paper: every number once, in order, on a stub and on what is given; large, embedded, findable."""

import io
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from love_market.counter.slips import papers as slip_papers
from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.sheet import PadHeading, PricedGood, lay_out_pad
from love_market.db import reading
from love_market.ledger import queries as books
from tests import papers
from tests.conftest import Clock
from tests.counter.made import Shop

AT = datetime(2026, 10, 8, 2, tzinfo=UTC)
HEADING = PadHeading("守口堡村", "守口堡村爱心超市", "7f3a91c20b5e8d41" + "0" * 48)
GOODS = [PricedGood("陈醋 800毫升", "瓶", 7), PricedGood("食用油 5升", "桶", 70), PricedGood('#image("x")', "个", 1)]


def pages_of(pdf: bytes) -> list[str]:
    """Return each page's text, without blanks."""
    return [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize(("first", "last"), [(1, 50), (51, 101), (9998, 10001), (7, 7)])
def test_every_number_stands_on_its_stub_and_on_what_is_given(first: int, last: int) -> None:
    pages = pypdf.PdfReader(io.BytesIO(lay_out_pad(HEADING, first, last, GOODS, AT))).pages
    slips = [text for text in (page.extract_text() for page in pages) if "存根" in text]
    assert len(slips) == -(-(last - first + 1) // 2)
    found = [re.findall(r"停\s*(\d{4,})\b", page.split("本页")[0]) for page in slips]
    numbers = [int(one) for page in found for one in page]
    assert sorted(numbers) == sorted([*range(first, last + 1)] * 2)
    assert [min(map(int, page)) for page in found] == list(range(first, last + 1, 2))


def test_the_first_page_says_how_it_is_used() -> None:
    cover, *_ = pages_of(lay_out_pad(HEADING, 51, 100, GOODS, AT))
    for said in (
        "停电本",
        "停0051到停0100，共50张",
        "手机还能开，就用手机",
        "有效至",
        "挨着号写",
        "写上代领人的姓名",
        "写在券背面",
        "来电以后录两遍",
        "只打一份",
        "村委会",
    ):
        assert said in cover, said


def test_a_slip_has_room_for_who_collected_and_what_to_the_household() -> None:
    slips = pages_of(lay_out_pad(HEADING, 1, 2, GOODS, AT))[-1]
    for said in ("代领人签字", "是户主的（圈一个）配偶子女父母亲戚邻居网格员其他"):
        assert slips.count(said) == 2, said


def test_every_page_has_the_village_the_date_its_number_and_the_books_head() -> None:
    pages = pages_of(lay_out_pad(HEADING, 1, 7, GOODS, AT))
    assert len(pages) == 6
    for number, page in enumerate(pages, 1):
        for said in ("守口堡村", "2026年10月8日印", f"第{number}页，共6页", "账首7F3A91C20B5E"):
            assert said in page, (number, said)


def test_the_goods_are_listed_with_their_prices_however_many() -> None:
    many = [PricedGood(f"货{n:03} 很长的规格一箱二十四瓶装", "箱", n) for n in range(1, 101)]
    listed = "".join(pages_of(lay_out_pad(HEADING, 1, 2, many, AT))[1:-1])
    for good in many:
        assert re.search(rf"{re.sub(' ', '', good.title)}一箱{good.points_each}分", listed), good.title
    assert "货架上还没有货" in "".join(pages_of(lay_out_pad(HEADING, 1, 2, [], AT)))
    assert '#image("x")一个1分' in pages_of(lay_out_pad(HEADING, 1, 2, GOODS, AT))[1]


def test_fonts_are_embedded_and_the_bytes_repeat(tmp_path: Path) -> None:
    pdf = lay_out_pad(HEADING, 1, 50, GOODS, AT)
    assert pdf == lay_out_pad(HEADING, 1, 50, GOODS, AT)
    fonts = papers.fonts(pdf, tmp_path)
    assert fonts
    assert all(fonts.values())


def test_poppler_finds_no_fault_in_it_and_it_is_a4(tmp_path: Path) -> None:
    (tmp_path / "pad.pdf").write_bytes(lay_out_pad(HEADING, 1, 3, GOODS, AT))
    told = subprocess.run(["pdfinfo", "pad.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert not told.stderr
    assert "(A4)" in told.stdout


def test_what_is_cut_off_is_cut_off_nothing_else(tmp_path: Path) -> None:
    long = PadHeading("阳高县龙泉镇守口堡行政村村民委员会", "阳高县龙泉镇守口堡行政村爱心超市总店", "7" * 64)
    page = papers.pictures(lay_out_pad(long, 99_998, 99_999, GOODS, AT), tmp_path, 150)[-1]
    with Image.open(page) as picture:
        for row in range(2):  # left and right of the cut line, and in the margin that is bound, nothing is printed
            for begin, end in ((144, 146.6), (147.4, 150), (1, 15)):
                box = tuple(round(v * 150 / 25.4) for v in (begin, 16 + row * 134, end, 146 + row * 134))
                assert picture.crop(box).getextrema() == (255, 255), (row, begin)  # type: ignore[arg-type]


def test_the_pad_has_the_days_prices_and_the_books_head(shop: Shop, pad: PadRecord, clock: Clock) -> None:
    with reading() as session:
        pages = pages_of(slip_papers.pad(session, shop.village.clerk, pad, clock()))
        head = books.head(session, shop.village.market_id).hash.upper()
    assert "停0001到停0010，共10张" in pages[0]
    assert "陈醋800毫升一瓶7分" in pages[1]
    assert all(f"账首{head[:12]}" in page for page in pages)
