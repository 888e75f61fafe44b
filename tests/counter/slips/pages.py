"""Addresses of the pad's pages, and what they send."""

from love_market.db import new_id
from tests.counter.made import Shop


def url(shop: Shop, what: str = "") -> str:
    return f"/v/{shop.village.code}/counter/slips{what}"


def filled(shop: Shop, number: int, *, voucher: int = 0, total: str = "23", **more: str) -> dict[str, str]:
    """Return what the page sends for a slip with a bottle of vinegar and two of noodles."""
    said = {
        "key": str(new_id()),
        "number": f"{number:04}",
        "day": "10-8",
        "voucher": shop.vouchers[voucher].short_code,
        "good_1": "陈醋",
        "quantity_1": "1",
        "points_1": "7",
        "good_2": "挂面",
        "quantity_2": "2",
        "points_2": "8",
        "total": total,
    }
    return said | more
