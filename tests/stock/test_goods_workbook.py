"""The goods list as a workbook, both ways."""

import io
from uuid import UUID

import openpyxl
import pytest
from flask.testing import FlaskClient

from love_market.db import new_id, reading, transaction
from love_market.stock import queries, service
from love_market.stock.queries import GoodRecord
from tests import builders
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made
from tests.workbook.looking import printed
from tests.workbook.making import make_csv, make_xlsx, marked_cells

CODE = "6901234567892"
HEAD = ["商品", "规格", "单位", "条形码", "积分价", "低库存线", "记保质期"]


@pytest.fixture
def vinegar(village: Village, clock: Clock) -> UUID:
    with transaction() as session:
        good_id = made.good(session, village.clerk, clock(), barcode=CODE)
        made.good(session, village.clerk, clock(), "=1+1", spec="@x", points_price=3)
        made.good(session, village.clerk, clock(), "+86", spec="", points_price=4)
        made.lot(session, village.clerk, clock(), good_id, 10)
        return good_id


@pytest.fixture
def stock(client: FlaskClient, village: Village, vinegar: UUID) -> str:
    """The shop's address, with goods in it and the clerk signed in."""
    assert str(vinegar)
    builders.sign_in(client, village.clerk)
    return f"/v/{village.code}/stock"


def hand_over(client: FlaskClient, stock: str, data: bytes, name: str = "商品.xlsx") -> str:
    answer = client.post(f"{stock}/import", data={"workbook": (io.BytesIO(data), name), "key": str(new_id())})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def confirm(client: FlaskClient, preview: str) -> int:
    digest = client.get(preview).text.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    return client.post(preview, data={"digest": digest, "key": str(new_id())}).status_code


def goods(village: Village) -> dict[str, GoodRecord]:
    with reading() as session:
        return {one.title: one for one in queries.goods(session, village.clerk, with_withdrawn=True)}


def test_what_goes_out_comes_in_again_unchanged(client: FlaskClient, stock: str) -> None:
    data = client.get(f"{stock}/goods.xlsx").data
    sheet = printed(data, head_rows=2)
    assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == ["陈醋", "=1+1", "+86"]
    page = client.get(hand_over(client, stock, data)).text
    assert "和现在的一样，没有要改的。" in page


def test_goods_are_made_and_changed_and_nothing_before_that(
    client: FlaskClient, village: Village, stock: str, vinegar: UUID
) -> None:
    before = goods(village)
    rows: list[list[object]] = [
        ["陈醋", "800毫升", "瓶", None, 9, None, "是"],
        ["老陈醋", "", "瓶", "", 4, 0, "否"],
        ["毛巾", "", "条", "无", "８分", "", None],
    ]
    preview = hand_over(client, stock, make_xlsx([HEAD, *rows]))
    page = client.get(preview).text
    assert "<del>7</del> → <ins>9</ins>" in page
    assert goods(village) == before
    assert confirm(client, preview) == 302
    after = goods(village)
    assert (after["陈醋 800毫升"].id, after["陈醋 800毫升"].points_price) == (vinegar, 9)
    assert (after["陈醋 800毫升"].barcode, after["陈醋 800毫升"].tracks_expiry) == (CODE, True)
    assert (after["毛巾"].points_price, after["毛巾"].barcode, after["毛巾"].picture) == (8, None, "towel")
    assert (after["毛巾"].low_stock_quantity, after["老陈醋"].low_stock_quantity) == (5, 0)
    assert [one for title, one in before.items() if title != "陈醋 800毫升"] == [after["=1+1 @x"], after["+86"]]
    assert confirm(client, preview) == 302, "a second click"
    assert client.get(preview).status_code == 404
    assert goods(village) == after


WRONG: list[tuple[list[object], str, str]] = [
    (["陈醋", "800毫升", "箱", None, 7], "C", "单位不能改"),
    (["+86", "", "瓶", CODE, 4], "D", "已经是“陈醋 800毫升”的了"),
    (["甲", "", "条", "6901234567891", 8], "D", "有一位不对"),
    (["乙", "", "条", "6.90123E+12", 8], "D", "后面几位没有了"),
    (["丙", "", "条", None, None], "E", "要写积分价"),
    (["丁", "", "条", None, "八"], "E", "不是数字"),
    (["戊", "", "条", None, 0], "E", "要在 1 到 100000 之间"),
    (["己", "", None, None, 8], "C", "要写单位"),
    ([None, "大", "条", None, 8], "A", "没有写商品名称"),
    (["长" * 61, "", "条", None, 8], "A", "最多 60 个字"),
    (["庚", "", "条", None, 8, 5, "也许"], "G", "请填“是”或“否”"),
]


def test_what_is_wrong_is_said_at_its_cell_and_not_written(client: FlaskClient, village: Village, stock: str) -> None:
    rows = [row for row, _, _ in WRONG]
    preview = hand_over(client, stock, make_xlsx([HEAD, *rows, ["雨伞", "", "把", None, 20]], sheet="商品"))
    assert f"{len(WRONG)} 行收不了" in client.get(preview).text
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{preview}/marked.xlsx").data)).worksheets[0]
    assert marked_cells(sheet) == {f"{column}{row}" for row, (_, column, _) in enumerate(WRONG, 2)}
    beside = [str(sheet.cell(row, 8).value) for row in range(2, 2 + len(WRONG))]
    assert [said for (_, _, said), told in zip(WRONG, beside, strict=True) if said not in told] == []
    before = goods(village)
    assert confirm(client, preview) == 302
    after = goods(village)
    assert {title: one for title, one in after.items() if title != "雨伞"} == before
    assert after["雨伞"].points_price == 20


def test_a_good_is_renamed_under_its_barcode(client: FlaskClient, village: Village, stock: str, vinegar: UUID) -> None:
    preview = hand_over(client, stock, make_xlsx([HEAD, ["米醋", "", "瓶", CODE, None]]))
    assert "<del>陈醋</del> → <ins>米醋</ins>" in client.get(preview).text
    assert confirm(client, preview) == 302
    assert goods(village)["米醋"].id == vinegar


def test_the_same_good_twice_is_taken_in_once(client: FlaskClient, village: Village, stock: str) -> None:
    rows: list[list[object]] = [["毛巾", "", "条", None, 8], ["毛巾", "", "条", None, 9], ["浴巾", "", "瓶", CODE, 9]]
    rows.insert(0, ["毛巾", "", "", "6901234567891", 7])
    preview = hand_over(client, stock, make_csv([HEAD, *rows, ["醋", "", "瓶", CODE, 9]], "gbk"), "商品.csv")
    page = client.get(preview).text
    assert [page.count(f"只收第 {row} 行") for row in (2, 3, 5)] == [0, 1, 1], "a refused row takes nothing"
    assert confirm(client, preview) == 302
    after = goods(village)
    assert (after["毛巾"].points_price, after["浴巾"].barcode) == (8, CODE)


def test_a_shelf_that_changed_meanwhile_is_shown_again(
    client: FlaskClient, village: Village, clock: Clock, stock: str
) -> None:
    preview = hand_over(client, stock, make_xlsx([HEAD, ["毛巾", "", "条", None, 8]]))
    digest = client.get(preview).text.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    with transaction() as session:
        made.good(session, village.clerk, clock(), "毛巾", spec="", points_price=6)
    answer = client.post(preview, data={"digest": digest, "key": str(new_id())})
    assert (answer.status_code, "商品在这之间变过了" in answer.text) == (409, True)
    assert goods(village)["毛巾"].points_price == 6


def test_an_empty_shop_is_given_lines_to_fill_in_and_others_are_sent_away(
    client: FlaskClient, village: Village
) -> None:
    stock = f"/v/{village.code}/stock"
    builders.sign_in(client, village.panel[0])
    assert client.get(f"{stock}/import").status_code == 403
    builders.sign_in(client, village.clerk)
    sheet = printed(client.get(f"{stock}/goods.xlsx").data, head_rows=2)
    assert sheet.max_row > 20
    sent = {"workbook": (io.BytesIO(b"\x89PNG...."), "x.xlsx"), "key": str(new_id())}
    answer = client.post(f"{stock}/import", data=sent)
    assert (answer.status_code, "不是表格" in answer.text) == (422, True)


def test_a_withdrawn_good_stays_off_the_shelf(
    client: FlaskClient, village: Village, clock: Clock, stock: str, vinegar: UUID
) -> None:
    with transaction() as session:
        service.withdraw_good(session, village.clerk, vinegar, at=clock())
    preview = hand_over(client, stock, make_xlsx([HEAD, ["陈醋", "800毫升", "瓶", None, 9]]))
    assert confirm(client, preview) == 302
    assert (goods(village)["陈醋 800毫升"].withdrawn, goods(village)["陈醋 800毫升"].points_price) == (True, 9)
