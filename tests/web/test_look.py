"""The look keeps its word: contrast, files behind names, nothing inline that our own policy would refuse."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SHEETS = CHECKOUT / "static/web"
PAGES = sorted((CHECKOUT / "templates").rglob("*.html"))
PICTURES = sorted([*(CHECKOUT / "static/stock/goods").glob("*.svg"), *(CHECKOUT / "static/deeds").glob("*.svg")])
SVG = "{http://www.w3.org/2000/svg}"


def colours() -> dict[str, str]:
    """Return the palette of the first sheet by name."""
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (SHEETS / "love.css").read_text()))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["paper", "card", "wheat"])
@pytest.mark.parametrize("words", ["ink", "quiet", "red", "gold", "green"])
def test_words_stand_out_from_every_ground(words: str, ground: str) -> None:
    palette = colours()
    assert contrast(palette[words], palette[ground]) >= 4.5


def test_the_red_button_can_be_read() -> None:
    assert contrast(colours()["red"], "#ffffff") >= 4.5


def test_every_sheet_that_the_shell_links_is_there_and_no_other() -> None:
    shell = (CHECKOUT / "templates/web/base.html").read_text()
    listed = re.search(r"for sheet in \((.*?)\)", shell)
    assert listed is not None
    assert set(re.findall(r"'(\w+)'", listed[1])) == {path.stem for path in SHEETS.glob("*.css")}


def test_every_picture_named_is_drawn_and_every_drawing_named() -> None:
    named = (CHECKOUT / "templates/web/pictures.html").read_text()
    for variable, folder, fallback in (("goods", "static/stock/goods", {"other"}), ("deeds", "static/deeds", set())):
        listed = re.search(rf"set {variable} = \[(.*?)\]", named, re.DOTALL)
        assert listed is not None
        drawn = {path.stem for path in (CHECKOUT / folder).glob("*.svg")}
        assert set(re.findall(r"'(\w+)'", listed[1])) | fallback == drawn


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_says_what_it_is_and_needs_no_font(path: Path) -> None:
    drawing = ET.parse(path).getroot()  # noqa: S314  (our own file)
    assert drawing.get("viewBox") == "0 0 96 96"
    assert (drawing.findtext(f"{SVG}title") or "").strip()
    assert not list(drawing.iter(f"{SVG}text"))
    assert path.stat().st_size < 12_000


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(CHECKOUT / "templates")))
def test_no_page_holds_what_the_policy_refuses(path: Path) -> None:
    page = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", page)
