"""The rules as plain data, for a till that must decide without a network."""

from collections.abc import Callable, Mapping

from love_market.counter.rules.basket import BASKET, MOST_LINES, MOST_OF_ONE
from love_market.counter.rules.deciding import GOOD, PAYMENT, TOTAL
from love_market.counter.rules.offline import TILL, VOUCHER
from love_market.refusals import Table
from love_market.stock.offers import LEFT
from love_market.vouchers.rules import PROXY

TABLES: Mapping[str, Table] = {
    "till": TILL,
    "basket": BASKET,
    "good": GOOD,
    "total": TOTAL,
    "voucher": VOUCHER,
    "proxy": PROXY,
    "payment": PAYMENT,
    "left": LEFT,
}
"""All that ``decide`` asks, in its order."""


def rules_data(translate: Callable[[str], str]) -> dict[str, object]:
    """Return what ``static/counter/decide.js`` decides by: ``{"tables": {name: rows}, "most_lines", "most_of_one"}``.

    Rows as ``refusals.Refusal.data`` has them, their sentences as ``translate`` gives them.
    """
    tables = {name: table.data(translate) for name, table in TABLES.items()}
    return {"tables": tables, "most_lines": MOST_LINES, "most_of_one": MOST_OF_ONE}
