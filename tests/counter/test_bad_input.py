"""What no page of ours sends is answered in words, and nothing has moved after it."""

from collections.abc import Callable

import pytest

from tests.counter.conftest import Ask
from tests.counter.made import Shop, asked


@pytest.mark.parametrize(
    "change",
    [
        {"key": "not a key"},
        {"key": None},
        {"voucher_ids": "one"},
        {"voucher_ids": ["x"]},
        {"voucher_ids": []},
        {"basket": []},
        {"basket": "much"},
        {"basket": [1]},
        {"basket": [{"good_id": "x", "quantity": 1, "points_each": 2}]},
    ],
)
def test_what_no_page_of_ours_sends_is_answered_in_words(
    ask: Ask, shop: Shop, unmoved: Callable[[], None], change: dict[str, object]
) -> None:
    unmoved()
    answer = ask("redeem", **asked(shop, ("食盐", 1)) | change)
    assert answer.status_code == 422
    assert answer.get_json()["error"] in {"BasketUnclear", "BasketEmpty", "NotJson"}


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, "2", None, 10**30, 1000])
def test_a_quantity_is_a_whole_number_above_zero(
    ask: Ask, shop: Shop, unmoved: Callable[[], None], quantity: object
) -> None:
    unmoved()
    line = {"good_id": str(shop.goods["食盐"]), "quantity": quantity, "points_each": 2}
    answer = ask("redeem", **asked(shop, ("食盐", 1)) | {"basket": [line]})
    assert (answer.status_code, answer.get_json()["error"]) in [(422, "BasketUnclear"), (422, "NotJson")]


def test_a_good_or_voucher_named_twice_is_unclear(ask: Ask, shop: Shop, unmoved: Callable[[], None]) -> None:
    unmoved()
    for basket in (asked(shop, ("食盐", 1), ("食盐", 2)), asked(shop, ("食盐", 1), vouchers=(0, 0))):
        answer = ask("redeem", **basket)
        assert (answer.status_code, answer.get_json()["error"]) in [(422, "BasketUnclear"), (422, "NotJson")]


@pytest.mark.parametrize("scan", ["", "   ", None, 5, "Q" * 401])
def test_nothing_scanned_is_said_so(ask: Ask, shop: Shop, scan: object) -> None:
    assert ask("lookup", scan=scan).status_code == 422
