"""Which Chinese fonts this machine has, and which characters none of them can draw."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import typst
from fontTools.ttLib import TTFont, TTLibError

from love_market.errors import Refused, words

SERIF_FAMILIES = ("Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun")
SANS_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei")
CODE_FAMILIES = ("Noto Sans Mono CJK SC", "Sarasa Mono SC", "Consolas", "DejaVu Sans Mono")
RARE_FAMILIES = ("HanaMinA", "HanaMinB", "SimSun-ExtB", "SimSun-ExtG", "MingLiU-ExtB", "BabelStone Han")
"""Fonts of rare characters: whatever the families above lack is taken from these first."""

INSTALL_LINE = "apt-get install fonts-noto-cjk"
# Spaces, controls, joiners and variation selectors need no glyph. Private-use characters do: old Windows kept
# rare name characters there, which fonts of today leave empty.
_NO_GLYPH_NEEDED = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_VARIATION_SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})


class NoChineseFont(Refused):
    """The machine has no font to print Chinese with."""


@cache
def system_fonts() -> typst.Fonts:
    """Return the fonts that papers are set in: those of the system, searched once a process."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


class Families(NamedTuple):
    """The font families to set papers in, best first: for titles and names, running text, codes, rare characters."""

    serif: tuple[str, ...]
    sans: tuple[str, ...]
    code: tuple[str, ...]
    rare: tuple[str, ...] = ()

    def in_order(self) -> dict[str, tuple[str, ...]]:
        """Return for each use the families that are asked for a character one after the other.

        Spelled out: the compiler's own choice for a character that a family lacks may be the Japanese shape.
        """
        chinese = dict.fromkeys((*self.serif, *self.sans))
        return {
            use: tuple(dict.fromkeys((*first, *chinese, *self.rare)))
            for use, first in (("serif", self.serif), ("sans", self.sans), ("code", self.code))
        }


@cache
def available_families() -> Families:
    """Return the families that this machine has; where serif or sans is missing the other stands in.

    Raises ``NoChineseFont``, which names the line to type, where both are.
    """
    on_this_machine = frozenset(system_fonts().families())
    serif, sans, code, rare = (
        tuple(family for family in families if family in on_this_machine)
        for families in (SERIF_FAMILIES, SANS_FAMILIES, CODE_FAMILIES, RARE_FAMILIES)
    )
    if not serif and not sans:
        raise NoChineseFont(
            words("这台电脑没有中文字体，打印不出来。请管理员运行一行命令后再试：{line}"), line=INSTALL_LINE
        )
    return Families(serif or sans, sans or serif, code + (sans or serif), rare)


def missing_glyphs(text: str) -> str:
    """Return the characters of a text that no font here can draw, each once, in order; empty when all can be.

    A private-use character is drawn by the papers' own families or not at all: any other font has a sign of its own
    making there, and a wrong one is worse than none.
    """
    wanted = {
        ord(character): character
        for character in dict.fromkeys(text)
        if unicodedata.category(character) not in _NO_GLYPH_NEEDED and ord(character) not in _VARIATION_SELECTORS
    }
    private = dict[int, str]()
    for covered, is_own in _coverage():
        if not is_own:
            private |= {code: character for code, character in wanted.items() if is_private(character)}
            wanted = {code: character for code, character in wanted.items() if code not in private}
        if not wanted:
            break
        wanted = {code: character for code, character in wanted.items() if code not in covered}
    missing = wanted | private
    return "".join(character for character in dict.fromkeys(text) if ord(character) in missing)


def is_private(character: str) -> bool:
    """Whether a character means what somebody made it mean (造字区)."""
    return unicodedata.category(character) == "Co"


def _coverage() -> Iterator[tuple[frozenset[int], bool]]:
    """Yield the code points of each font file and whether it is of the papers' families, these first."""
    families = available_families()
    own = {*families.serif, *families.sans}
    seen: set[str] = set()
    for font in sorted(
        system_fonts().fonts(), key=lambda font: (font.family not in own, font.family not in families.rare)
    ):
        # The faces of one collection differ in shapes, not in coverage: one of them answers for the file.
        if font.path and font.path not in seen:
            seen.add(font.path)
            yield _code_points(font.path, font.index), font.family in own


@cache
def _code_points(path: str, index: int) -> frozenset[int]:
    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError):
        return frozenset()
