"""Whatever program wrote it, the same cells come out."""

import io
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from love_market.workbook import Cell, Workbook, column_letter, normalise, read_workbook, without_padding
from tests.workbook.making import make_csv, make_ods, make_xls, make_xlsx, rewrite

ROWS = [
    ["守口堡村花名册", None, None, None],
    ["户编号", "户主", "电话", "合计"],
    ["001", "孔　振明", "１５９０７５７９３８３", "=SUM(A1:A1)"],
    [2, "=HYPERLINK", 18482123789, 7.5],
]
MERGES = ["A1:D1"]


def values(workbook: Workbook, sheet: int = 0) -> list[list[object]]:
    return [[cell.value for cell in row] for row in workbook.sheets[sheet].rows]


def in_memory(make: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        make(book)
    return target.getvalue()


@pytest.mark.parametrize(
    ("make", "kind"), [(make_xlsx, "xlsx"), (make_xls, "xls"), (make_ods, "ods")], ids=["xlsx", "xls", "ods"]
)
@pytest.mark.parametrize("filename", ["花名册.xlsx", "花名册.xls", "花名册.csv", "没有后缀"])
def test_one_table_in_three_formats_whatever_the_name(make: Callable[..., bytes], kind: str, filename: str) -> None:
    rows = [*ROWS[:3], [2, "李·四", 18482123789, 7.5]]
    workbook = read_workbook(make(rows, MERGES), filename)
    assert workbook.kind == kind
    (sheet,) = workbook.sheets
    assert sheet.name == "花名册"
    assert [[cell.text for cell in row] for row in sheet.rows] == [
        ["守口堡村花名册"],
        ["户编号", "户主", "电话", "合计"],
        ["001", "孔 振明", "15907579383", ""],
        ["2", "李·四", "18482123789", "7.5"],
    ]
    total = sheet.row(3).cell(4)
    assert total.address == "D3"
    assert total.is_formula
    assert not total.is_blank
    assert total.value is None
    assert sheet.spread(1, 4).value == "守口堡村花名册"
    assert sheet.span(1, 3) == (1, 1, 1, 4)
    assert sheet.span(2, 1) is None
    assert sheet.row(4).cell(3).is_number
    assert not sheet.row(3).cell(3).is_number


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_in_every_encoding(encoding: str, delimiter: str) -> None:
    rows = [["户编号", "户主"], ["001", "孔振明"], [], ["002", "=1+1"]]
    workbook = read_workbook(make_csv(rows, encoding, delimiter), "名册.csv")
    assert workbook.kind == "csv"
    assert values(workbook) == [["户编号", "户主"], ["001", "孔振明"], ["002", "=1+1"]]
    assert [row.number for row in workbook.sheets[0].rows] == [1, 2, 4]
    assert workbook.sheets[0].name == "名册"


def test_a_formula_in_delimited_text_is_only_text() -> None:
    workbook = read_workbook(make_csv([["户主"], ["=1+1"]]), "a.csv")
    cell = workbook.sheets[0].row(2).cell(1)
    assert cell.text == "=1+1"
    assert not cell.is_formula


def test_rare_characters_of_gb18030() -> None:
    assert values(read_workbook(make_csv([["户主"], ["𠮷㙍"]], "gb18030"), "a.csv")) == [["户主"], ["𠮷㙍"]]


def test_a_quoted_field_with_a_comma_and_a_line_break() -> None:
    workbook = read_workbook(b'\xef\xbb\xbfa,"b,\r\nc"\r\nd,e\r\n', "a.csv")
    assert values(workbook) == [["a", "b,\r\nc"], ["d", "e"]]


def test_formulas_keep_the_result_their_program_remembered() -> None:
    def make(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("积分")
        page.write_formula("A1", "=1+1", None, 2)
        page.write_formula("B1", '="张"&"三"', None, "张三")
        page.write_formula("C1", "=1/0", None, "#DIV/0!")
        page.write_formula("D1", "=A1", None, "")

    cells = read_workbook(in_memory(make), "a.xlsx").sheets[0].row(1)
    assert [cells.cell(column).value for column in range(1, 5)] == [2, "张三", "#DIV/0!", None]
    assert [cells.cell(column).formula for column in range(1, 5)] == ["=1+1", '="张"&"三"', "=1/0", "=A1"]


def test_a_formula_of_a_dropdown_is_not_a_cell() -> None:
    def with_extension(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        extension = (
            b'<extLst><ext xmlns:x14="u:x14" uri="{u}"><x14:dataValidations xmlns:xm="u:xm">'
            b"<x14:formula1><xm:f>A1</xm:f></x14:formula1></x14:dataValidations></ext></extLst></worksheet>"
        )
        return content.replace(b"</worksheet>", extension)

    workbook = read_workbook(rewrite(make_xlsx([["户主"], ["张三"]]), with_extension), "a.xlsx")
    assert [cell.is_formula for row in workbook.sheets[0].rows for cell in row] == [False, False]


def test_dates_truths_and_hidden_sheets() -> None:
    def make(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("积分")
        page.write_datetime("A1", datetime(2026, 9, 28), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        page.write("B1", True)
        book.add_worksheet("选项").hide()

    workbook = read_workbook(in_memory(make), "a.xlsx")
    cells = workbook.sheets[0].row(1)
    assert cells.cell(1).value == date(2026, 9, 28)
    assert cells.cell(1).text == "2026-09-28"
    assert cells.cell(2).text == "是"
    assert not cells.cell(2).is_number
    assert [sheet.hidden for sheet in workbook.sheets] == [False, True]


def test_a_table_that_begins_far_from_the_corner() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["C5"] = "户主"
    target = io.BytesIO()
    book.save(target)
    (row,) = read_workbook(target.getvalue(), "a.xlsx").sheets[0].rows
    assert [cell.address for cell in row] == ["C5"]
    assert row.cell(1).is_blank


def test_long_shared_strings_of_an_old_workbook() -> None:
    rows = [
        [f"{'积分' * (number % 40)}{'a' * (number % 300)}{number}" for number in range(at, at + 4)] for at in range(900)
    ]
    assert values(read_workbook(make_xls(rows), "a.xls")) == rows


def test_names_of_columns() -> None:
    assert [column_letter(number) for number in (1, 26, 27, 52, 53, 200, 702, 703)] == [
        *("A", "Z", "AA", "AZ", "BA", "GR", "ZZ", "AAA")
    ]
    assert Cell(12, 28).address == "AB12"


@pytest.mark.parametrize(
    ("written", "normal", "unpadded"),
    [
        ("　张　三　", "张 三", "张三"),
        ("张  三", "张 三", "张三"),
        ("阿依古丽·买买提", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("ＡＢＣ１２３", "ABC123", "ABC123"),
        ("John  Smith", "John Smith", "John Smith"),
        ("张三\u200b", "张三", "张三"),
        ("\ufeff户主", "户主", "户主"),
        ("𠮷 田", "𠮷 田", "𠮷田"),
        (" \u00a0 ", "", ""),
    ],
)
def test_normal_forms(written: str, normal: str, unpadded: str) -> None:
    assert normalise(written) == normal
    assert without_padding(written) == unpadded


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_normal_forms_are_stable(text: str) -> None:
    once = without_padding(text)
    assert without_padding(once) == once
    assert once == once.strip()
