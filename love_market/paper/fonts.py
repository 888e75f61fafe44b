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
    """The font families to set papers in, best first: for titles and names, running text, and codes."""

    serif: tuple[str, ...]
    sans: tuple[str, ...]
    code: tuple[str, ...]


@cache
def available_families() -> Families:
    """Return the families that this machine has; where serif or sans is missing the other stands in.

    Raises ``NoChineseFont``, which names the line to type, where both are.
    """
    on_this_machine = frozenset(system_fonts().families())
    serif, sans, code = (
        tuple(family for family in families if family in on_this_machine)
        for families in (SERIF_FAMILIES, SANS_FAMILIES, CODE_FAMILIES)
    )
    if not serif and not sans:
        raise NoChineseFont(
            words("这台电脑没有中文字体，打印不出来。请管理员运行一行命令后再试：{line}"), line=INSTALL_LINE
        )
    return Families(serif or sans, sans or serif, code + (sans or serif))


def missing_glyphs(text: str) -> str:
    """Return the characters of a text that no font here can draw, each once, in order; empty when all can be.

    Ask before a name is printed: a character without a glyph would come out as an empty box.
    """
    wanted = {
        ord(character): character
        for character in text
        if unicodedata.category(character) not in _NO_GLYPH_NEEDED and ord(character) not in _VARIATION_SELECTORS
    }
    for covered in _coverage():
        if not wanted:
            break
        wanted = {code: character for code, character in wanted.items() if code not in covered}
    return "".join(wanted.values())


def _coverage() -> Iterator[frozenset[int]]:
    """Yield the code points of each font file: first the papers' families, others only if still needed."""
    own = {family for families in available_families() for family in families}
    seen: set[str] = set()
    for font in sorted(system_fonts().fonts(), key=lambda font: font.family not in own):
        # The faces of one collection differ in shapes, not in coverage: one of them answers for the file.
        if font.path and font.path not in seen:
            seen.add(font.path)
            yield _code_points(font.path, font.index)


@cache
def _code_points(path: str, index: int) -> frozenset[int]:
    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError):
        return frozenset()
