"""The room's blueprint, and how its sentences are said in the reader's language."""

from datetime import date, datetime

from flask import Blueprint
from flask_babel import gettext as _

from love_market.counter.queries import Receipt
from love_market.people.rules import mask_name
from love_market.reports.rules import Sentence
from love_market.web import filters

bp = Blueprint("reports", __name__)


@bp.app_template_filter("said")
def said(sentence: Sentence | str | None) -> str:
    """Say a sentence in the reader's language, dates as the village writes them."""
    if sentence is None:
        return ""
    if isinstance(sentence, str):
        return _(sentence)
    filled = {name: _filled(value) for name, value in sentence.values.items()}
    template: str = _(sentence.template)
    return template.format(**filled) if filled else template


@bp.app_template_filter("masked")
def masked(name: str) -> str:
    """Show a name as others may see it: 孔**."""
    return mask_name(name)


@bp.app_template_filter("code_point")
def code_point(character: str) -> str:
    """Show the code of a character that cannot be shown: U+2CB4A."""
    return f"U+{ord(character):04X}"


@bp.app_template_filter("goods_named")
def goods_named(receipt: Receipt) -> str:
    """Name the goods of a receipt: 白面 ×1、食盐 ×2."""
    return "、".join(f"{good.name} ×{good.quantity}" for good in receipt.goods)


def _filled(value: object) -> object:
    if isinstance(value, Sentence):
        return said(value)
    if isinstance(value, date | datetime):
        return filters.day(value)
    return filters.thousands(value) if isinstance(value, int) else value
