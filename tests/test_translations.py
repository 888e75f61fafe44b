"""Chinese is what the pages are written in, English is complete, and a translation keeps its blanks."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).resolve().parent.parent
ENGLISH = CHECKOUT / "love_market/translations/en/LC_MESSAGES/messages.po"
TEMPLATES = sorted((CHECKOUT / "templates").rglob("*.html"))
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "words": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u3400-\u9fff]")
BLANK = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# What a reader is not shown, or what already goes through the translators.
TRANSLATED = re.compile(r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)


def sentences() -> set[str]:
    """Return every sentence that the program marks for the translators, as `make messages` gathers them."""
    mappings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    found: set[str] = set()
    for mapping in mappings:
        folder, pattern = mapping["pattern"].split("/**")
        for path in sorted((CHECKOUT / folder).rglob(f"*{pattern}")):
            for _line, message, _comments, _context in extract_from_file(mapping["method"], path, KEYWORDS):
                found.add(message if isinstance(message, str) else message[0])
    return found


def english() -> Catalog:
    """Return the English catalogue as committed."""
    with ENGLISH.open("rb") as file:
        return read_po(file)


def translations(message: Message) -> list[str]:
    """Return a message's translation, or both of them where it counts."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_english_is_complete() -> None:
    catalogue = english()
    lacking = {
        sentence
        for sentence in sentences()
        if (message := catalogue.get(sentence)) is None or message.fuzzy or not all(translations(message))
    }
    assert lacking == set()


def test_a_translation_has_the_blanks_of_its_sentence() -> None:
    for message in english():
        if not message.id:
            continue
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = {blank for form in forms for blank in BLANK.findall(form)}
        for translation in filter(None, translations(message)):
            assert set(BLANK.findall(translation)) <= wanted, message.id


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(CHECKOUT / "templates")))
def test_no_template_says_chinese_past_the_translators(path: Path) -> None:
    shown = TRANSLATED.sub(lambda match: "\n" * match[0].count("\n"), path.read_text())
    said = [f"{number}: {line.strip()}" for number, line in enumerate(shown.splitlines(), 1) if CHINESE.search(line)]
    assert said == []
