"""Rows that are no data are passed over and told; the right sheet is chosen."""

import pytest

from love_market.workbook import (
    NoUsableHeader,
    Sheet,
    Workbook,
    find_table,
    find_table_in,
    heading_key,
    read_workbook,
)
from tests.workbook.finding import REQUIRED, VOCABULARY, sheet_of, table_of, texts
from tests.workbook.making import make_shared


class TestRowsThatAreNoData:
    def test_totals_signatures_blanks_repeated_headers(self) -> None:
        header: list[object] = ["序号", "户编号", "户主", "庭院整洁", "合计"]
        table = table_of(
            [
                ["守口堡村积分表"],
                header,
                [1, "001", "张三", 10, "=SUM(D3:D3)"],
                ["小计", None, None, 10, 10],
                [],
                ["守口堡村积分表"],
                header,
                [2, "002", "李四", 5, 5],
                [3, None, None, None, "=SUM(D9:D9)"],
                [None, "合  计", None, 15, 15],
                ["全村总计：2户", None, None, 15],
                ["村支书(签字)：          制表人：", None],
                [None, "审核：", "王五"],
                ["以下空白"],
            ]
        )
        assert [(row.number, row["head_name"].text) for row in table.rows] == [(3, "张三"), (8, "李四")]
        assert [(passed.number, passed.reason) for passed in table.passed_over] == [
            (4, "total"),
            (6, "title"),
            (7, "header"),
            (9, "serial"),
            (10, "total"),
            (11, "total"),
            (12, "signature"),
            (13, "signature"),
            (14, "signature"),
        ]
        assert table.passed_over[-2].text == "审核： 王五"

    def test_a_page_break_with_both_header_rows(self) -> None:
        header: list[list[object]] = [["户编号", "户主", "环境卫生", "环境卫生"], [None, None, "庭院整洁", "垃圾分类"]]
        table = table_of([*header, ["001", "张三", 1, 2], *header, ["002", "李四", 3, 4]])
        assert texts(table, "head_name") == ["张三", "李四"]
        assert [passed.reason for passed in table.passed_over] == ["header", "header"]

    def test_an_example_row(self) -> None:
        table = table_of([["序号", "户主"], ["示例", "张某某"], [1, "张三"]])
        assert texts(table, "head_name") == ["张三"]
        assert table.passed_over[0].reason == "example"

    @pytest.mark.parametrize("label", ["满分", "分值（分）", "满分：100"])
    def test_a_row_of_full_marks(self, label: str) -> None:
        table = table_of([["户编号", "户主", "庭院整洁"], [None, label, 10], ["001", "张三", 5]])
        assert texts(table, "head_name") == ["张三"]
        assert table.passed_over[0].reason == "marks"

    @pytest.mark.parametrize("name", ["村主任", "计合", "签小明", "余总", "审美玲", "例小宝"])
    def test_people_are_not_taken_for_anything_else(self, name: str) -> None:
        assert texts(table_of([["户主", "电话"], [name, 1]]), "head_name") == [name]


def test_a_household_merged_over_its_persons() -> None:
    table = table_of(
        [
            ["户编号", "户主", "成员姓名", "积分"],
            ["001", "张三", "张三", 5],
            [None, None, "李四", None],
            ["002", "王五", "王五", 7],
        ],
        ["A2:A3", "B2:B3", "D2:D3"],
    )
    assert texts(table, "household_number") == ["001", "001", "002"]
    assert texts(table, "head_name") == ["张三", "张三", "王五"]
    assert [row.at(table.others[0]).text for row in table.rows] == ["5", "", "7"], "points are not repeated"
    assert table.rows[1]["household_number"].address == "A2"


class TestChoosingTheSheet:
    def workbook(self, *sheets: Sheet) -> Workbook:
        return Workbook("a.xlsx", "xlsx", sheets)

    def test_instructions_and_hidden_sheets_are_passed_by(self) -> None:
        instructions = sheet_of([["填表说明"], ["1. 户主填在第三列。"]])
        header = sheet_of([["户主", "电话"], ["张三", 1]])
        hidden = Sheet("选项", header.rows, hidden=True)
        real = Sheet("花名册", sheet_of([["户主", "电话"], ["李四", 1]]).rows)
        table = find_table_in(self.workbook(hidden, instructions, real), VOCABULARY, REQUIRED)
        assert table.sheet == "花名册"
        assert texts(table, "head_name") == ["李四"]

    def test_no_header_says_what_was_looked_for_and_seen(self) -> None:
        sheet = sheet_of([["名册"], ["编号", "电话", "住址"], [1, 2, 3]])
        with pytest.raises(NoUsableHeader) as caught:
            find_table_in(self.workbook(sheet), VOCABULARY, ("household_number", "head_name"))
        said = str(caught.value)
        assert "要找的列是：户编号/户号/编号；户主姓名/户主/户代表/姓名" in said
        assert "看到的列是：编号、电话、住址" in said
        assert "请把表头的名称改成" in said

    def test_nothing_like_a_header(self) -> None:
        sheet = sheet_of([[1, 2], [3, 4]])
        with pytest.raises(NoUsableHeader, match="前 15 行里没有表头"):
            find_table(sheet, VOCABULARY, REQUIRED)

    def test_a_header_too_far_down(self) -> None:
        rows: list[list[object]] = [[f"第{number}条说明"] for number in range(15)]
        with pytest.raises(NoUsableHeader):
            table_of([*rows, ["户主", "电话"], ["张三", 1]])
        assert table_of([*rows[1:], ["户主", "电话"], ["张三", 1]]).header_rows == (15,)

    def test_any_one_of_several_will_do(self) -> None:
        rows: list[list[object]] = [["户编号", "积分"], ["001", 5]]
        required = (("household_number", "head_name"),)
        assert find_table(sheet_of(rows), VOCABULARY, required).has("household_number")
        with pytest.raises(NoUsableHeader):
            find_table(sheet_of([["住址", "积分"], ["x", 5]]), VOCABULARY, required)


def test_a_header_without_rows_is_a_table_without_rows() -> None:
    assert table_of([["户编号", "户主"]]).rows == ()


def test_heading_keys() -> None:
    assert heading_key(" 户主 姓名：") == heading_key("户主姓名")
    assert heading_key("联系电话（手机）", with_brackets=False) == "联系电话"
    assert heading_key("庭院整洁【10分】", with_brackets=False) == "庭院整洁"


def test_headings_as_wps_stores_them() -> None:
    workbook = read_workbook(make_shared([["户编号", "户主"], ["001", "张三"]]), "a.xlsx")
    assert texts(find_table_in(workbook, VOCABULARY, REQUIRED), "head_name") == ["张三"]
