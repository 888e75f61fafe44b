"""A record that cannot be read is refused by itself: it holds up nothing else that the till has to deliver."""

from typing import Any

from tests.conftest import Clock
from tests.counter.made import Shop
from tests.tills.conftest import Unchanged
from tests.tills.device import Device

LARGEST = 2**31 - 1


def test_what_cannot_be_counted_with_holds_up_nothing_else(
    till: Device, shop: Shop, clock: Clock, unchanged: Unchanged
) -> None:
    line = {"good_id": str(shop.goods["食盐"]), "quantity": 1, "points_each": 2}
    paid: list[dict[str, Any]] = [
        {"id": str(one.id), "amount_points": 2, "before_points": 9, "after_points": 7, "code": one.short_code}
        for one in shop.vouchers
    ]
    said: dict[str, Any] = {
        "kind": "redeem",
        "number": 1,
        "key": "01a2252a-0000-7000-8000-000000000001",
        "at": clock().isoformat(),
        "clerk_id": str(shop.village.clerk.staff_id),
        "vouchers": paid[:1],
        "basket": [line],
    }
    undone = {name: value for name, value in said.items() if name not in {"vouchers", "basket"}}
    undone |= {"kind": "undo", "redemption_id": said["key"], "reason": "拿错了货"}
    wrong: list[dict[str, Any]] = [
        said | {"at": "2026-10-08T09:00:00"},
        said | {"at": "0001-01-01T00:00:00Z"},
        said | {"at": "9999-12-31T23:59:59Z"},
        said | {"at": 1_790_000_000},
        said | {"number": 2**63},
        said | {"number": 0},
        said | {"vouchers": [one | {"amount_points": LARGEST} for one in paid[:2]]},
        said | {"vouchers": [paid[0] | {"code": "\0"}]},
        said | {"clerk_id": "nobody"},
        said | {"more": 1},
        undone | {"at": "9999-12-31T23:59:59Z"},
        undone | {"reason": "\0"},
        {"kind": "steal"},
    ]
    records = [till.record(**each) for each in wrong]
    lone = till.record(**said)
    lone["body"] = lone["body"].replace(paid[0]["code"], "\\ud800")
    with unchanged():
        answer = till.client.post(till.path("records"), json={"records": [*records, lone]})
    assert answer.status_code == 200
    assert {(one["outcome"], one["error"]) for one in answer.get_json()["outcomes"]} == {("refused", "RecordForged")}
    outcomes = till.ask("records", {"records": [*records, till.record(**said)]}).get_json()["outcomes"]
    assert [one["outcome"] for one in outcomes] == ["refused"] * len(wrong) + ["booked"]
