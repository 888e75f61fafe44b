"""Workbooks of goods and of counts: what they say, and the plan of what would be done with it. Pure."""

from love_market.stock.intake.counts import (
    Count,
    OtherStocktake,
    ParsedCount,
    ParsedCounts,
    code_of,
    parse_counts,
)
from love_market.stock.intake.goods import LONGEST, GoodFigures, KnownGood, ParsedGood, ParsedGoods, parse_goods
from love_market.stock.intake.match import compare_goods
from love_market.stock.intake.plan import Action, Plan, PlanRow

__all__ = [
    "LONGEST",
    "Action",
    "Count",
    "GoodFigures",
    "KnownGood",
    "OtherStocktake",
    "ParsedCount",
    "ParsedCounts",
    "ParsedGood",
    "ParsedGoods",
    "Plan",
    "PlanRow",
    "code_of",
    "compare_goods",
    "parse_counts",
    "parse_goods",
]
