"""A till's own records: its signature proves them, each is booked once."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from love_market.counter import queries
from love_market.counter.models import TillRedemption
from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.tills import queries as tills
from love_market.tills import service as tills_service
from tests.builders import sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.happening import assert_books_agree, dispute_row, disputed
from tests.counter.made import Shop
from tests.counter.tills import PlayedTill, Record, altered, noodles
from tests.vouchers.made import balance, token_of

HOUR = timedelta(hours=1)


def deliver(client: FlaskClient, shop: Shop, *records: Record) -> list[dict[str, Any]]:
    """Deliver records as the clerk, and return what became of each."""
    sign_in(client, shop.village.clerk)
    answer = client.post(f"/api/v1/v/{shop.village.code}/records", json={"records": list(records)})
    assert answer.status_code == 200, answer.text
    outcomes: list[dict[str, Any]] = answer.get_json()["outcomes"]
    return outcomes


def left(shop: Shop, index: int = 0) -> int:
    with reading() as session:
        return balance(session, shop.village.market_id, shop.vouchers[index].id)


def test_a_till_delivers_by_itself_and_each_record_is_booked_once(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock
) -> None:
    happened_at = clock.at
    clock.at += HOUR
    record, path = noodles(phone, shop, happened_at), f"/api/v1/v/{shop.village.code}/records"
    body = json.dumps({"records": [record]}).encode()
    told = [
        client.post(path, data=body, content_type="application/json", headers=phone.headers("POST", path, body))
        for _ in range(2)
    ]
    assert [one.status_code for one in told] == [200, 200]
    assert told[0].get_json() == told[1].get_json()
    (outcome,) = told[0].get_json()["outcomes"]
    assert (outcome["outcome"], outcome["reasons"], left(shop)) == ("booked", [], 19)
    with reading() as session:
        row = session.scalars(select(TillRedemption)).one()
        assert (row.till_id, row.number, row.offline, row.booked_at) == (phone.id, 1, True, clock())
        receipt = queries.receipt(session, shop.village.clerk, UUID(outcome["key"]))
        assert (receipt.redeemed_at, receipt.booked_at, receipt.dispute) == (happened_at, clock(), "")
        assert tills.till(session, shop.village.chair, phone.id).last_redemption == 1
        assert_books_agree(session, shop, clock())


def test_a_token_proves_a_voucher_and_a_clock_that_is_fast_books_it_now(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock
) -> None:
    with reading() as session:
        token = token_of(session, shop.village.market_id, shop.vouchers[0])
    record = noodles(phone, shop, clock() + timedelta(days=9), shown={shop.vouchers[0].id: {"token": token}})
    (outcome,) = deliver(client, shop, record)
    assert (outcome["outcome"], left(shop)) == ("booked", 19)
    with reading() as session:
        assert queries.receipt(session, shop.village.clerk, UUID(outcome["key"])).redeemed_at == clock()


@pytest.mark.parametrize("wrong", ["altered", "other till", "other key", "unknown till", "clerk", "naive", "no JSON"])
def test_what_the_till_did_not_sign_is_refused_and_nothing_is_booked(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock, wrong: str
) -> None:
    other = PlayedTill()
    with transaction() as session:
        other.enrol(session, shop.village.chair, "另一台", clock())
    good, voucher = noodles(phone, shop, clock()), shop.vouchers[0]
    signed_by_other = noodles(PlayedTill(phone.id, other.key), shop, clock())
    naive = phone.record(**(json.loads(good["body"]) | {"till_id": phone.id, "at": "2026-10-08T01:00:00"}))
    record, error = {
        "altered": (altered(good), "RecordForged"),
        "other till": ({**good, "signature": noodles(other, shop, clock())["signature"]}, "RecordForged"),
        "other key": (signed_by_other, "RecordForged"),
        "unknown till": (noodles(PlayedTill(), shop, clock()), "NoSuchTill"),
        "clerk": (
            phone.record(**json.loads(good["body"]) | {"till_id": phone.id, "clerk_id": new_id()}),
            "RecordForged",
        ),
        "naive": (naive, "RecordForged"),
        "no JSON": (phone.record(what="nothing"), "RecordForged"),
    }[wrong]
    with reading() as session:
        before = books.head(session, shop.village.market_id)
    (outcome,) = deliver(client, shop, record)
    assert (outcome["outcome"], outcome["error"], outcome["entry_number"]) == ("refused", error, None)
    assert outcome["reasons"][0]
    with reading() as session:
        assert books.head(session, shop.village.market_id) == before
        assert balance(session, shop.village.market_id, voucher.id) == 35


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("cut off", "这台兑换机停用以后才送来"),
        ("lease", "兑换已经归另一台机器管了"),
        ("no proof", "这一笔没有出示券"),
        ("other code", "这一笔没有出示券"),
        ("other token", "这一笔没有出示券"),
    ],
)
def test_a_till_that_may_not_redeem_any_more_or_shows_nothing_is_disputed_whole(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock, trouble: str, reason: str
) -> None:
    chair, voucher = shop.village.chair, shop.vouchers[0]
    with transaction() as session:
        token = token_of(session, shop.village.market_id, shop.vouchers[1])
    shown = {
        "no proof": {},
        "other code": {voucher.id: {"code": shop.vouchers[1].short_code}},
        "other token": {voucher.id: {"token": token}},
    }.get(trouble, {voucher.id: {"code": voucher.short_code.lower()}})
    record = noodles(phone, shop, clock(), shown=shown)
    clock.at += timedelta(days=3)
    with transaction() as session:
        if trouble == "cut off":
            tills_service.cut_off(session, chair, phone.id, at=clock())
        if trouble == "lease":
            other = PlayedTill()
            other.enrol(session, chair, "另一台", clock())
            tills_service.settle(session, chair, at=clock())
            tills_service.hold(session, chair, other.id, at=clock())
    (outcome,) = deliver(client, shop, record)
    assert outcome["outcome"] == "disputed"
    assert reason in outcome["reasons"][0]
    key = UUID(outcome["key"])
    with reading() as session:
        assert disputed(session, shop, key) == {"分": -16}
        row = dispute_row(session, shop, key)
        assert row is not None
        assert row == ("open", " ".join(outcome["reasons"]))
        assert balance(session, shop.village.market_id, voucher.id) == 35
        assert_books_agree(session, shop, clock())


def test_an_undo_comes_after_its_redemption_also_days_later(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock
) -> None:
    with reading() as session:
        before = made.standing(session, shop, clock())
    happened_at, key = clock.at, new_id()
    done = noodles(phone, shop, happened_at, key=key)
    undone = phone.undone(shop.village.clerk, key, happened_at + HOUR)
    clock.at += timedelta(days=4)
    outcomes = deliver(client, shop, done, undone)
    assert [one["outcome"] for one in outcomes] == ["booked", "booked"]
    assert deliver(client, shop, done, undone) == outcomes
    with reading() as session:
        receipt = queries.receipt(session, shop.village.clerk, key)
        assert (receipt.undone_at, receipt.undo_entry_number) == (happened_at + HOUR, outcomes[1]["entry_number"])
        assert made.standing(session, shop, clock())[1:] == before[1:]
        assert tills.till(session, shop.village.chair, phone.id).last_redemption == 2
        assert_books_agree(session, shop, clock())
    # The next day is too late for an undo, wherever it is written down.
    late = noodles(phone, shop, happened_at)
    later = phone.undone(shop.village.clerk, UUID(json.loads(late["body"])["key"]), happened_at + timedelta(days=1))
    assert [one["error"] for one in deliver(client, shop, late, later)] == ["", "UndoTooLate"]
    orphan = phone.undone(shop.village.clerk, new_id(), happened_at)
    assert deliver(client, shop, orphan)[0]["error"] == "NoSuchRedemption"


def test_a_till_that_was_cut_off_undoes_only_what_no_voucher_paid(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock
) -> None:
    paid, unpaid = new_id(), new_id()
    assert deliver(client, shop, noodles(phone, shop, clock(), key=paid))[0]["outcome"] == "booked"
    with transaction() as session:
        tills_service.cut_off(session, shop.village.chair, phone.id, at=clock())
    clerk = shop.village.clerk
    outcomes = deliver(
        client,
        shop,
        phone.undone(clerk, paid, clock()),
        noodles(phone, shop, clock(), key=unpaid),
        phone.undone(clerk, unpaid, clock()),
    )
    assert [one["error"] or one["outcome"] for one in outcomes] == ["TillCutOff", "disputed", "booked"]
    with reading() as session:
        assert balance(session, shop.village.market_id, shop.vouchers[0].id) == 19
        assert dispute_row(session, shop, unpaid) is not None
        assert queries.open_since(session, shop.village.chair) == (0, None)
        assert_books_agree(session, shop, clock())
