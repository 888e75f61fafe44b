"""What is asked of ``decide`` and what it answers, as the vectors write it; vouchers, goods and lots go by number."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

Asked = dict[str, Any]
Answer = dict[str, Any]
Case = tuple[str, Asked, Answer]

TODAY = "2026-10-08"
NOW = "2026-10-08T02:00:00.000Z"  # ten in the morning in the village


def voucher_id(number: int) -> str:
    return str(UUID(int=0x100 + number))


def good_id(number: int) -> str:
    return str(UUID(int=0x200 + number))


def lot_id(good: int, number: int) -> str:
    return str(UUID(int=0x10000 + 0x100 * good + number))


def household_id(number: int) -> str:
    return str(UUID(int=0x300 + number))


def voucher(
    points: int = 35,
    *,
    state: str = "handed_over",
    reason: str = "",
    until: str = "2027-04-30",
    known: bool = True,
    household: int = 0,
) -> Mapping[str, Any]:
    return {
        "household_id": household_id(household),
        "state": state,
        "state_reason": reason,
        "expires_on": until,
        "balance_points": points,
        "known": known,
    }


def good(
    points: int = 7,
    *lots: int | tuple[int, str],
    name: str = "陈醋",
    unit_name: str = "瓶",
    withdrawn: bool = False,
) -> Mapping[str, Any]:
    """Return a good with lots of so many each, or of so many until a day; twelve undated ones where none is given."""
    parted = [(lot, None) if isinstance(lot, int) else lot for lot in lots or (12,)]
    return {
        "name": name,
        "unit_name": unit_name,
        "points_price": points,
        "withdrawn": withdrawn,
        "lots": [{"expires_on": until, "quantity": quantity} for quantity, until in parted],
    }


def offline(**changes: object) -> Mapping[str, Any]:
    """Return a till without a network that may redeem for another eight hours."""
    return {
        "now": NOW,
        "latest_at": "2026-10-08T01:59:00.000Z",
        "lease_ends_at": "2026-10-08T10:30:00.000Z",
        "cut_off": False,
        "limit_points": 0,
        **changes,
    }


def acting(*households: int, limit: int = 3) -> Mapping[str, Any]:
    """Return a proxy who has acted for these households today."""
    return {"name": "王五", "households": [household_id(number) for number in households], "limit": limit}


def asked(
    *lines: tuple[Any, ...],
    goods: Sequence[Mapping[str, Any]] = (good(),),
    vouchers: Sequence[Mapping[str, Any]] = (voucher(),),
    paying: Sequence[int] | None = None,
    today: str = TODAY,
    minimum: int = 1,
    offline: Mapping[str, Any] | None = None,
    acting: Mapping[str, Any] | None = None,
) -> Asked:
    """Return a question: lines are ``(good, quantity)`` at its price, or ``(good, quantity, points each)``.

    All the vouchers pay, or those that ``paying`` names.
    """
    prices = [one["points_price"] for one in goods]
    return {
        "basket": [
            {"good_id": good_id(number), "quantity": quantity, "points_each": [*price, *prices[number : number + 1]][0]}
            for number, quantity, *price in lines
        ],
        "goods": {
            good_id(number): {
                **one,
                "lots": [{"id": lot_id(number, index), **lot} for index, lot in enumerate(one["lots"])],
            }
            for number, one in enumerate(goods)
        },
        "voucher_ids": [voucher_id(number) for number in (range(len(vouchers)) if paying is None else paying)],
        "vouchers": {voucher_id(number): one for number, one in enumerate(vouchers)},
        "today": today,
        "minimum_points": minimum,
        "offline": offline,
        "acting": acting,
    }


def pays(*payments: tuple[int, int, int], takes: Sequence[tuple[int, int, int]]) -> Answer:
    """Return the answer: payments are ``(voucher, points, left)``, takes ``(good, lot, quantity)``."""
    return {
        "total_points": sum(points for _, points, _ in payments),
        "payments": [
            {"voucher_id": voucher_id(number), "points": points, "left_points": left}
            for number, points, left in payments
        ],
        "takes": [
            {"good_id": good_id(number), "lot_id": lot_id(number, lot), "quantity": quantity}
            for number, lot, quantity in takes
        ],
    }


def refuses(error: str, sentence: str) -> Answer:
    return {"error": error, "sentence": sentence}
