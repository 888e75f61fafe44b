"""A file of a till's records that somebody brings in: each is booked once, and what became of it is said."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from love_market.counter.views import records as records_views
from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.vouchers import loss
from tests.builders import sign_in
from tests.conftest import Clock
from tests.counter.happening import assert_books_agree
from tests.counter.made import Shop
from tests.counter.tills import PlayedTill, Record, altered, noodles
from tests.vouchers.made import balance

HOUR = timedelta(hours=1)


def left(shop: Shop, index: int = 0) -> int:
    with reading() as session:
        return balance(session, shop.village.market_id, shop.vouchers[index].id)


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
