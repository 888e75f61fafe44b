"""Characters that no font here can draw: what is set in their place, and which package would bring them."""

from love_market.paper.fonts import is_private, missing_glyphs

# Counted in the packages' own files: HanaMin has extensions A to F but for a score, BabelStone half of G and H.
# Noto's extra package brings weights and no characters; nobody has extension I yet.
_PACKAGES = (
    (range(0x3400, 0xA000), "fonts-hanazono"),
    (range(0xF900, 0xFB00), "fonts-hanazono"),
    (range(0x20000, 0x2EBE1), "fonts-hanazono"),
    (range(0x2F800, 0x2FA20), "fonts-hanazono"),
    (range(0x30000, 0x323B0), "fonts-babelstone-han"),
)


def code_of(character: str) -> str:
    """Return what is printed for a character without a glyph: 〈U+2CB4A〉."""
    return f"〈U+{ord(character):04X}〉"


def package_with(character: str) -> str:
    """Return the Debian package that draws a Chinese character; empty where none is known to."""
    if is_private(character):
        return ""
    return next((package for codes, package in _PACKAGES if ord(character) in codes), "")


def with_codes(text: str) -> str:
    """Return a text with the code in place of every character that no font here can draw."""
    missing = missing_glyphs(text)
    return text.translate({ord(character): code_of(character) for character in missing}) if missing else text
