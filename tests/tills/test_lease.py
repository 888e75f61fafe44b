"""One till at a time may redeem offline: how it comes to hold the lease, goes on holding it, and loses it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from love_market.db import new_id, reading, transaction
from love_market.people.models import Staff
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.tills import queries, service
from love_market.tills.rules import Lease, LeaseRuns, moment
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop, asked
from tests.tills.conftest import NewTill, Unchanged
from tests.tills.device import Device


@pytest.fixture
def browser(app: Flask, village: Village, shop: Shop) -> FlaskClient:
    """A browser that is no till, with the clerk signed in."""
    client = app.test_client()
    sign_in(client, village.clerk)
    return client


@pytest.fixture
def length(village: Village) -> timedelta:
    with reading() as session:
        return timedelta(hours=places.settings(session, village.market_id).lease_hours)


def lease_of(village: Village) -> Lease:
    with reading() as session:
        return queries.lease(session, village.chair)


def take(till: Device) -> dict[str, Any]:
    told: dict[str, Any] = till.contact(wants_lease=True)["lease"]
    return told


def in_browser(browser: FlaskClient, shop: Shop) -> TestResponse:
    return browser.post(f"/api/v1/v/{shop.village.code}/redemptions", json=asked(shop, ("食盐", 1)))


def refused(answer: TestResponse, error: str, *words: str) -> None:
    assert (answer.status_code, answer.get_json()["error"]) == (409, error), answer.text
    for word in words:
        assert word in answer.get_json()["detail"]


def test_a_free_lease_is_taken_only_with_a_clerk_signed_in(
    new_till: NewTill, village: Village, shop: Shop, length: timedelta, clock: Clock
) -> None:
    till = new_till("店里的手机")
    told = till.contact(wants_lease=True)
    assert (told["lease"]["held"], told["lease"]["term"], told["clerk_id"]) == (False, 0, None)
    sign_in(till.client, village.recorder)
    assert not take(till)["held"]
    sign_in(till.client, village.clerk)
    assert not till.contact(wants_lease=False)["lease"]["held"]
    told = till.contact(wants_lease=True)
    assert told["lease"] == {
        "held": True,
        "term": 1,
        "seconds": length.total_seconds(),
        "wanted": False,
        "holder_name": "",
        "ends_at": None,
    }
    assert (told["clerk_id"], told["clerk_name"]) == (str(village.clerk.staff_id), "店员")
    assert lease_of(village) == Lease(till.till_id, 1, clock() + length)


def test_a_stranger_signed_in_at_a_till_is_nobody_there(
    till: Device, village: Village, shop: Shop, app: Flask, clock: Clock
) -> None:
    with transaction() as session:
        stranger = Guard.of_staff(village.market_id, "140221100201", new_id(), "路人")
        assert stranger.staff_id is not None
        session.add(
            Staff(id=stranger.staff_id, sign_in_name="luren", name="路人", password_hash="unset", created_at=clock())
        )
    sign_in(till.client, stranger)
    told = till.contact(wants_lease=True)
    assert (told["clerk_id"], told["lease"]["held"]) == (None, False)


def test_whatever_the_holder_asks_renews_the_lease(
    till: Device, village: Village, shop: Shop, length: timedelta, clock: Clock
) -> None:
    take(till)
    for ask in (
        till.contact,
        till.copy,
        lambda: till.redeem(asked(shop, ("食盐", 1))),
        lambda: till.redeem(asked(shop, ("白面", 1), vouchers=(2,))),  # refused, but heard
        lambda: till.ask("records", {"records": [till.record(kind="undo")]}),
    ):
        clock.at += timedelta(hours=1)
        ask()
        assert lease_of(village) == Lease(till.till_id, 1, clock() + length)


def test_others_are_refused_while_it_runs_and_leave_word(
    till: Device, other: Device, browser: FlaskClient, shop: Shop, village: Village, length: timedelta, clock: Clock
) -> None:
    take(till)
    ends = clock() + length
    told = take(other)
    assert (told["held"], told["holder_name"], told["ends_at"]) == (False, "店里的手机", ends.isoformat()[:19] + "Z")
    assert not till.contact()["lease"]["wanted"]
    refused(in_browser(browser, shop), "LeaseHeld", "店里的手机正在兑换", "几秒就好")
    assert till.contact()["lease"]["wanted"]
    refused(other.redeem(asked(shop, ("食盐", 1))), "LeaseHeld", "几秒就好")
    clock.at += timedelta(minutes=5)
    refused(other.redeem(asked(shop, ("食盐", 1))), "LeaseHeld", "可能没有网", moment(ends))
    refused(in_browser(browser, shop), "LeaseHeld", moment(ends))
    assert till.redeem(asked(shop, ("食盐", 1))).status_code == 200


def test_given_back_it_is_free_and_shared_for_ten_minutes(
    till: Device, other: Device, browser: FlaskClient, shop: Shop, village: Village, clock: Clock
) -> None:
    take(till)
    refused(in_browser(browser, shop), "LeaseHeld")
    assert other.ask("till/give-back").status_code == 200  # not its to give
    assert lease_of(village).till_id == till.till_id
    assert till.ask("till/give-back").get_json() == {}
    for device in (till, other):
        assert not take(device)["held"]
    assert in_browser(browser, shop).status_code == 200
    assert other.redeem(asked(shop, ("食盐", 1))).status_code == 200
    clock.at += timedelta(minutes=9, seconds=59)
    assert not take(other)["held"]
    clock.at += timedelta(seconds=1)
    told = take(other)
    assert (told["held"], told["term"]) == (True, 2)
    refused(till.redeem(asked(shop, ("食盐", 1))), "LeaseHeld", "柜台的电脑")


def test_given_back_unasked_it_is_taken_again_at_once(till: Device, other: Device) -> None:
    take(till)
    till.ask("till/give-back")
    assert take(other)["held"]


def test_ended_and_silent_nobody_redeems_until_the_holder_comes_back(
    till: Device, other: Device, browser: FlaskClient, shop: Shop, length: timedelta, clock: Clock
) -> None:
    take(till)
    ends = clock() + length
    clock.at = ends - timedelta(microseconds=1)
    refused(in_browser(browser, shop), "LeaseHeld")
    clock.at = ends
    refused(in_browser(browser, shop), "LeaseUnsettled", "店里的手机", moment(ends), "没送来的兑换")
    refused(other.redeem(asked(shop, ("食盐", 1))), "LeaseUnsettled")
    assert not take(other)["held"]
    assert till.contact()["lease"]["held"]
    refused(in_browser(browser, shop), "LeaseHeld", "几秒就好")


def test_the_committee_settles_what_nobody_answers_for_once_it_has_ended(
    till: Device, other: Device, shop: Shop, village: Village, length: timedelta, clock: Clock, unchanged: Unchanged
) -> None:
    take(till)
    with unchanged(), pytest.raises(LeaseRuns, match=r"不能收回"), transaction() as session:
        service.settle(session, village.chair, at=clock())
    clock.at += length
    with transaction() as session:
        service.settle(session, village.chair, at=clock())
    assert other.redeem(asked(shop, ("食盐", 1))).status_code == 200
    told = take(other)
    assert (told["held"], told["term"]) == (True, 2)
    told = till.contact()
    assert (told["lease"]["held"], told["lease"]["holder_name"]) == (False, "柜台的电脑")


def test_cut_off_it_redeems_nothing_and_its_lease_runs_out(
    till: Device, other: Device, shop: Shop, village: Village, length: timedelta, clock: Clock, unchanged: Unchanged
) -> None:
    take(till)
    with transaction() as session:
        service.cut_off(session, village.chair, till.till_id, at=clock())
    held = lease_of(village)
    clock.at += timedelta(hours=1)
    told = till.contact(wants_lease=True)
    assert (told["cut_off"], told["lease"]["held"], told["lease"]["wanted"]) == (True, False, True)
    assert lease_of(village) == held
    before = _books(shop, clock.at)
    for what, body in (
        ("redemptions", asked(shop, ("食盐", 1)) | {"number": 1}),
        (f"redemptions/{new_id()}/undo", {"key": str(new_id()), "reason": "拿错了货"}),
    ):
        answer = till.ask(what, body)
        assert (answer.status_code, answer.get_json()["error"]) == (403, "TillCutOff")
    assert _books(shop, clock.at) == before
    assert lease_of(village) == held
    # It gives back what it has no more use for, and takes none again.
    assert till.ask("till/give-back").status_code == 200
    assert not take(till)["held"]
    assert lease_of(village).till_id is None
    assert other.redeem(asked(shop, ("食盐", 1))).status_code == 200


def _books(shop: Shop, at: datetime) -> object:
    with reading() as session:
        return made.standing(session, shop, at)
