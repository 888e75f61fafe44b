"""A workbook given back with its faults marked: the village's own file, and nothing in it that would harm."""

import io
import time
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image as Picture

from love_market.workbook import Mark, WorkbookBomb, read_workbook
from love_market.workbook.mark import AUTHOR, mark_workbook
from love_market.workbook.read import MARKS_HEADING
from tests.workbook.making import SHEET, make_csv, make_ods, make_xls, make_xlsx, marked_cells, rewrite

ROWS: list[list[object]] = [
    ["守口堡村花名册", None, None],
    ["户编号", "户主", "人口"],
    ["001", "孔振明", "三口"],
    ["002", None, 4],
    ["003", "蒋凤", 1],
]
MARKS = [
    Mark("花名册", 3, 3, "不是数字"),
    Mark("花名册", 4, 2, "没有户主"),
    Mark("花名册", 4, None, "=HYPERLINK(1)"),
]


def opened(data: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def beside(sheet: Worksheet, column: int = 4) -> list[object]:
    return [sheet.cell(row, column).value for row in range(1, sheet.max_row + 1)]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (make_xlsx(ROWS, ["A1:C1"]), "花名册.xlsx"),
        (make_xls(ROWS, ["A1:C1"]), "花名册.xls"),
        (make_ods(ROWS, ["A1:C1"]), "花名册.ods"),
        (make_csv(ROWS, "gbk"), "花名册.csv"),
    ],
    ids=["xlsx", "xls", "ods", "csv"],
)
def test_every_kind_comes_back_marked_and_reads_as_before(data: bytes, name: str) -> None:
    marked = mark_workbook(data, name, MARKS, {"花名册": 2})
    sheet = opened(marked)
    assert marked_cells(sheet) == {"C3", "B4"}
    assert beside(sheet) == [None, MARKS_HEADING, "不是数字", "没有户主\n=HYPERLINK(1)", None]
    assert (sheet["D4"].data_type, sheet["C3"].data_type, sheet["A3"].value) == ("s", "s", "001")
    assert sheet["C3"].comment is not None
    assert (sheet["C3"].comment.text, sheet["C3"].comment.author) == ("不是数字", AUTHOR)
    before, after = read_workbook(data, name).sheets[0], read_workbook(marked, "改错.xlsx").sheets[0]
    assert [[cell.text for cell in row] for row in after.rows] == [[cell.text for cell in row] for row in before.rows]
    assert after.span(1, 2) == before.span(1, 2)


def test_the_village_s_own_file_stays_what_it_was() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "花名册"
    for row in ROWS:
        page.append(row)
    page["C6"] = "=SUM(C3:C5)"
    page["B3"].font = Font(name="楷体", size=20)
    page["B4"].comment = Comment("老王核过", "王会计")
    page.column_dimensions["B"].width = 33
    page.freeze_panes = "A3"
    picture = io.BytesIO()
    Picture.new("RGB", (8, 8), "red").save(picture, "PNG")
    page.add_image(Image(picture), "F1")
    book.create_sheet("说明").append(["不要动"])
    data = io.BytesIO()
    book.save(data)
    marked = openpyxl.load_workbook(io.BytesIO(mark_workbook(data.getvalue(), "a.xlsx", MARKS, {"花名册": 2})))
    sheet = marked["花名册"]
    assert (sheet["B3"].font.name, sheet.column_dimensions["B"].width, sheet.freeze_panes) == ("楷体", 33, "A3")
    assert (sheet["C6"].value, marked["说明"]["A1"].value) == ("=SUM(C3:C5)", "不要动")
    assert sheet["B4"].comment is not None
    assert sheet["B4"].comment.text == "老王核过", "the column beside says ours"
    assert len(vars(sheet)["_images"]) == 1


def test_marked_a_second_time_only_what_is_still_wrong_is_marked() -> None:
    once = mark_workbook(make_xlsx(ROWS), "a.xlsx", MARKS, {"花名册": 2})
    sheet = opened(mark_workbook(once, "a.xlsx", [MARKS[1]], {"花名册": 2}))
    assert marked_cells(sheet) == {"B4"}
    assert beside(sheet) == [None, MARKS_HEADING, None, "没有户主", None]
    assert sheet["C3"].comment is None


def test_a_mark_under_a_merge_is_on_the_cell_that_is_seen() -> None:
    sheet = opened(mark_workbook(make_xlsx(ROWS, ["A3:A5"]), "a.xlsx", [Mark("花名册", 4, 1, "户号不对")]))
    assert marked_cells(sheet) == {"A3"}
    assert beside(sheet)[2:] == [MARKS_HEADING, "户号不对", None]


@pytest.mark.parametrize(
    ("before", "element"),
    [
        (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="E1:XFD1048576"/></mergeCells>'),
        (b"</sheetData>", b'</sheetData><hyperlinks><hyperlink ref="E1:XFD1048576" location="A1"/></hyperlinks>'),
        (b"</sheetData>", b"".join(b'<row r="%d"/>' % row for row in range(9, 250_000)) + b"</sheetData>"),
    ],
    ids=["a merge", "a link", "rows"],
)
def test_what_would_grow_out_of_all_measure_is_made_anew(before: bytes, element: bytes) -> None:
    data = rewrite(make_xlsx(ROWS), lambda name, part: part.replace(before, element) if name == SHEET else part)
    started = time.monotonic()
    sheet = opened(mark_workbook(data, "a.xlsx", MARKS, {"花名册": 2}))
    assert time.monotonic() - started < 10
    assert {"C3", "B4"} <= marked_cells(sheet)
    assert sheet.max_row < 10


def test_a_document_type_in_a_part_that_is_not_read_gains_nothing() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><x>&a;</x>'
    data = rewrite(make_xlsx(ROWS), lambda name, part: bomb if name == "docProps/core.xml" else part)
    assert beside(opened(mark_workbook(data, "a.xlsx", MARKS)))[2:4] == ["不是数字", "没有户主\n=HYPERLINK(1)"]
    with pytest.raises(WorkbookBomb):
        mark_workbook(rewrite(data, lambda name, part: bomb if name == SHEET else part), "a.xlsx", MARKS)


def test_macros_do_not_come_along_and_an_unknown_formula_stays_unknown() -> None:
    data = make_xlsx([*ROWS, ["004", "陆玉兰", "=B9"]])
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        parts = {name: container.read(name) for name in container.namelist()} | {"xl/vbaProject.bin": b"macro"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as container:
        for name, part in parts.items():
            container.writestr(name, part)
    with zipfile.ZipFile(io.BytesIO(mark_workbook(packed.getvalue(), "a.xlsm", MARKS))) as container:
        assert not [name for name in container.namelist() if name.endswith(".bin")]
    sheet = opened(mark_workbook(make_ods([*ROWS, ["004", "陆玉兰", "=B9"]]), "a.ods", MARKS))
    assert (sheet["C6"].value, sheet["C6"].data_type) == ("=B9", "s")


def test_a_sheet_as_wide_as_may_be_is_still_read_after() -> None:
    data = make_xlsx([["户主", *[f"项{at}" for at in range(199)]], ["张三", *range(199)]])
    marked = mark_workbook(data, "a.xlsx", [Mark("花名册", 2, 1, "不在册")])
    assert opened(marked)["A2"].comment is not None
    assert read_workbook(marked, "a.xlsx").sheets[0].last_column == 200
