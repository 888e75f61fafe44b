"""Who asks at the same moment: one till takes the lease, and it knows all that was redeemed before."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask

from love_market.db import reading
from love_market.ledger.verify import verify
from tests.builders import sign_in
from tests.conftest import Clock, on_postgresql_alone
from tests.counter.made import Shop, asked
from tests.tills.device import Device
from tests.vouchers.made import balance

pytestmark = on_postgresql_alone
ROUNDS = 12


def at_once(*acts: Callable[[], object]) -> list[Any]:
    """Do things at the same moment, each in a thread of its own; return what came of each."""
    gate, came = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        came[place] = act()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_of_two_that_ask_for_a_free_lease_one_takes_it(till: Device, other: Device, clock: Clock) -> None:
    for term in range(1, ROUNDS + 1):
        first, second = at_once(
            lambda: till.contact(wants_lease=True)["lease"], lambda: other.contact(wants_lease=True)["lease"]
        )
        assert {first["held"], second["held"]} == {True, False}
        assert {first["term"], second["term"]} <= {term, term - 1}
        holder, loser = (till, other) if first["held"] else (other, till)
        told = loser.contact(wants_lease=True)["lease"]
        assert (told["held"], told["term"], told["holder_name"]) == (False, term, holder.contact()["name"])
        holder.ask("till/give-back")
        clock.at += timedelta(minutes=11)


def test_who_takes_the_lease_knows_what_was_redeemed_while_it_did(
    till: Device, other: Device, shop: Shop, clock: Clock
) -> None:
    def take() -> tuple[bool, dict[str, Any]]:
        return till.contact(wants_lease=True)["lease"]["held"], till.copy()

    booked = 0
    for _ in range(ROUNDS):
        (held, copy), answer = at_once(take, lambda: other.redeem(asked(shop, ("食盐", 1))))
        assert held
        with reading() as session:
            left = balance(session, shop.village.market_id, shop.vouchers[0].id)
        known = {one["id"]: one["balance_points"] for one in copy["vouchers"]}
        assert known[str(shop.vouchers[0].id)] == left
        if answer.status_code != 200:
            assert answer.get_json()["error"] == "LeaseHeld"
        booked += answer.status_code == 200
        assert left == 35 - 2 * booked
        assert till.ask("till/give-back").status_code == 200
        clock.at += timedelta(minutes=11)
    with reading() as session:
        assert verify(session, shop.village.market_id).verified


def test_a_till_that_redeems_and_tells_at_once_does_not_wait_for_itself(app: Flask, till: Device, shop: Shop) -> None:
    """The same till from two windows: one number is used by one of them, and nobody waits in a ring."""
    window = app.test_client()
    sign_in(window, shop.village.clerk)
    for _ in range(ROUNDS):
        contact = till.request("till/contact", {"version": None, "unsent": 0, "wants_lease": True})
        redeem = till.request("redemptions", asked(shop, ("食盐", 1)) | {"number": till.redemptions + 1})
        answers = at_once(partial(till.client.open, **contact), partial(window.open, **redeem))
        assert answers[1].status_code == 200
        assert answers[0].status_code in {200, 403}
        till.redemptions += 1
