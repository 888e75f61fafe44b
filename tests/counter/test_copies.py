"""A till's copy: what is new since the last one makes it what a whole one is, and its version says when to ask."""

import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from love_market.clock import village_date
from love_market.counter.queries import copies
from love_market.db import new_id, reading, transaction
from love_market.people.models import Household
from love_market.stock import service as stock
from love_market.vouchers import loss
from love_market.vouchers.rules import LIVE
from tests.builders import VILLAGE_CODE, Village, sign_in
from tests.conftest import Clock, on_sqlite_alone
from tests.counter import made as counter_made
from tests.counter.doings import ACTS, Doings
from tests.counter.made import Shop
from tests.test_statements import heard
from tests.tills.device import Device, enrolled
from tests.vouchers import made as vouchers_made

Copy = dict[str, Any]
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.sampled_from([0, 1, 30, 200])), min_size=4, max_size=12
)
COUNTED = (
    *("number", "head_hash", "minimum_points", "offline_new_points", "public_keys", "village_name", "market_name"),
    *("proxy_daily_households", "proxies_on", "proxies"),
)


@pytest.fixture
def till(app: Flask, shop: Shop, clock: Clock) -> Device:
    return enrolled(app.test_client(), shop.village.code, shop.village.chair, clock())


def applied(before: Copy, news: Copy) -> Copy:
    """Return the copy that a till has once it has taken in what is new."""
    if news["whole"]:
        return news
    kept = {part: {one["id"]: one for one in before[part]} for part in ("vouchers", "goods")}
    for part, known in kept.items():
        known.update((one["id"], one) for one in news[part])
    today = str(village_date(datetime.fromisoformat(news["at"])))
    good = [one for one in kept["vouchers"].values() if one["state"] in set(LIVE) or one["expires_on"] >= today]
    return news | {"vouchers": good, "goods": list(kept["goods"].values())}


def held(copy: Copy) -> dict[str, object]:
    """Return what a copy says, in no order."""
    parts = {part: {one["id"]: one for one in copy[part]} for part in ("vouchers", "goods")}
    return {name: copy[name] for name in COUNTED} | parts


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, every=st.integers(1, 4))
def test_what_is_new_makes_a_copy_what_a_whole_one_is(
    app: Flask, till: Device, shop: Shop, clock: Clock, steps: list[tuple[str, int, int]], every: int
) -> None:
    doings = Doings(shop, clock)
    copy = whole = till.copy()
    for count, (act, pick, seconds) in enumerate(steps):
        clock.at += timedelta(seconds=seconds)
        doings.do(act, pick)
        before, whole = whole, till.copy()
        if held(before) != held(whole):
            assert before["version"] != whole["version"], act
        if count % every == 0:
            copy = applied(copy, till.copy(copy))
            assert held(copy) == held(whole)
            assert copy["version"] == whole["version"]
    news = till.copy(copy)
    assert not news["whole"]
    assert held(applied(copy, news)) == held(whole)


def test_a_version_stays_while_nothing_in_the_copy_changes(
    app: Flask, till: Device, shop: Shop, village: Village, clock: Clock
) -> None:
    version = till.copy()["version"]
    for _ in range(3):
        clock.at += timedelta(hours=1)
        sign_in(till.client, village.clerk)
        assert till.contact(version=version, wants_lease=True)["version"] == version
        till.ask("till/give-back")
        enrolled(app.test_client(), village.code, village.chair, clock(), "另一台")
        till.client.post(till.path("scan"), json={"scan": shop.urls[0]})
    assert till.copy()["version"] == version


def test_two_frozen_at_the_same_instant_are_two_changes(till: Device, shop: Shop, clock: Clock) -> None:
    """As when they are frozen by two servers, the clock of one being behind."""
    versions = [till.copy()["version"]]
    for one in shop.vouchers[:2]:
        with transaction() as session:
            loss.freeze(session, shop.village.chair, one.id, reason="丢了", at=clock())
        versions.append(till.copy()["version"])
    with transaction() as session:
        behind = clock() - timedelta(seconds=20)
        loss.freeze(session, shop.village.chair, shop.vouchers[2].id, reason="丢了", at=behind)
    versions.append(till.copy()["version"])
    assert len(set(versions)) == 4


def test_a_copy_of_another_past_is_made_anew(till: Device, shop: Shop) -> None:
    """As after a backup was restored: the till has an entry that the books do not."""
    copy = till.copy()
    assert till.copy(copy | {"number": copy["number"] + 1})["whole"]
    assert till.copy({"number": 2**53, "at": copy["at"]})["whole"]
    assert till.copy({"number": None, "at": copy["at"]})["whole"]
    assert till.copy({"number": 1, "at": None})["whole"]
    assert till.copy({"number": 0, "at": "2000-01-01T00:00:00Z"})["vouchers"]


def test_a_copy_says_who_pays_without_saying_more(till: Device, shop: Shop) -> None:
    copy = till.copy()
    told = str(copy)
    assert [one["balance_points"] for one in copy["vouchers"]] == [35, 20, 8]
    assert not any(one.short_code in told for one in shop.vouchers)
    assert "孔振明" not in told
    assert "孔**" in told


def test_a_fresh_copy_knows_what_is_used_up_while_its_paper_looks_good(till: Device, shop: Shop, clock: Clock) -> None:
    with transaction() as session:
        counter_made.redeem(session, shop, [shop.vouchers[2].id], [shop.line("挂面", 1)], clock(), new_id())
    used = next(one for one in till.copy()["vouchers"] if one["id"] == str(shop.vouchers[2].id))
    assert (used["state"], used["balance_points"]) == ("spent", 0)
    clock.at += timedelta(days=800)
    again = enrolled(till.client, shop.village.code, shop.village.chair, clock(), "另一台")
    assert str(shop.vouchers[2].id) not in {one["id"] for one in again.copy()["vouchers"]}


def barcode(number: int) -> str:
    """Return an EAN-13 with its check digit."""
    digits = f"690{number:09}"
    return digits + str(-sum(int(one) * (1 + 2 * (place % 2)) for place, one in enumerate(digits)) % 10)


@pytest.fixture
def large(app: Flask, village: Village, clock: Clock) -> Device:
    """1,300 vouchers of as many households, 500 goods with lots."""
    with transaction() as session:
        rows: list[dict[str, Any]] = [
            {
                "market_id": village.market_id,
                "id": new_id(),
                "village_code": VILLAGE_CODE,
                "number": f"{1000 + index}",
                "head_name": "守口堡",
                "group_name": f"{index % 9}组",
                "grid_name": "第1网格",
                "member_count": 3,
                "created_at": clock(),
            }
            for index in range(1288)
        ]
        session.execute(insert(Household), rows)
        everyone = replace(village, households=(*village.households, *(row["id"] for row in rows)))
        vouchers_made.vouchers(session, everyone, [5 + index % 90 for index in range(1300)], clock())
        for index in range(500):
            good_id = stock.add_good(
                session,
                village.clerk,
                key=new_id(),
                at=clock(),
                name=f"日用品第{index}种",
                spec=f"{index}克",
                unit_name="袋",
                points_price=1 + index % 60,
                picture="other",
                barcode=barcode(index),
            )
            stock.receive(
                session, village.clerk, key=new_id(), at=clock(), good_id=good_id, quantity=20, source="bought"
            )
    return enrolled(app.test_client(), village.code, village.chair, clock())


@pytest.mark.slow
@on_sqlite_alone
def test_a_large_copy_is_small_on_the_line_and_few_questions(large: Device, village: Village, clock: Clock) -> None:
    with heard() as statements:
        whole = large.copy()
    assert (len(whole["vouchers"]), len(whole["goods"])) == (1300, 500)
    whole_questions = len(statements)
    body = large.ask("till/copy", {"number": None, "at": None}).get_data()
    assert len(gzip.compress(body, 6)) < 200_000
    clock.at += timedelta(minutes=5)
    whole = large.copy()
    with transaction() as session:
        loss.freeze(session, village.chair, UUID(whole["vouchers"][7]["id"]), reason="丢了", at=clock())
    with heard() as statements:
        news = large.copy(whole)
    assert [one["id"] for one in news["vouchers"]] == [whole["vouchers"][7]["id"]]
    assert not news["goods"]
    assert whole_questions <= 24
    assert len(statements) <= 26
    with heard() as statements, reading() as session:
        copies.version(session, village.chair)
    assert len(statements) <= 5
