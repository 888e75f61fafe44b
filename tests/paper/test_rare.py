"""Rare characters: drawn by the fonts that have them, and where none has, printed as a code and named beforehand."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from love_market.paper import fonts as paper_fonts
from love_market.paper import missing_glyphs, package_with, press, rare, templates_dir, typeset
from tests import papers

AT = datetime(2026, 10, 22, 2, tzinfo=UTC)
DRAWN = "㛃𠅤𬭊"
"""Extensions A, B and E: the papers' own fonts have these three."""
UNDRAWN = "\U0002cee0\U00030000\ue863"
"""Extensions F and G, and a private-use character."""
TEMPLATE = """
#import "/paper/page.typ": *
#show: paper.with(village: data.village, title: "试印", printed-on: "2026-10-22", head-hash: "")
#text(font: serif, weight: "bold", fit(60mm, data.name))
"""


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    shutil.copytree(templates_dir() / "paper", tmp_path / "templates/paper")
    (tmp_path / "templates/plain.typ").write_text(TEMPLATE)
    monkeypatch.setattr(press, "templates_dir", lambda: tmp_path / "templates")
    return "plain"


@pytest.fixture
def rare_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has a font of rare characters besides, with signs of its own in the private use area."""
    _font(tmp_path / "rare.ttf", "HanaMinB", "\U0002cee0\ue863")
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[tmp_path])
    monkeypatch.setattr(paper_fonts, "system_fonts", lambda: fonts)
    monkeypatch.setattr(press, "system_fonts", lambda: fonts)
    paper_fonts.available_families.cache_clear()
    yield
    paper_fonts.available_families.cache_clear()


def _font(path: Path, family: str, characters: str) -> None:
    square = TTGlyphPen(None)
    for corner in ((0, 0), (0, 800), (800, 800), (800, 0)):
        (square.moveTo if corner == (0, 0) else square.lineTo)(corner)
    square.closePath()
    names = [".notdef", *(f"u{ord(character):X}" for character in characters)]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(character): name for character, name in zip(characters, names[1:], strict=True)})
    made.setupGlyf(dict.fromkeys(names, square.glyph()))
    made.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    made.setupHorizontalHeader(ascent=880, descent=-120)
    made.setupNameTable({"familyName": family, "styleName": "Regular", "fullName": family, "psName": family})
    made.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    made.setupPost()
    made.save(path)


def test_what_no_font_has_is_printed_as_its_code_and_found_by_search(plain: str, tmp_path: Path) -> None:
    pdf = typeset(plain, {"village": "守口堡村", "name": f"张{DRAWN}孔{UNDRAWN}"}, AT)
    assert f"张{DRAWN}孔〈U+2CEE0〉〈U+30000〉〈U+E863〉" in papers.text(pdf, tmp_path)
    assert all(papers.fonts(pdf, tmp_path).values())


def test_a_village_of_a_rare_name_heads_its_paper(plain: str, tmp_path: Path) -> None:
    printed = papers.text(typeset(plain, {"village": "\U0002cee0堡村", "name": ""}, AT), tmp_path)
    assert "〈U+2CEE0〉" in printed


@pytest.mark.usefixtures("rare_fonts")
def test_a_font_of_rare_characters_draws_what_the_others_lack(plain: str, tmp_path: Path) -> None:
    pdf = typeset(plain, {"village": "守口堡村", "name": "张\U0002cee0"}, AT)
    assert "张\U0002cee0" in papers.text(pdf, tmp_path)
    assert any("HanaMinB" in name for name in papers.fonts(pdf, tmp_path))


@pytest.mark.usefixtures("rare_fonts")
def test_a_private_character_is_not_taken_from_a_font_that_means_another() -> None:
    assert missing_glyphs("\U0002cee0\ue863张") == "\ue863"


def test_the_package_that_would_draw_a_character_is_known() -> None:
    assert missing_glyphs(f"张{DRAWN}{UNDRAWN}张") == UNDRAWN
    assert [package_with(one) for one in UNDRAWN] == ["fonts-hanazono", "fonts-babelstone-han", ""]
    assert rare.code_of("〇") == "〈U+3007〉"
