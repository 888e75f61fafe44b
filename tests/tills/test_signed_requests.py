"""A request that was recorded and sent again, altered, or signed with another key is refused and changes nothing."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from love_market.db import new_id
from tests.conftest import Clock
from tests.counter.made import Shop, asked
from tests.tills.conftest import Unchanged
from tests.tills.device import Device, base64url, signature_of

WHATS = ["redemptions", "till/contact", "till/copy", "records", "till/give-back"]
SIGNATURE = "signature="
NO_PROOFS = [
    "",
    " ",
    "x" * 4000,
    "till=; number=; signature=",
    "till={till}; number=-1; signature={signature}",
    "till={till}; number=1.0; signature={signature}",
    "till={till}; number=1234567890123456789; signature={signature}",
    "till={till}; number=١; signature={signature}",
    "till={till}; number=1; signature={signature}=",
    "till={till}; number=1; signature=é{signature}",
    "till={TILL}; number=1; signature={signature}",
    "till={till};number=1;signature={signature}",
    "till={till}; number=1; signature={signature}; till={till}",
    "Bearer {till}",
    "till={till}; number=1; signature={short}",
    "till={till}; number=1; signature=\x7f{short}",
]


@pytest.fixture
def ask_for(till: Device, shop: Shop, clock: Clock) -> Callable[[str], dict[str, Any]]:
    """Return the next signed request of a kind, one that does something."""

    def sign(what: str) -> dict[str, Any]:
        line = shop.line("食盐", 1)
        basket = [{"good_id": str(line.good_id), "quantity": 1, "points_each": line.points_each}]
        record = till.record(
            kind="redeem",
            number=1,
            key=str(new_id()),
            at=clock().isoformat(),
            clerk_id=str(shop.village.clerk.staff_id),
            vouchers=[
                {
                    "id": str(shop.vouchers[0].id),
                    "amount_points": line.points_each,
                    "before_points": 35,
                    "after_points": 35 - line.points_each,
                    "token": shop.urls[0].rpartition("/")[2],
                }
            ],
            basket=basket,
        )
        bodies = {
            "redemptions": asked(shop, ("食盐", 1)) | {"number": 1},
            "till/contact": {"version": None, "unsent": 0, "wants_lease": True},
            "till/copy": {"number": None, "at": None},
            "records": {"records": [record]},
            "till/give-back": None,
        }
        return till.request(what, bodies[what])

    return sign


def refused(answer: TestResponse, status: int, error: str) -> None:
    assert (answer.status_code, answer.get_json()["error"]) == (status, error), answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"].endswith("。")


def with_header(request: dict[str, Any], header: str) -> dict[str, Any]:
    return request | {"headers": {"Till": header}}


def test_a_request_is_taken_once(
    till: Device, ask_for: Callable[[str], dict[str, Any]], unchanged: Unchanged, clock: Clock
) -> None:
    for what in WHATS:
        recorded = ask_for(what)
        assert till.client.open(**recorded).status_code == 200
        with unchanged():
            for _ in range(2):
                refused(till.client.open(**recorded), 403, "RequestUsed")
        # One that was held back while a later one went through comes too late.
        held_back, later = (
            ask_for(what),
            till.request("till/contact", {"version": None, "unsent": 0, "wants_lease": False}),
        )
        assert till.client.open(**later).status_code == 200
        with unchanged():
            refused(till.client.open(**held_back), 403, "RequestUsed")


def test_an_altered_request_is_refused(
    till: Device,
    other: Device,
    shop: Shop,
    ask_for: Callable[[str], dict[str, Any]],
    unchanged: Unchanged,
) -> None:
    for what in WHATS:
        request = ask_for(what)
        till_part, number_part, signature_part = request["headers"]["Till"].split("; ")
        signature = signature_part.removeprefix(SIGNATURE)
        raw = base64.urlsafe_b64decode(signature + "==")
        swapped = raw[32:] + raw[:32]
        with unchanged():
            if request["data"]:
                told = json.loads(request["data"])
                spaced = json.dumps(told, indent=1).encode()
                refused(till.client.open(**request | {"data": spaced}), 403, "ProofWrong")
            else:
                refused(till.client.open(**request | {"data": b"{}"}), 403, "ProofWrong")
            for position in (0, 31, 32, 63):
                for bit in (0, 7):
                    flipped = bytearray(raw)
                    flipped[position] ^= 1 << bit
                    header = f"{till_part}; {number_part}; {SIGNATURE}{base64url(bytes(flipped))}"
                    refused(till.client.open(**with_header(request, header)), 403, "ProofWrong")
            wrong_signatures = (swapped, bytes(64), b"\xff" * 64, raw[:32] + bytes(32))
            for wrong in wrong_signatures:
                header = f"{till_part}; {number_part}; {SIGNATURE}{base64url(wrong)}"
                refused(till.client.open(**with_header(request, header)), 403, "ProofWrong")
            for number in (till.number + 1, 10**18 - 1):
                header = f"{till_part}; number={number}; {signature_part}"
                refused(till.client.open(**with_header(request, header)), 403, "ProofWrong")
            header = f"till={other.till_id.hex}; {number_part}; {signature_part}"
            refused(till.client.open(**with_header(request, header)), 403, "ProofWrong")
            header = f"till={new_id().hex}; {number_part}; {signature_part}"
            refused(till.client.open(**with_header(request, header)), 404, "NoSuchTill")
        # The request itself is still good: nothing above has used it up.
        assert till.client.open(**request).status_code == 200


def test_a_signature_is_for_one_path_and_one_method(
    till: Device, ask_for: Callable[[str], dict[str, Any]], unchanged: Unchanged, shop: Shop
) -> None:
    contact, copy = ask_for("till/contact"), ask_for("till/copy")
    undo = f"redemptions/{new_id()}/undo"
    with unchanged():
        refused(till.client.open(**contact | {"path": till.path("till/give-back")}), 403, "ProofWrong")
        refused(till.client.open(**copy | {"path": till.path("till/contact")}), 422, "NotJson")
        asks_undo = till.request("till/give-back", {"key": str(new_id()), "reason": "拿错了货"})
        refused(till.client.open(**asks_undo | {"path": till.path(undo)}), 403, "ProofWrong")
        refused(till.client.open(**contact | {"method": "PUT"}), 405, "MethodNotAllowed")
        # Signed as a GET, sent as a POST.
        header = till.header("GET", till.path("till/give-back"), b"")
        refused(till.client.post(till.path("till/give-back"), headers={"Till": header}), 403, "ProofWrong")
        # Signed for another village of another market.
        elsewhere = till.header("POST", "/api/v1/v/140221100201/till/give-back", b"")
        refused(till.client.post(till.path("till/give-back"), headers={"Till": elsewhere}), 403, "ProofWrong")


def test_another_key_signs_for_nobody_else(
    till: Device, other: Device, ask_for: Callable[[str], dict[str, Any]], unchanged: Unchanged
) -> None:
    for what in WHATS:
        request = ask_for(what)
        stranger = Device(till.client, till.village_code)
        with unchanged():
            for key in (other.key, stranger.key):
                forger = Device(till.client, till.village_code, till.till_id, key, till.number)
                body = None if not request["data"] else json.loads(request["data"])
                refused(forger.ask(what, body), 403, "ProofWrong")
            refused(stranger.ask(what, None if not request["data"] else json.loads(request["data"])), 404, "NoSuchTill")


def test_what_is_no_proof_is_refused(
    till: Device, ask_for: Callable[[str], dict[str, Any]], unchanged: Unchanged
) -> None:
    signature = signature_of(till.key, b"anything")
    names = {"till": till.till_id.hex, "TILL": till.till_id.hex.upper(), "signature": signature}
    for what in ("redemptions", "till/give-back", "records"):
        request = ask_for(what)
        with unchanged():
            for header in NO_PROOFS:
                written = header.format(**names, short=signature[:-1]).encode().decode("latin-1")
                refused(till.client.open(**with_header(request, written)), 403, "ProofMissing")


def test_a_till_that_is_not_signed_is_no_till(till: Device, shop: Shop, unchanged: Unchanged) -> None:
    with unchanged():
        contact = {"version": None, "unsent": 0, "wants_lease": True}
        refused(till.client.post(till.path("till/contact"), json=contact), 403, "ProofMissing")
        refused(till.client.post(till.path("till/give-back")), 403, "ProofMissing")


def test_a_till_says_which_redemption_this_is(till: Device, shop: Shop) -> None:
    refused(till.ask("redemptions", asked(shop, ("食盐", 1))), 422, "BasketUnclear")


def test_a_record_is_proved_by_its_own_signature_whoever_brings_it(
    till: Device, other: Device, ask_for: Callable[[str], dict[str, Any]], unchanged: Unchanged
) -> None:
    told = json.loads(ask_for("records")["data"])["records"][0]
    altered = told["body"].replace('"amount_points": 2', '"amount_points": 1')
    assert altered != told["body"]
    forged = [
        told | {"body": altered},
        told | {"body": told["body"] + " "},
        told | {"signature": signature_of(other.key, told["body"].encode())},
        told | {"signature": signature_of(till.key, told["body"].encode())},  # without what a record begins with
        told | {"body": "null"},
        told | {"body": "{}"},
        told | {"body": "[" * 9000},
    ]
    # The request that brings them is in order, so it is counted; but no record is booked.
    answer = other.ask("records", {"records": forged})
    assert answer.status_code == 200
    assert {one["error"] for one in answer.get_json()["outcomes"]} == {"RecordForged"}
    with unchanged():
        answer = other.client.post(other.path("records"), json={"records": forged})
        assert {one["outcome"] for one in answer.get_json()["outcomes"]} == {"refused"}
    answer = other.ask("records", {"records": [told, told]})
    assert [one["outcome"] for one in answer.get_json()["outcomes"]] == ["booked", "booked"]
    assert len({one["entry_number"] for one in answer.get_json()["outcomes"]}) == 1
    with unchanged():
        answer = other.client.post(other.path("records"), json={"records": [told]})
        assert answer.get_json()["outcomes"][0]["outcome"] == "booked"
