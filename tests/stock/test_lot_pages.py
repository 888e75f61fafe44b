"""Pages of what comes onto the shelf and is written off it."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.stock import queries
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made
from tests.stock.shelf import CODE, left, page


def test_a_good_is_added_with_its_barcode_and_then_received(
    client: FlaskClient, clerk: Guard, clock: Clock, stock: str
) -> None:
    assert f'value="{CODE}"' in page(client, f"{stock}/goods/new?barcode={CODE}")
    facts = {"name": "香皂", "unit_name": "块", "points_price": "４", "barcode": CODE, "low_stock_quantity": "5"}
    answer = client.post(f"{stock}/goods/new", data=facts | {"key": str(new_id()), "picture": "soap"})
    assert answer.status_code == 302
    with reading() as session:
        (good,) = queries.goods(session, clerk)
    assert (good.name, good.points_price, good.barcode, good.picture) == ("香皂", 4, CODE, "soap")
    lot = {"key": str(new_id()), "code": CODE, "quantity": "24", "unit_cost": "3.50", "source": "bought"}
    for _ in range(2):  # sent again after a lost answer
        assert client.post(f"{stock}/receive", data=lot).status_code == 302
    assert left(clerk, good.id, clock) == 24
    text = page(client, f"{stock}/receive")
    assert "今天入库 1 批" in text
    assert "每块 3.50 元" in text


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"code": "6901234567890"}, 422, "有一位不对"),
        ({"code": "96385074"}, 422, "还没有登记"),
        ({"quantity": "1.5"}, 422, "请填整数"),
        ({"quantity": "十"}, 422, "请填整数"),
        ({"quantity": "0"}, 422, "1 以上的整数"),
        ({"unit_cost": "6.555"}, 422, "最多两位小数"),
        ({"expires_on": "明年"}, 422, "请填日期"),
        ({"expires_on": "2026-10-07"}, 422, "已经过了，不能入库"),
        ({"key": "x"}, 422, "页面过期"),
    ],
)
def test_a_receipt_that_cannot_be_keeps_what_was_typed(
    client: FlaskClient,
    clerk: Guard,
    clock: Clock,
    stock: str,
    vinegar: UUID,
    typed: dict[str, str],
    status: int,
    said: str,
) -> None:
    whole = {"key": str(new_id()), "code": "陈醋", "quantity": "24", "source": "donated", "lot_no": "26-77"}
    answer = client.post(f"{stock}/receive", data=whole | typed)
    assert answer.status_code == status
    assert said in answer.text
    assert 'value="26-77"' in answer.text
    assert left(clerk, vinegar, clock) == 10


@pytest.mark.usefixtures("clerk")
def test_an_unknown_code_leads_to_a_new_good(client: FlaskClient, stock: str) -> None:
    lot = {"key": str(new_id()), "code": "96385074", "quantity": "2", "source": "bought"}
    assert "/goods/new?barcode=96385074" in client.post(f"{stock}/receive", data=lot).text


def test_two_goods_of_one_name_must_be_told_apart(client: FlaskClient, clerk: Guard, clock: Clock, stock: str) -> None:
    with transaction() as session:
        made.good(session, clerk, clock(), "食用油", spec="1.8升")
        made.good(session, clerk, clock(), "食用油", spec="5升")
    lot = {"key": str(new_id()), "code": "食用油", "quantity": "2", "source": "bought"}
    answer = client.post(f"{stock}/receive", data=lot)
    assert answer.status_code == 422
    assert "食用油 1.8升、食用油 5升" in answer.text


def test_writing_off_and_taking_it_back(
    client: FlaskClient, clerk: Guard, clock: Clock, stock: str, vinegar: UUID, village: Village
) -> None:
    with reading() as session:
        (lot,) = queries.lots_of_good(session, clerk, vinegar)
    url = f"{stock}/lots/{lot.id}/write-off"
    answer = client.post(url, data={"key": str(new_id()), "quantity": "11", "why": "破损"})
    assert (answer.status_code, "只剩 10 瓶" in answer.text) == (409, True)
    answer = client.post(url, data={"key": str(new_id()), "quantity": "1", "why": "其他", "note": ""})
    assert (answer.status_code, "请写明原因" in answer.text) == (422, True)
    data = {"key": str(new_id()), "quantity": "2", "why": "破损", "note": "箱子压碎"}
    for _ in range(2):
        assert client.post(url, data=data).status_code == 302
    assert left(clerk, vinegar, clock) == 8
    text = page(client, f"{stock}/goods/{vinegar}")
    assert "报损：破损：箱子压碎" in re.sub(r"\s+", "", text)
    with reading() as session:
        number = books.head(session, village.market_id).number
    back = f"{stock}/goods/{vinegar}/take-back/{number}"
    assert "两笔都看得见" in page(client, back)
    assert client.post(back, data={"key": str(new_id()), "reason": ""}).status_code == 422
    assert client.post(back, data={"key": str(new_id()), "reason": "没有碎"}).status_code == 302
    assert left(clerk, vinegar, clock) == 10
    assert client.post(back, data={"key": str(new_id()), "reason": "没有碎"}).status_code == 409
    assert page(client, f"{stock}/goods/{vinegar}/take-back/99", 404)
