"""What was recorded and is sent again, altered, signed by another or came too late: nothing changes by it."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.tills import queries as tills
from love_market.tills import service as till_service
from love_market.tills.rules import Lease, RequestUsed
from tests.counter.network.real import GOOD, PRICE, RealBooks, key_of

CONTACT = {"version": None, "unsent": 0, "wants_lease": True}


def ask(real: RealBooks, number: int, what: str, body: object, *, signer: int = 0, sent: object = None) -> TestResponse:
    """Ask as till 0, signed by a till; ``sent`` is what travels in place of what was signed."""
    device, path, text = real.devices[0], f"/api/v1/v/{real.shop.village.code}/{what}", json.dumps(body)
    signed = real.devices[signer].proof(number, "POST", path, text)
    header = {"Till": signed["Till"].replace(real.devices[signer].id.hex, device.id.hex)}
    text = text if sent is None else json.dumps(sent)
    return device.client.post(path, data=text, content_type="application/json", headers=header)


def standing(real: RealBooks) -> tuple[int, Lease]:
    """Return how long the book is, and the lease."""
    with reading() as session:
        number = books.head(session, real.shop.village.market_id).number
        return number, tills.lease(session, real.shop.village.clerk)


def basket(real: RealBooks, key: int, *vouchers: int) -> dict[str, Any]:
    """Return what a till asks for a bag of salt."""
    line = {"good_id": str(real.shop.goods[GOOD]), "quantity": 1, "points_each": PRICE}
    ids = [str(real.shop.vouchers[one].id) for one in vouchers]
    return {"key": str(key_of(key)), "voucher_ids": ids, "basket": [line], "number": key + 1}


def record(real: RealBooks, key: int, voucher: int, *, signer: int = 0) -> dict[str, str]:
    """Return till 0's record of the same, signed by a till."""
    shown = {"token": real.shop.urls[voucher].rsplit("/", 1)[-1], "code": None}
    paid = {"id": str(real.shop.vouchers[voucher].id), "amount_points": PRICE, "before_points": 2, "after_points": 0}
    asked = basket(real, key, voucher)
    told = {name: asked[name] for name in ("key", "basket", "number")} | {"kind": "redeem", "vouchers": [paid | shown]}
    of_till = {"till_id": str(real.devices[0].id), "clerk_id": str(real.shop.village.clerk.staff_id)}
    return real.devices[signer].record(told | of_till | {"at": real.clock().isoformat()})


def test_a_request_counts_once_unaltered_and_by_its_own_till(real: RealBooks) -> None:
    assert ask(real, 5, "till/contact", CONTACT).get_json()["lease"]["held"]
    assert ask(real, 6, "redemptions", basket(real, 0, 0)).status_code == 200
    before = standing(real)
    for again in (5, 6):
        assert ask(real, again, "redemptions", basket(real, 1, 1)).get_json()["error"] == "RequestUsed"
        assert ask(real, again, "till/give-back", {}).get_json()["error"] == "RequestUsed"
    altered = ask(real, 7, "redemptions", basket(real, 1, 1), sent=basket(real, 2, 1))
    assert altered.get_json()["error"] == "ProofWrong"
    assert ask(real, 7, "till/give-back", {}, signer=1).get_json()["error"] == "ProofWrong"
    assert standing(real) == before
    assert ask(real, 7, "redemptions", basket(real, 1, 1)).status_code == 200, "no number was used up by forgeries"


@pytest.mark.parametrize("forged", ["signed by another", "altered"])
def test_a_record_counts_unaltered_and_by_its_own_till(real: RealBooks, forged: str) -> None:
    ask(real, 1, "till/contact", CONTACT)
    told = record(real, 0, 1, signer=forged == "signed by another")
    if forged == "altered":
        told["body"] = told["body"].replace('"number": 1', '"number": 2')
    before = standing(real)
    (outcome,) = ask(real, 2, "records", {"records": [told]}).get_json()["outcomes"]
    assert (outcome["outcome"], outcome["error"]) == ("refused", "RecordForged")
    assert standing(real) == before


def test_a_record_sent_again_by_anybody_is_booked_once(real: RealBooks) -> None:
    ask(real, 1, "till/contact", CONTACT)
    told = record(real, 0, 0)
    (first,) = ask(real, 2, "records", {"records": [told]}).get_json()["outcomes"]
    before = standing(real)
    path = f"/api/v1/v/{real.shop.village.code}/records"
    (again,) = real.browser.post(path, json={"records": [told]}).get_json()["outcomes"]
    assert again == first
    assert first["outcome"] == "booked"
    assert standing(real) == before


def test_what_was_asked_online_with_a_voucher_to_spare_and_then_recorded_is_one_redemption(real: RealBooks) -> None:
    ask(real, 1, "till/contact", CONTACT)
    booked = ask(real, 2, "redemptions", basket(real, 0, 0, 1)).get_json()
    (outcome,) = ask(real, 3, "records", {"records": [record(real, 0, 0)]}).get_json()["outcomes"]
    assert (outcome["outcome"], outcome["entry_number"]) == ("booked", booked["entry_number"])
    (other,) = ask(real, 4, "records", {"records": [record(real, 0, 1)]}).get_json()["outcomes"]
    assert (other["outcome"], other["error"]) == ("refused", "KeyReused"), "another voucher is another redemption"


def test_a_giving_back_that_waited_too_long_is_too_late(real: RealBooks) -> None:
    ask(real, 1, "till/contact", CONTACT)
    ask(real, 3, "till/contact", CONTACT)
    before, clerk = standing(real), real.shop.village.clerk
    with pytest.raises(RequestUsed), transaction() as session:
        till_service.give_back(session, clerk, real.devices[0].id, at=real.clock(), request=2)
    assert standing(real) == before
    assert ask(real, 4, "till/give-back", {}).status_code == 200
    assert standing(real)[1].till_id is None


def test_a_till_that_looked_and_found_none_is_not_overtaken_by_what_it_asked_before(real: RealBooks) -> None:
    path = f"/api/v1/v/{real.shop.village.code}/redemptions/{new_id()}"
    looked = real.devices[0].client.get(path, headers=real.devices[0].proof(9, "GET", path, ""))
    assert looked.status_code == 404
    assert ask(real, 8, "redemptions", basket(real, 0, 0)).get_json()["error"] == "RequestUsed"
