import io
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import openpyxl
import pytest
from flask.testing import FlaskClient

from love_market.clock import village_date
from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard
from love_market.stock import queries
from tests import builders
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made
from tests.stock.shelf import CODE, left, page


def test_only_who_keeps_the_stock_may_see_it(client: FlaskClient, village: Village, stock: str) -> None:
    assert client.get(stock).status_code == 302
    for guard, status in ((village.clerk, 200), (village.recorder, 200), (village.chair, 200)):
        builders.sign_in(client, guard)
        assert client.get(stock).status_code == status
    for guard in (village.grid_worker, village.panel[0]):
        builders.sign_in(client, guard)
        assert client.get(stock).status_code == 403
        assert client.post(f"{stock}/receive", data={}).status_code == 403


@pytest.mark.usefixtures("clerk")
def test_an_empty_shelf_says_what_to_do(client: FlaskClient, stock: str) -> None:
    assert "先登记有哪些商品" in page(client, stock)
    for way in ("/receive", "/watch", "/stocktakes", "/goods/new"):
        page(client, stock + way)


def test_the_shelf_shows_price_and_what_is_left(
    client: FlaskClient, clerk: Guard, clock: Clock, stock: str, vinegar: UUID
) -> None:
    with transaction() as session:
        eggs = made.good(session, clerk, clock(), "鸡蛋", spec="30枚", points_price=22, tracks_expiry=True)
        made.lot(session, clerk, clock(), eggs, 3, expires_on=village_date(clock()) + timedelta(days=2))
    text = page(client, stock)
    assert "陈醋" in text
    assert "10月10日到期" in text
    assert "快没了" in text
    assert "架上的货能兑 136 分" in text
    assert "鸡蛋" not in page(client, f"{stock}?q=陈")
    assert "陈醋" in page(client, f"{stock}?q={CODE}")
    assert "没有找到“暖壶”" in page(client, f"{stock}?q=暖壶")
    clock.at += timedelta(days=3)
    assert "过期 3 瓶" in page(client, f"{stock}?show=expiry")
    assert "已过期，要报损" in page(client, f"{stock}/watch")
    assert str(vinegar) in page(client, stock)


def test_names_that_would_be_code_are_shown_as_names(client: FlaskClient, clerk: Guard, stock: str) -> None:
    evil = '<script>alert("x")</script>'
    formula = '=HYPERLINK("http://example.invalid","点我")'
    for name in (evil, formula):
        facts = {"key": str(new_id()), "name": name, "unit_name": "个", "points_price": "1", "low_stock_quantity": "0"}
        assert client.post(f"{stock}/goods/new", data=facts).status_code == 302
    with reading() as session:
        goods = queries.goods(session, clerk)
    for url in (stock, f"{stock}/receive", f"{stock}/watch", f"{stock}/goods/{goods[0].id}"):
        assert evil not in page(client, url)
        assert "&lt;script&gt;" in page(client, url)
    answer = client.get(f"{stock}/goods.xlsx")
    assert quote("商品清单20261008.xlsx") in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == formula]
    assert [cell.data_type for cell in cells] == ["s"]


@pytest.mark.usefixtures("vinegar")
def test_the_list_is_exported_with_what_is_left(client: FlaskClient, stock: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{stock}/goods.xlsx").data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "守口堡村爱心超市商品清单"
    assert rows[1][:8] == ("商品", "规格", "单位", "条形码", "积分价", "低库存线", "记保质期", "能兑数量")
    assert rows[2][:5] == ("陈醋", "800毫升", "瓶", CODE, 7)
    assert rows[2][7] == 10


@pytest.mark.usefixtures("vinegar")
def test_the_same_name_or_barcode_is_refused_in_words(client: FlaskClient, stock: str) -> None:
    facts = {"unit_name": "瓶", "points_price": "7", "low_stock_quantity": "0"}
    again = facts | {"key": str(new_id()), "name": "陈醋", "spec": "800毫升"}
    answer = client.post(f"{stock}/goods/new", data=again)
    assert (answer.status_code, "已经有“陈醋 800毫升”了" in answer.text) == (409, True)
    other = facts | {"key": str(new_id()), "name": "米醋", "barcode": CODE}
    answer = client.post(f"{stock}/goods/new", data=other)
    assert (answer.status_code, "已经是“陈醋 800毫升”的了" in answer.text) == (409, True)


def test_a_good_goes_off_the_shelf_and_back(
    client: FlaskClient, clerk: Guard, clock: Clock, stock: str, vinegar: UUID
) -> None:
    good = f"{stock}/goods/{vinegar}"
    assert client.post(f"{good}/withdraw", data={"key": str(new_id())}).status_code == 302
    assert "重新上架" in page(client, good)
    with reading() as session:
        assert queries.shelf(session, clerk, at=clock()) == []
    assert client.post(f"{good}/return", data={"key": str(new_id())}).status_code == 302
    assert left(clerk, vinegar, clock) == 10


@pytest.mark.usefixtures("clerk")
def test_another_market_s_goods_are_not_found(client: FlaskClient, stock: str) -> None:
    for way in ("goods/{id}", "goods/{id}/edit", "lots/{id}/write-off", "stocktakes/{id}", "stocktakes/{id}/sheet.pdf"):
        page(client, f"{stock}/{way.format(id=new_id())}", 404)


def test_a_new_price_is_for_later(client: FlaskClient, clerk: Guard, stock: str, vinegar: UUID) -> None:
    facts = {"name": "陈醋", "spec": "800毫升", "unit_name": "瓶", "low_stock_quantity": "5"}
    url = f"{stock}/goods/{vinegar}/edit"
    assert client.post(url, data=facts | {"key": str(new_id()), "points_price": "9"}).status_code == 302
    answer = client.post(url, data=facts | {"key": str(new_id()), "points_price": "9", "unit_name": "壶"})
    assert (answer.status_code, "单位不能改" in answer.text) == (409, True)
    with reading() as session:
        assert queries.good(session, clerk, vinegar).points_price == 9
