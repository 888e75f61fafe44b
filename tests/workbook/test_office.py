"""Awkward workbooks that LibreOffice saved: the right rows, or a named error in the right cell, whatever the kind."""

import io
from collections.abc import Callable, Sequence
from datetime import date

import openpyxl
import pytest
from flask.testing import FlaskClient

from love_market.appraisals.intake import parse_scores
from love_market.db import new_id, reading
from love_market.people import queries as people
from love_market.people.intake import Saying, parse_roster
from love_market.stock.intake import compare_goods, parse_goods
from love_market.workbook import Mark, SheetToWrite, WorkbookRefused, read_workbook, write_workbook
from love_market.workbook.mark import mark_workbook
from love_market.workbook.read import MARKS_HEADING
from tests.builders import Village, sign_in
from tests.conftest import on_sqlite_alone
from tests.office import KINDS, saved_by_office
from tests.people.sheets import IDENTITIES
from tests.workbook.making import marked_cells

Saved = Callable[[str, str], bytes]
ROSTER: list[list[object]] = [
    ["守口堡村农户花名册(2026年)"],
    ["填报单位:守口堡村村委会", None, None, None, None, None, "填报日期:2026年9月28日"],
    ["序号", "户编号", "户主姓名", "身份证号码", "家庭人口", "联系电话", "村民小组", "备注"],
    [1, "301", "孔大山", IDENTITIES[0], 3, 15907579383, "第1组", "住 2-3"],
    [2, 302, "姚　改", int(IDENTITIES[1]), "４口", "无", None, "=1+1"],
    [3, "303", None, IDENTITIES[1], 2, None, "二组", None],
    [4, "304", "郑福", IDENTITIES[2], "三口半", None, "二组", None],
    [5, "305", "@龚小满", IDENTITIES[0], "=1+1", "0352-6622001", "二组", date(2026, 9, 28)],
    ["合计", None, None, None, "=SUM(E4:E8)"],
    ["村支书(签字):          制表人:"],
]
SCORES: list[list[object]] = [
    ["守口堡村2026年第三季度积分评定表"],
    ["序号", "户编号", "户主", "环境卫生", None, "公益服务", "扣分项", "合计"],
    [None, None, None, "庭院整洁", "垃圾分类", "义务劳动", "乱倒垃圾", None],
    [1, "001", "孔振明", "=5+5", "５分", None, -5, "=SUM(D4:G4)"],
    [2, 2, "姚改", "十", 5, None, None, "=SUM(D5:G5)"],
    [3, "003", "蒋凤", 10, date(2026, 10, 5), 2.5, None, "=SUM(D6:G6)"],
    [4, "004", "=郑", "=1/0", None, None, None, None],
]
GOODS: list[list[object]] = [
    ["品名", "规格", "单位", "条码", "所需积分", "库存下限", "记保质期"],
    ["陈醋", "800毫升", "瓶", 6901234567892, "7分", 5, True],
    ["毛巾", None, "条", "无", 8, 0, False],
    ["抽纸", "10包", "提", 36000291452, 15, None, "是"],
    ["+86", None, "个", None, 1.5, None, None],
]


def _workbook(rows: Sequence[Sequence[object]], name: str, merges: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)  # type: ignore[call-overload]
            if isinstance(value, str) and value in {"=1+1", "=郑"} and column != 5:
                cell.data_type = "s"
    for merge in merges:
        sheet.merge_cells(merge)
    hidden = book.create_sheet("去年的")
    hidden.sheet_state = "hidden"
    hidden.append(["户编号", "户主", "姓名"])
    hidden.append(["999", "不要收", "不要收"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _sources() -> dict[str, bytes]:
    scores = _workbook(SCORES, "评分", ["A1:H1", "D2:E2", "A2:A3", "B2:B3", "C2:C3", "H2:H3"])
    heads = ("户编号", "户主", "庭院整洁", "垃圾分类", "合计")
    rows = [("001", "=1+1孔", 5, 3, 8), ("002", "@姚", 0, None, 0)]
    own = SheetToWrite("评分表", heads, rows, title="评定表", categories=("", "", "环境", "环境", ""), frozen=2)
    return {
        "花名册": _workbook(ROSTER, "花名册", ["A1:H1", "G4:G5"]),
        "评分": scores,
        "商品": _workbook(GOODS, "商品"),
        "改错": mark_workbook(
            scores, "评分.xlsx", [Mark("评分", 5, 4, "不是数字"), Mark("评分", 7, None, "=1")], {"评分": 3}
        ),
        "导出": write_workbook([own]),
    }


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """What LibreOffice made of the workbooks, by name and kind."""
    base = tmp_path_factory.getbasetemp()
    files = saved_by_office(_sources(), (base.parent if base.name.startswith("popen") else base) / "office")
    return lambda name, kind: files[name, kind]


def placed(sayings: Sequence[Saying]) -> list[tuple[int | None, int | None]]:
    return [(each.row, each.column) for each in sayings]


@pytest.mark.parametrize("kind", KINDS)
def test_a_roster(saved: Saved, kind: str) -> None:
    found = parse_roster(read_workbook(saved("花名册", kind), f"花名册.{kind}"))
    group = None if kind == "csv" else "一组"
    assert [(one.number, one.head_name, one.member_count, one.phone, one.group_name) for one in found.households] == [
        ("301", "孔大山", 3, "15907579383", "一组"),
        ("302", "姚改", 4, "", group),
        ("305", "@龚小满", 2, "03526622001", "二组"),
    ]
    assert found.households[1].note == "=1+1"
    assert [(one.row_number, *placed([one.why])) for one in found.refused] == [(6, (6, 3)), (7, (7, 5))]
    assert found.identity_numbers_dropped == 5
    assert not [number for number in IDENTITIES if number in found.to_json()]
    assert list(found.header_rows.values()) == [3]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["评分", "改错"])
def test_scores_marked_or_not(saved: Saved, name: str, kind: str) -> None:
    data = saved(name, kind)
    assert (MARKS_HEADING.encode("gbk") in data) == ((name, kind) == ("改错", "csv"))
    found = parse_scores(read_workbook(data, f"{name}.{kind}"))
    assert [(one.key, one.heading) for one in found.columns] == [
        ("D", "庭院整洁"),
        ("E", "垃圾分类"),
        ("F", "义务劳动"),
        ("G", "乱倒垃圾"),
    ]
    assert [row.number for row in found.rows] == ["001", "002", "003", "004"]
    assert found.rows[0].points == {"D": 10, "E": 5, "F": None, "G": -5}
    assert (found.rows[0].total, found.rows[3].head_name) == (5, "=郑")
    assert [placed(row.wrong) for row in found.rows] == [[], [(5, 4)], [(6, 5), (6, 6)], [(7, 4)]]


@pytest.mark.parametrize("kind", KINDS)
def test_goods(saved: Saved, kind: str) -> None:
    found = parse_goods(read_workbook(saved("商品", kind), f"商品.{kind}"))
    plan = compare_goods(found, [])
    made = [row.written.figures for row in plan.rows if row.written is not None]
    assert [(one.title, one.barcode, one.points_price, one.low_stock_quantity, one.tracks_expiry) for one in made] == [
        ("陈醋 800毫升", "6901234567892", 7, 5, True),
        ("毛巾", None, 8, 0, False),
    ]
    refused = [row for row in plan.rows if row.action == "refused"]
    assert [placed(row.sayings) for row in refused] == [[(4, 4)], [(5, 5)]], "a zero lost, a half point"


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_export_saved_by_another_program(saved: Saved, kind: str) -> None:
    found = parse_scores(read_workbook(saved("导出", kind), f"导出.{kind}"))
    assert [(one.category, one.heading) for one in found.columns] == [("环境", "庭院整洁"), ("环境", "垃圾分类")]
    assert [(row.number, row.head_name, row.points, row.total, row.wrong) for row in found.rows] == [
        ("001", "=1+1孔", {"C": 5, "D": 3}, 8, ()),
        ("002", "@姚", {"C": 0, "D": None}, 0, ()),
    ]


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_half_a_file_is_refused_in_words(saved: Saved, kind: str) -> None:
    data = saved("花名册", kind)
    with pytest.raises(WorkbookRefused, match="请"):
        read_workbook(data[: len(data) // 2], f"花名册.{kind}")


@on_sqlite_alone
def test_each_kind_is_taken_in_whole_and_only_when_confirmed(
    client: FlaskClient, village: Village, saved: Saved
) -> None:
    sign_in(client, village.recorder)
    rosters = f"/v/{village.code}/households/roster"

    def numbers() -> list[str]:
        with reading() as session:
            return [one.number for one in people.households(session, village.recorder)]

    before = numbers()
    for kind in ("xls", "ods", "csv"):
        data = io.BytesIO(saved("花名册", kind))
        known = numbers()
        preview = client.post(rosters, data={"roster": (data, f"花名册.{kind}"), "key": str(new_id())}).location
        page = client.get(preview).text
        assert ("2 行收不了" in page, numbers()) == (True, known)
        marked = openpyxl.load_workbook(io.BytesIO(client.get(f"{preview}/marked.xlsx").data))
        assert marked_cells(marked.worksheets[0]) == {"C6", "E7"}, kind
        digest = page.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
        client.post(preview, data={"digest": digest, "key": str(new_id())})
        assert numbers() == [*before, "301", "302", "305"]
