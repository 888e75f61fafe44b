"""A till's own records: its signature proves them, each is booked once, by the till itself or from a file."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from love_market.counter import queries
from love_market.counter.models import TillRedemption
from love_market.counter.views import records as records_views
from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.tills import queries as tills
from love_market.tills import service as tills_service
from love_market.vouchers import loss
from tests.builders import sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.happening import assert_books_agree, dispute_row, disputed
from tests.counter.made import Shop
from tests.counter.tills import PlayedTill, Record
from tests.vouchers.made import balance, token_of

HOUR = timedelta(hours=1)


@pytest.fixture
def phone(shop: Shop, clock: Clock) -> PlayedTill:
    """The shop's phone, enrolled, which holds the lease."""
    played = PlayedTill()
    with transaction() as session:
        played.enrol(session, shop.village.chair, "店里的手机", clock())
        tills_service.hold(session, shop.village.clerk, played.id, at=clock())
    return played


def noodles(phone: PlayedTill, shop: Shop, at: datetime, index: int = 0, **more: Any) -> Record:  # noqa: ANN401
    """Return the record of two noodles for sixteen points, the voucher shown by its short code."""
    voucher = shop.vouchers[index]
    shown = more.pop("shown", {voucher.id: {"code": voucher.short_code}})
    return phone.redeemed(shop.village.clerk, [(voucher.id, 16)], [shop.line("挂面", 2)], at, shown=shown, **more)


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


def altered(record: Record) -> Record:
    return record | {"body": record["body"].replace('"quantity": 2', '"quantity": 1')}


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


# ------------------------------------------------------------------------------------------------ from a file


def saved(phone: PlayedTill, shop: Shop, *records: Record, **more: Any) -> bytes:  # noqa: ANN401
    """Return the file that a till saves."""
    told = {
        "what": "love-market records 1",
        "till_id": str(phone.id),
        "till_name": "店里的手机",
        "village_code": shop.village.code,
        "saved_at": "2026-10-08T02:00:00.000Z",
        "records": list(records),
    }
    return json.dumps(told | more, ensure_ascii=False).encode()


def bring(client: FlaskClient, shop: Shop, raw: bytes) -> tuple[int, str]:
    """Upload a file; written as a browser does, for the test client leaves its own long bodies open."""
    parts = [
        b'--cut\r\nContent-Disposition: form-data; name="key"\r\n\r\n' + str(new_id()).encode(),
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="records.json"\r\n\r\n' + raw,
        b"--cut--\r\n",
    ]
    answer = client.post(
        f"/v/{shop.village.code}/counter/records",
        data=b"\r\n".join(parts),
        content_type="multipart/form-data; boundary=cut",
    )
    return answer.status_code, answer.text


@pytest.mark.parametrize("who", ["clerk", "chair"])
def test_a_file_says_of_each_record_what_became_of_it(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock, who: str
) -> None:
    with transaction() as session:
        loss.freeze(session, shop.village.chair, shop.vouchers[1].id, reason="丢了", at=clock())
    clock.at += HOUR
    key = new_id()
    records = [
        noodles(phone, shop, clock()),
        noodles(phone, shop, clock(), 1, key=key),
        altered(noodles(phone, shop, clock(), 2)),
        {"body": "{}", "signature": "A" * 86},
    ]
    sign_in(client, getattr(shop.village, who))
    assert "交兑换机存的文件" in client.get(f"/v/{shop.village.code}/counter/records").text
    status, page = bring(client, shop, saved(phone, shop, *records))
    assert status == 200
    for said in (
        "记好了",
        "记了，有争议",
        "已经冻结：丢了",
        "没有记",
        "不是这台兑换机签的",
        "读不出来",
        '<b class="head-figure">4</b>',
    ):
        assert said in page
    assert (f"/counter/disputes/{key}" in page) == (who == "chair")
    with reading() as session:
        head = books.head(session, shop.village.market_id)
    status, page = bring(client, shop, saved(phone, shop, *records))
    assert (status, page.count("以前记过")) == (200, 2)
    with reading() as session:
        assert books.head(session, shop.village.market_id) == head
        assert_books_agree(session, shop, clock())


@pytest.mark.parametrize(
    ("wrong", "said", "status"),
    [
        ("no file", "请先选一个文件", 422),
        ("words", "这不是兑换机存的文件", 422),
        ("empty", "这不是兑换机存的文件", 422),
        ("bytes", "这不是兑换机存的文件", 422),
        ("other what", "这不是兑换机存的文件", 422),
        ("huge", "文件太大，最多 8 MB", 422),
        ("village", "别的村的兑换机", 422),
        ("till", "没有登记过这台兑换机", 404),
    ],
)
def test_a_wrong_file_is_told_so_and_nothing_is_booked(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock, wrong: str, said: str, status: int
) -> None:
    sign_in(client, shop.village.clerk)
    record = noodles(phone, shop, clock())
    raw = {
        "no file": b"",
        "words": "不是".encode(),
        "empty": saved(phone, shop),
        "bytes": b"\xff\xfe\x00PK\x03\x04",
        "other what": saved(phone, shop, record, what="something else"),
        "huge": b" " * (records_views.LARGEST_FILE_BYTES + 1),
        "village": saved(phone, shop, record, village_code="140221100999"),
        "till": saved(phone, shop, record, till_id=str(new_id())),
    }[wrong]
    if wrong == "no file":
        answer = client.post(f"/v/{shop.village.code}/counter/records", data={"key": str(new_id())})
        found = answer.status_code, answer.text
    else:
        found = bring(client, shop, raw)
    assert found[0] == status
    assert said in found[1]
    assert left(shop) == 35


def test_files_are_for_clerks_and_the_committee(
    client: FlaskClient, shop: Shop, phone: PlayedTill, clock: Clock
) -> None:
    sign_in(client, shop.village.grid_worker)
    assert client.get(f"/v/{shop.village.code}/counter/records").status_code == 403
    assert bring(client, shop, saved(phone, shop, noodles(phone, shop, clock())))[0] == 403
