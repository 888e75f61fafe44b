"""Rules out as a workbook and in again; awkward workbooks name the cells that could not be read."""

import io
from collections.abc import Sequence

import openpyxl
import pytest
from flask import Flask

from love_market.clock import utc_now
from love_market.db import new_id, reading
from love_market.deeds import queries
from love_market.deeds.intake import ParsedRules, catalogue, parse_rules, settle
from love_market.deeds.papers import rules_workbook
from love_market.deeds.rules import RuleDraft
from love_market.workbook import NoUsableHeader, read_workbook
from tests.builders import Village
from tests.deeds.conftest import Rules, as_, text_of

VETO = RuleDraft("一票否决", "违法犯罪", 0, "", evidence="生效的文书", code="crime", veto_days=365)
FORMULA = RuleDraft("参与", "=1+1 参会", 2, "次", 8, "quarter", "+签到表", "own-formula")


def read(*rows: Sequence[object], name: str = "细则.xlsx", standing: Sequence[RuleDraft] = ()) -> ParsedRules:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "细则表"
    for row in rows:
        book.active.append(list(row))
    data = io.BytesIO()
    book.save(data)
    return parse_rules(read_workbook(data.getvalue(), name), standing)


def test_out_and_in_is_the_same_draft() -> None:
    rules = settle([*catalogue(), FORMULA, VETO])
    data = rules_workbook("守口堡村积分细则（第 2 版）", rules, utc_now())
    parsed = parse_rules(read_workbook(data, "细则.xlsx"))
    assert parsed.problems == ()
    assert settle(parsed.drafts) == rules
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.freeze_panes == "A3"
    assert sheet.page_setup.paperSize == 9
    assert [cell.value for cell in sheet[2]] == [
        *("类别", "名称", "分", "按什么计", "封顶", "多久", "只计最高", "否决天数", "凭据", "编号")
    ]
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_village_s_own_sheet_is_read_as_people_write_it() -> None:
    parsed = read(
        ["守口堡村2026年积分细则"],
        ["序号", "类别", "积分项目", "分值", "单位", "上限", "佐证材料"],
        [1, "人居环境", "庭院卫生", "５分", "季", "每季最多5分", "检查表"],
        [2, None, "义务植树", 10, "次", "20/年", None],
        [3, None, "自家门前清雪", 3, None, "不封顶", None],
        [4, "扣分项", "乱扔垃圾", "−10", "次", 20, None],
        ["合计", None, None, 8],
        standing=catalogue(),
    )
    assert [
        (one.category, one.name, one.points, one.cap_points, one.cap_period, one.code) for one in parsed.drafts
    ] == [
        ("环境", "庭院卫生", 5, 5, "quarter", "tidy_yard"),
        ("环境", "义务植树", 10, None, None, "tree_planting"),
        ("环境", "自家门前清雪", 3, None, None, ""),
        ("扣分", "乱扔垃圾", -10, 20, None, "dumping"),
    ]
    assert [(one.row, one.column) for one in parsed.problems] == [(4, 6)]
    assert parsed.problems[0].place.text == "工作表“细则表”第 4 行 F 列"


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["环境", "清雪", "五"], 3, "不是数字"),
        (["环境", "清雪", 1.5], 3, "不是整数"),
        (["环境", "清雪", "=2+3"], 3, "公式"),
        (["乡风", "清雪", 5], 1, "类别“乡风”没有"),
        (["环境", "清雪", 5, "次", "很多", "每季"], 5, "不是数字"),
        (["环境", "清雪", 5, "次", 20, "每旬"], 6, "不是封顶的周期"),
        (["一票否决", "违法", None, None, None, None, None, "一年"], 8, "不是数字"),
        (["环境", "长" * 201, 5], 2, "太多"),
    ],
)
def test_a_wrong_cell_is_named(row: Sequence[object], column: int, said: str) -> None:
    heads = ["类别", "名称", "分", "按什么计", "封顶", "多久", "只计最高", "否决天数", "凭据", "编号"]
    parsed = read(heads, ["环境", "植树", 10], row)
    assert [(one.sheet, one.row, one.column) for one in parsed.problems] == [("细则表", 3, column)]
    assert said in parsed.problems[0].why.text
    assert (parsed.problems[0].number, parsed.problems[0].typed != "") == (1, True)


def test_a_sheet_without_names_and_points_is_refused() -> None:
    with pytest.raises(NoUsableHeader):
        read(["户主", "电话"], ["孔振明", "13900000001"])


def test_a_workbook_is_a_draft_in_the_editor_and_adopts_nothing(app: Flask, village: Village, rules: Rules) -> None:
    chair = as_(app, village.chair)
    out = chair.get(f"/v/{village.code}/rules/1/rules.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(out.data))
    sheet = book.worksheets[0]
    sheet["C3"], sheet["B4"], sheet["E5"] = 6, "问卷答满意", "好多"
    data = io.BytesIO()
    book.save(data)
    address = f"/v/{village.code}/rules/workbook"
    answer = chair.post(address, data={"key": str(new_id()), "rules": (io.BytesIO(data.getvalue()), "改.xlsx")})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "工作表“积分细则”第 5 行 E 列：E5 里的“好多”不是数字" in page
    assert 'value="问卷答满意"' in page
    assert 'value="好多"' in page
    assert 'value="tidy_yard"' in page
    with reading() as session:
        assert len(queries.versions(session, village.chair)) == 1
    for content, said in ((b"\x89PNG....", "不是表格"), ("甲,乙\n1,2\n".encode(), "要找的列")):
        refused = chair.post(address, data={"key": str(new_id()), "rules": (io.BytesIO(content), "x.xlsx")})
        assert (refused.status_code, said in text_of(refused)) == (422, True)
    assert as_(app, village.clerk).post(address).status_code == 403
