"""The header is found as villages write it, and what is no data is passed over and told."""

from collections.abc import Callable

import pytest

from love_market.workbook import (
    Table,
    find_table,
    find_table_in,
    read_workbook,
)
from tests.workbook.finding import REQUIRED, VOCABULARY, sheet_of, table_of, texts
from tests.workbook.making import make_csv, make_ods, make_xls, make_xlsx


def paths(table: Table) -> list[tuple[str, ...]]:
    return [column.path for column in table.others]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("户主", "head_name"),
        ("户主姓名", "head_name"),
        ("户 主", "head_name"),
        ("户　代　表", "head_name"),
        ("*户主姓名：", "head_name"),
        ("姓名", "head_name"),
        ("姓名（户主）", "head_name"),
        ("户主\n姓名", "head_name"),
    ],
)
def test_other_names_for_the_same_column(heading: str, field: str) -> None:
    table = table_of([["序号", heading, "备注"], [1, "张三", None]])
    assert table.columns[field].heading == heading
    assert table.rows[0][field].text == "张三"


@pytest.mark.parametrize("heading", ["电话", "联系电话（手机）", "手机号码", "联系电话/手机", "电 话"])
def test_names_with_brackets_and_alternatives(heading: str) -> None:
    if heading == "联系电话/手机":
        vocabulary = {**VOCABULARY, "phone": ("联系电话/手机",)}
        table = find_table(sheet_of([["户主", heading], ["张三", "1"]]), vocabulary, REQUIRED)
    else:
        table = table_of([["户主", heading], ["张三", "1"]])
    assert "phone" in table.columns


def test_brackets_tell_one_column_from_another() -> None:
    vocabulary = {"head_name": ("户主",), "mobile": ("电话（手机）",), "landline": ("电话（座机）",)}
    table = find_table(sheet_of([["户主", "电话(座机)", "电话(手机)"], ["张三", "2", "1"]]), vocabulary, REQUIRED)
    assert table.columns["mobile"].letter == "C"
    assert table.columns["landline"].letter == "B"


def test_the_surest_name_wins_and_the_next_field_takes_what_is_left() -> None:
    table = table_of([["户编号", "姓名", "户主姓名"], ["001", "张小宝", "张三"]])
    assert table.rows[0]["head_name"].text == "张三"
    assert table.rows[0]["member_name"].text == "张小宝"
    only = table_of([["户编号", "姓名"], ["001", "张三"]])
    assert only.has("head_name")
    assert not only.has("member_name")
    assert only.rows[0]["member_name"].is_blank


def test_titles_and_form_lines_above() -> None:
    table = table_of(
        [
            ["守口堡村2026年花名册", None, None],
            ["填报单位：守口堡村", None, "日期：2026年9月"],
            [],
            ["序号", "户主", "村民小组"],
            [1, "张三", "一组"],
        ],
        ["A1:C1"],
    )
    assert table.header_rows == (4,)
    assert table.titles == ("守口堡村2026年花名册", "填报单位：守口堡村", "日期：2026年9月")
    assert [(row.number, row["group"].text) for row in table.rows] == [(5, "一组")]


ITEMS = [("环境卫生", "庭院整洁"), ("环境卫生", "垃圾分类"), ("乡风文明", "孝老爱亲"), ("乡风文明", "移风易俗")]
HOUSEHOLD: list[object] = ["001", "张三", 10, None, 5, None, 15]


class TestTwoHeaderRows:
    def check(self, table: Table, rows: tuple[int, int] = (2, 3)) -> None:
        assert table.header_rows == rows
        assert paths(table) == ITEMS
        assert [column.category for column in table.others] == [category for category, _ in ITEMS]
        (row,) = table.rows
        assert row["head_name"].text == "张三"
        assert row["total"].text == "15"
        assert [row.at(column).text for column in table.others] == ["10", "", "5", ""]

    @pytest.mark.parametrize("make", [make_xlsx, make_xls, make_ods])
    def test_merged(self, make: Callable[..., bytes]) -> None:
        rows: list[list[object]] = [
            ["评定表", *[None] * 6],
            ["户编号", "户主", "环境卫生", None, "乡风文明", None, "合计"],
            [None, None, "庭院整洁", "垃圾分类", "孝老爱亲", "移风易俗", None],
            HOUSEHOLD,
        ]
        merges = ["A1:G1", "A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:G3"]
        self.check(find_table(read_workbook(make(rows, merges), "a").sheets[0], VOCABULARY, REQUIRED))

    def test_repeated(self) -> None:
        rows: list[list[object]] = [
            ["评定表"],
            ["户编号", "户主", "环境卫生", "环境卫生", "乡风文明", "乡风文明", "合计"],
            [None, None, "庭院整洁", "垃圾分类", "孝老爱亲", "移风易俗", None],
            HOUSEHOLD,
        ]
        self.check(table_of(rows))
        rows[2] = ["户编号", "户主", "庭院整洁", "垃圾分类", "孝老爱亲", "移风易俗", "合计"]
        self.check(table_of(rows))

    def test_written_once_and_not_merged(self) -> None:
        rows: list[list[object]] = [
            ["评定表"],
            ["户编号", "户主", "环境卫生", None, "乡风文明", None, "合计"],
            [None, None, "庭院整洁", "垃圾分类", "孝老爱亲", "移风易俗", None],
            HOUSEHOLD,
        ]
        self.check(table_of(rows))
        table = find_table_in(read_workbook(make_csv(rows), "a.csv"), VOCABULARY, REQUIRED)
        self.check(table)

    def test_categories_over_a_whole_header(self) -> None:
        rows: list[list[object]] = [
            ["评定表", *[None] * 6],
            [None, None, "环境卫生", None, "乡风文明", None, None],
            ["户编号", "户主", "庭院整洁", "垃圾分类", "孝老爱亲", "移风易俗", "合计"],
            HOUSEHOLD,
        ]
        self.check(table_of(rows, ["A1:G1", "C2:D2", "E2:F2"]))

    def test_under_long_categories(self) -> None:
        rows: list[list[object]] = [
            ["户编号", "户主", "环境卫生（满分30分，每月检查一次，按次累计）", None, "合计"],
            [None, None, "庭院整洁（房前屋后无杂物：10分）", "垃圾分类", None],
            ["001", "张三", 10, 5, 15],
        ]
        table = table_of(rows, ["C1:D1"])
        assert table.header_rows == (1, 2)
        assert table.others[0].heading == "庭院整洁（房前屋后无杂物：10分）"
        assert table.others[1].category.startswith("环境卫生")

    def test_a_category_over_the_persons_columns(self) -> None:
        vocabulary = {"household_number": ("户编号",), "head_name": ("户主姓名",), "phone": ("户主电话", "电话")}
        rows: list[list[object]] = [
            ["序号", "户编号", "户主", None, "成员", None],
            [None, None, "姓名", "电话", "姓名", "电话"],
            [1, "001", "张三", "15907579383", "李四", None],
        ]
        sheet = sheet_of(rows, ["C1:D1", "E1:F1"])
        table = find_table(sheet, {**vocabulary, "member_name": ("成员姓名",)}, REQUIRED)
        assert table.header_rows == (1, 2)
        assert table.rows[0]["head_name"].text == "张三"
        assert table.rows[0]["member_name"].text == "李四"
        assert table.rows[0]["phone"].text == "15907579383"

    def test_a_first_row_of_words_is_data(self) -> None:
        table = table_of([["户主", "村民小组", "备注"], ["张三", "一组", "五保户"], ["李四", "二组", None]])
        assert table.header_rows == (1,)
        assert texts(table, "head_name") == ["张三", "李四"]

    def test_a_first_row_with_only_a_remark_does_not_eat_a_person(self) -> None:
        table = table_of([["户编号", "户主", "备注"], ["001", "张三", "五保户"]])
        assert table.header_rows == (1,)
        assert len(table.rows) == 1
