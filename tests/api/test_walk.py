"""All the way with HTTP alone, as a mini-program of a village or a township's own till would go."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from love_market.db import new_id, transaction
from love_market.people import service
from love_market.people.rules import Role
from tests.builders import Village
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop, asked
from tests.tills.device import Device, invited

PASSWORD = "杏花开在三月里 2026"


@pytest.fixture
def shop(village: Village, clock: Clock) -> Shop:
    with transaction() as session:
        return made.shop(session, village, clock())


@pytest.fixture
def clerk(village: Village, clock: Clock) -> str:
    """A clerk with a password; returns the name to sign in with."""
    with transaction() as session:
        grants = [(village.code, Role.CLERK)]
        service.add_staff(
            session, name="店小二", sign_in_name="dianxe", password=PASSWORD, grants=grants, at=clock(), key=new_id()
        )
    return "dianxe"


class Program:
    """A program that knows an address and keeps what it was told; no cookies."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client(use_cookies=False)
        self.token = ""

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> TestResponse:
        signed_in = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        more: dict[str, Any] = {} if body is None else {"json": body}
        return self.client.open("/api/v1" + path, method=method, headers=signed_in | (headers or {}), **more)

    def told(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self.ask(method, path, body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        found: dict[str, Any] = answer.get_json()
        return found


def refused(answer: TestResponse, status: int, error: str) -> None:
    assert (answer.status_code, answer.get_json()["error"]) == (status, error), answer.text


def test_a_clerk_redeems_with_a_program_of_its_own(
    app: Flask, shop: Shop, village: Village, clerk: str, clock: Clock
) -> None:
    program = Program(app)
    refused(program.ask("GET", f"/v/{village.code}/goods"), 401, "NotSignedIn")
    told = program.told("POST", "/sign-in", {"sign_in_name": clerk, "password": PASSWORD})
    program.token, (place,) = told["token"], told["places"]
    assert (told["name"], place["roles"], place["village_name"]) == ("店小二", ["clerk"], "守口堡村")
    here = f"/v/{place['village_code']}"
    goods = {one["name"]: one for one in program.told("GET", f"{here}/goods")["goods"]}
    assert (goods["挂面"]["points_price"], goods["挂面"]["quantity"]) == (8, 20)
    voucher = program.told("POST", f"{here}/scan", {"scan": shop.urls[0]})["voucher"]
    assert (voucher["balance_points"], voucher["masked_name"]) == (35, "孔**")
    assert program.told("POST", f"{here}/scan", {"scan": shop.vouchers[0].short_code})["voucher"] == voucher
    basket = {
        "key": str(new_id()),
        "voucher_ids": [voucher["id"]],
        "tokens": [shop.urls[0].rpartition("/")[2]],
        "basket": [{"good_id": goods["挂面"]["id"], "quantity": 2, "points_each": 8}],
    }
    receipt = program.told("POST", f"{here}/redemptions", basket)
    assert (receipt["total_points"], receipt["left_points"], receipt["id"]) == (16, 19, basket["key"])
    assert program.told("POST", f"{here}/redemptions", basket) == receipt
    other = basket | {"basket": [{"good_id": goods["食盐"]["id"], "quantity": 1, "points_each": 2}]}
    refused(program.ask("POST", f"{here}/redemptions", other), 409, "KeyReused")
    assert program.told("GET", f"{here}/redemptions/{receipt['id']}") == receipt
    refused(program.ask("GET", f"{here}/redemptions/{new_id()}"), 404, "NoSuchRedemption")
    undo = f"{here}/redemptions/{receipt['id']}/undo"
    undoing = {"key": str(new_id()), "reason": "拿错了货"}
    undone = program.told("POST", undo, undoing)
    assert (undone["undone_reason"], program.told("POST", undo, undoing)) == ("拿错了货", undone)
    refused(program.ask("POST", undo, undoing | {"key": str(new_id())}), 409, "UndoTooLate")
    assert program.told("POST", f"{here}/scan", {"scan": shop.urls[0]})["voucher"]["balance_points"] == 35
    refused(program.ask("GET", "/v/140221100201/goods"), 404, "NoMarket")
    assert program.told("POST", "/sign-out") == {}
    for path in (f"{here}/goods", f"{here}/redemptions/{receipt['id']}"):
        refused(program.ask("GET", path), 401, "NotSignedIn")
    refused(program.ask("POST", "/sign-out"), 401, "NotSignedIn")


def test_a_wrong_password_is_counted_and_then_waited_for(
    app: Flask, village: Village, clerk: str, clock: Clock
) -> None:
    program = Program(app)
    right = {"sign_in_name": clerk, "password": PASSWORD}
    for _ in range(5):
        refused(program.ask("POST", "/sign-in", right | {"password": "猜的"}), 422, "SignInFailed")
    answer = program.ask("POST", "/sign-in", right)
    refused(answer, 409, "SignInTooSoon")
    assert "以后再试" in answer.get_json()["detail"]
    clock.at += timedelta(seconds=31)
    assert program.told("POST", "/sign-in", right)["token"]


def test_a_household_reads_what_it_has_with_its_card(app: Flask, shop: Shop, village: Village, clock: Clock) -> None:
    with transaction() as session:
        card = service.issue_card(session, village.recorder, village.households[0], at=clock())
    program = Program(app)
    wrong = {"card": card.card_key, "pin": "000000" if card.pin != "000000" else "111111"}
    refused(program.ask("POST", "/household/sign-in", wrong), 422, "SignInFailed")
    refused(program.ask("POST", "/household/sign-in", {"card": "A" * 24, "pin": card.pin}), 404, "NoSuchCard")
    refused(program.ask("GET", "/statement"), 401, "NotSignedIn")
    told = program.told("POST", "/household/sign-in", {"card": card.card_key.lower(), "pin": card.pin})
    assert (told["masked_name"], told["village_code"]) == ("孔**", village.code)
    program.token = told["token"]
    with transaction() as session:
        made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("挂面", 2)], clock(), new_id())
    statement = program.told("GET", "/statement")
    assert statement["balance_points"] == 19
    assert statement["carried_points"] + sum(one["points"] for one in statement["changes"]) == 19
    assert [one["balance_points"] for one in statement["vouchers"]] == [19]
    refused(program.ask("GET", f"/v/{village.code}/goods"), 401, "NotSignedIn")  # a household keeps no counter
    assert program.told("POST", "/sign-out") == {}
    refused(program.ask("GET", "/statement"), 401, "NotSignedIn")


def test_a_till_of_its_own_works_through_its_day(
    app: Flask, shop: Shop, village: Village, clerk: str, clock: Clock
) -> None:
    program = Program(app)
    device = Device(program.client, village.code)
    assert device.enrol(invited(village.chair, clock())).status_code == 200
    program.token = program.told("POST", "/sign-in", {"sign_in_name": clerk, "password": PASSWORD})["token"]

    def ask(what: str, body: object = None) -> dict[str, Any]:
        request = device.request(what, body)
        request["headers"]["Authorization"] = f"Bearer {program.token}"
        answer = program.client.open(**request)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    told = ask("till/contact", {"version": None, "unsent": 0, "wants_lease": True})
    assert (told["lease"]["held"], told["last_number"], told["clerk_name"]) == (True, 0, "店小二")
    copy = ask("till/copy", {"number": None, "at": None})
    assert (copy["whole"], copy["term"], len(copy["vouchers"])) == (True, told["lease"]["term"], 3)
    # While the network holds.
    receipt = ask("redemptions", asked(shop, ("食盐", 1)) | {"number": 1})
    assert receipt["left_points"] == 33
    news = ask("till/copy", {"number": copy["number"], "at": copy["at"]})
    assert [one["balance_points"] for one in news["vouchers"] if one["id"] == str(shop.vouchers[0].id)] == [33]
    # Without one: written down, signed, and brought later, twice.
    clock.at += timedelta(hours=2)
    line = {"good_id": str(shop.goods["香皂"]), "quantity": 2, "points_each": 4}
    paid = {"id": str(shop.vouchers[1].id), "amount_points": 8, "before_points": 20, "after_points": 12}
    common = {"at": clock().isoformat(), "clerk_id": told["clerk_id"]}
    redeemed = device.record(
        kind="redeem",
        number=2,
        key=str(new_id()),
        vouchers=[paid | {"code": shop.vouchers[1].short_code}],
        basket=[line],
        **common,
    )
    undone = device.record(
        kind="undo", number=3, key=str(new_id()), redemption_id=receipt["id"], reason="拿错了货", **common
    )
    clock.at += timedelta(minutes=20)
    for _ in range(2):
        outcomes = ask("records", {"records": [redeemed, undone]})["outcomes"]
        assert [(one["outcome"], one["reasons"]) for one in outcomes] == [("booked", []), ("booked", [])]
    told = ask("till/contact", {"version": None, "unsent": 0, "wants_lease": False})
    assert (told["last_number"], told["lease"]["held"]) == (3, True)
    balances = [one["balance_points"] for one in ask("till/copy", {"number": None, "at": None})["vouchers"]]
    assert balances == [35, 12, 8]
    assert ask("till/give-back") == {}
    # Somebody with a file of its records, signed in but at no till.
    answer = program.ask("POST", f"/v/{village.code}/records", {"records": [redeemed]})
    assert answer.get_json()["outcomes"][0]["outcome"] == "booked"
