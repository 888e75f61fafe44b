"""What the village receives opens as it was meant, prints on A4, and runs nothing."""

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from love_market.workbook import SheetToWrite, read_workbook, write_workbook

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x.invalid","点我")',
    "＝1+1",
    "=cmd|' /C calc'!A0",
]


def opened(sheet: SheetToWrite) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(write_workbook([sheet]))).worksheets[0]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(text: str) -> None:
    data = write_workbook([SheetToWrite("表", [text, "积分"], [[text, 5]], title=text, footer=[text])])
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    for place in ("A1", "A2", "A3", "A4"):
        assert page[place].data_type == "s", place
        assert page[place].quotePrefix, place
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        assert b"<f>" not in container.read("xl/worksheets/sheet1.xml")
    cells = read_workbook(data, "a.xlsx").sheets[0].row(3)
    assert not cells.cell(1).is_formula
    assert cells.cell(1).written == text.strip()
    assert cells.cell(2).value == 5


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_field_that_another_program_guarded_is_read_as_it_was(text: str) -> None:
    quoted = text.replace('"', '""')
    data = f'"户主"\r\n"\'{quoted}"\r\n'.encode("utf-8-sig")
    assert read_workbook(data, "a.csv").sheets[0].row(2).cell(1).value == text


def test_numbers_dates_and_texts_keep_their_kind() -> None:
    moment = datetime(2026, 9, 28, 8, 30, 15, 250, tzinfo=UTC)
    page = opened(
        SheetToWrite("表", ["甲"] * 8, [["001", 5, -3, 1.5, True, date(2026, 9, 28), moment, 140221195109166441]])
    )
    values = [cell.value for cell in page[2]]
    assert values[:5] == ["001", 5, -3, 1.5, "是"]
    assert values[5:7] == [datetime(2026, 9, 28), datetime(2026, 9, 28, 8, 30, 15)]  # noqa: DTZ001
    assert values[7] == "140221195109166441", "no digit is lost"
    assert [page.cell(2, column).number_format for column in (6, 7)] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


def test_printed_on_a4_with_the_header_on_every_page() -> None:
    page = opened(
        SheetToWrite("领取表", ["户编号", "户主"], [["001", "张三"]], title="守口堡村领取表", footer=["签字："])
    )
    assert page.page_setup.paperSize == 9
    assert page.page_setup.orientation == "portrait"
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$1:$2"
    assert page.freeze_panes == "A3"
    assert page["A2"].font.bold
    assert page["A1"].value == "守口堡村领取表"
    assert sorted(str(merge) for merge in page.merged_cells.ranges) == ["A1:B1", "A4:B4"]
    footer = page.oddFooter
    assert footer is not None
    assert footer.center.text == "第 &P 页，共 &N 页"
    assert page.column_dimensions["B"].width >= 6


def test_a_wide_sheet_lies_down() -> None:
    assert opened(SheetToWrite("表", ["很宽的一列标题"] * 12, [])).page_setup.orientation == "landscape"
    assert opened(SheetToWrite("表", ["甲"], [], landscape=True)).page_setup.orientation == "landscape"


def test_names_of_sheets_that_every_program_takes() -> None:
    sheets = [
        SheetToWrite(name, ["甲"], [["一"]]) for name in ("2026/第三季度?", "2026/第三季度?", "", "长" * 60, "[=1]")
    ]
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(sheets)))
    assert book.sheetnames == ["2026 第三季度", "2026 第三季度(2)", "表3", "长" * 31, "=1"]


def test_what_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="at least one sheet"):
        write_workbook([])
    with pytest.raises(ValueError, match="longer than the 1 headings"):
        write_workbook([SheetToWrite("表", ["甲"], [["一", "二"]])])


def test_a_short_row_is_filled_up() -> None:
    assert opened(SheetToWrite("表", ["甲", "乙"], [["一"]]))["B2"].value is None


@given(
    st.lists(
        st.lists(st.one_of(st.text(max_size=20), st.integers(-(10**9), 10**9), st.none()), min_size=3, max_size=3),
        max_size=5,
    )
)
@settings(max_examples=40, deadline=None)
def test_anything_written_can_be_read_and_is_no_formula(rows: list[list[str | int | None]]) -> None:
    data = write_workbook([SheetToWrite("表", ["甲", "乙", "丙"], rows)])
    sheet = read_workbook(data, "a.xlsx").sheets[0]
    assert not any(cell.is_formula for row in sheet.rows for cell in row)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            if isinstance(value, int):
                assert sheet.row(number).cell(column).value == value
