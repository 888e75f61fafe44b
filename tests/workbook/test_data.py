"""The workbooks in tests/data, as villages keep them, come through whole."""

from pathlib import Path

import pytest

from love_market.workbook import (
    CellRefused,
    Table,
    as_group,
    as_household_number,
    as_name,
    as_phone,
    as_whole_number,
    find_table_in,
    household_number_width,
    is_identity_column,
    read_workbook,
)

DATA = Path(__file__).parent.parent / "data"
VOCABULARY = {
    "household_number": ("户编号", "户号"),
    "head_name": ("户主", "户主姓名", "户代表"),
    "phone": ("联系电话", "电话", "手机", "联系方式"),
    "group": ("村民小组", "小组"),
    "total": ("合计", "总分"),
}


def table(name: str) -> Table:
    return find_table_in(read_workbook((DATA / name).read_bytes(), name), VOCABULARY, ("head_name",))


def test_the_roster() -> None:
    roster = table("roster-by-household.xlsx")
    assert (roster.sheet, roster.header_rows) == ("农户花名册", (3,))
    assert len(roster.rows) == 126
    assert [(passed.number, passed.reason) for passed in roster.passed_over] == [(130, "total"), (131, "signature")]
    width = household_number_width(row["household_number"] for row in roster.rows)
    numbers = [as_household_number(row["household_number"], width) for row in roster.rows]
    assert numbers == [f"{number:03}" for number in range(1, 127)]
    assert [as_name(row["head_name"]) for row in roster.rows][121] == "阎明文"
    assert {as_group(row["group"]) for row in roster.rows} == {"一组", "二组", "三组", "四组", "五组", "六组"}
    phones = [as_phone(row["phone"]) for row in roster.rows]
    assert all(phone is None or (phone.isdecimal() and len(phone) == 11) for phone in phones)
    identity = [column.heading for column in roster.others if is_identity_column(roster.column_cells(column))]
    assert identity == ["身份证号码"]


def test_the_scores() -> None:
    scores = table("scores-2026-q3.xlsx")
    assert scores.titles == ("守口堡村2026年第三季度积分评定表",)
    assert scores.header_rows == (2, 3)
    assert len(scores.rows) == 126
    assert scores.passed_over == ()
    items = [column.path for column in scores.others if column.category]
    assert items[0] == ("环境卫生", "庭院整洁")
    assert items[-1] == ("扣分项", "高额彩礼")
    assert len(items) == 9
    points = [as_whole_number(row.at(column)) for row in scores.rows for column in scores.others if column.category]
    assert sum(point or 0 for point in points) > 0
    assert min(point or 0 for point in points) < 0
    with pytest.raises(CellRefused, match="M4 里是公式"):
        as_whole_number(scores.rows[0]["total"])
