import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from love_market.errors import Refused
from love_market.paper import NoChineseFont, missing_glyphs, press, shelves, static_dir, templates_dir, typeset
from love_market.paper import fonts as paper_fonts
from tests import papers

AT = datetime(2026, 10, 22, 2, tzinfo=UTC)
RARE = "堌㙍𠮷䶮"
NOT_MARKUP = [
    '#image("x")',
    '=HYPERLINK("http://x","y")',
    "<script>alert(1)</script>",
    "*粗* _斜_ $x^2$ `码` @引",
    '"); panic("',
    r"\u{61} // 注 #{1+1}",
]
TEMPLATE = """
#import "/paper/page.typ": *
#show: paper.with(village: data.village, title: data.title, printed-on: "2026-10-22", head-hash: data.hash)
#for line in data.lines { par(line) + par(text(font: serif, fit(60mm, line))) }
"""


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    shutil.copytree(templates_dir() / "paper", tmp_path / "templates/paper")
    (tmp_path / "templates/plain.typ").write_text(TEMPLATE)
    monkeypatch.setattr(press, "templates_dir", lambda: tmp_path / "templates")
    return "plain"


def _data(*lines: str, village: str = "守口堡村") -> dict[str, object]:
    return {"village": village, "title": "试印", "hash": "7f3a91c20b5e" * 5, "lines": lines}


def test_a_paper_carries_village_title_date_page_and_head_hash(plain: str, tmp_path: Path) -> None:
    printed = papers.text(typeset(plain, _data("正文"), AT), tmp_path)
    for words in ("守口堡村", "试印", "2026年10月22日 印", "第 1 页，共 1 页", "7F3A 91C2 0B5E 7F3A"):
        assert words in printed


def test_what_a_user_wrote_is_printed_as_it_stands(plain: str, tmp_path: Path) -> None:
    printed = papers.text(typeset(plain, _data(*NOT_MARKUP, village='#panic("村")'), AT), tmp_path)
    for line in (*NOT_MARKUP, '#panic("村")'):
        assert line in printed


def test_rare_characters_are_drawn_and_found_by_search(plain: str, tmp_path: Path) -> None:
    pdf = typeset(plain, _data(*RARE), AT)
    printed = papers.text(pdf, tmp_path)
    assert all(printed.count(character) == 2 for character in RARE)


def test_every_font_is_embedded(plain: str, tmp_path: Path) -> None:
    fonts = papers.fonts(typeset(plain, _data(RARE), AT), tmp_path)
    assert {name.split("+")[1].split("-")[0] for name in fonts} >= {"NotoSerifCJKsc", "NotoSansCJKsc"}
    assert all(fonts.values())


def test_the_same_paper_is_the_same_bytes(plain: str) -> None:
    data = _data("孔振明", RARE)
    assert typeset(plain, data, AT) == typeset(plain, data, AT)
    assert typeset(plain, data, AT) != typeset(plain, data, AT.replace(hour=3))


def test_a_machine_without_chinese_fonts_is_told_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_fonts, "system_fonts", _NoFonts)
    paper_fonts.available_families.cache_clear()
    try:
        with pytest.raises(NoChineseFont, match="apt-get install fonts-noto-cjk") as refused:
            typeset("vouchers/sheet", {}, AT)
        assert isinstance(refused.value, Refused)
    finally:
        paper_fonts.available_families.cache_clear()


class _NoFonts:
    def families(self) -> list[str]:
        return ["DejaVu Sans"]


def test_sans_stands_in_where_there_is_no_serif(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_NoFonts, "families", lambda _self: ["Microsoft YaHei", "Consolas"])
    monkeypatch.setattr(paper_fonts, "system_fonts", _NoFonts)
    paper_fonts.available_families.cache_clear()
    try:
        found = paper_fonts.available_families()
        assert found.serif == found.sans == ("Microsoft YaHei",)
        assert found.code == ("Consolas", "Microsoft YaHei")
    finally:
        paper_fonts.available_families.cache_clear()


def test_characters_that_no_font_has_are_named() -> None:
    assert missing_glyphs(f"孔振明 {RARE}\n\u200d\ufe00ABC") == ""
    assert missing_glyphs("孔\ue863振\U0010fffd\ue863") == "\ue863\U0010fffd"


def test_the_folders_are_found_in_a_checkout_and_in_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (templates_dir() / "paper/page.typ").is_file()
    assert static_dir().is_dir()
    monkeypatch.setattr(shelves, "_PACKAGE", tmp_path / "love_market")
    with pytest.raises(FileNotFoundError, match="templates"):
        shelves.templates_dir.__wrapped__()
    for folder in (tmp_path / "templates", tmp_path / "love_market/templates"):
        folder.mkdir(parents=True)
        assert shelves.templates_dir.__wrapped__() == folder
