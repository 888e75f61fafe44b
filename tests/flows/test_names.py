"""Names that are really formulas or markup, from a workbook to every page, export and paper: text, and only text."""

import io
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from tests import papers
from tests.conftest import Clock
from tests.flows.story import VILLAGE, Story, begin
from tests.flows.visitor import Visitor
from tests.people.sheets import xlsx
from tests.plays import shell
from tests.plays.shell import Installation, installation, play_words
from tests.workbook.making import make_csv

FORMULA = '=HYPERLINK("http://x","y")'
MARKUP = "<script>alert(1)</script>"
TYPST = '#eval("1+1") *粗* $x$'
NAMES = (FORMULA, MARKUP, TYPST, "+1+cmd|' /C calc'!A0", "@SUM(A1)", "-孔小满+3")
ROWS: list[list[str | int | float | None]] = [[f"{at:03}", name, "一组", 3] for at, name in enumerate(NAMES, 1)]
HEADING: list[str | int | float | None] = ["户编号", "户主姓名", "村民小组", "家庭人口"]


@pytest.fixture
def story(app: Flask, clock: Clock) -> Story:
    return begin(app, clock)


@pytest.fixture
def recorder(story: Story) -> Visitor:
    """The recorder, who has just taken such a roster in."""
    recorder = story.comes("recorder").visit(story.at("/households/roster"))
    recorder.press("看看会改什么", roster=(io.BytesIO(xlsx([HEADING, *ROWS])), "花名册.xlsx"))
    recorder.does_not_see(MARKUP).sees("&lt;script&gt;alert(1)&lt;/script&gt;", "=HYPERLINK(&#34;http://x&#34;")
    return recorder.press("照此导入").sees(f"新增 {len(NAMES)} 户")


def test_the_books_keep_the_names_as_they_were_written(recorder: Visitor, tmp_path: Path) -> None:
    kept = Installation(tmp_path).rows("SELECT head_name FROM household ORDER BY number")
    assert [name for (name,) in kept] == list(NAMES)


def test_pages_show_them_as_text(story: Story, recorder: Visitor) -> None:
    recorder.visit(story.at("/quarters/open")).press("开季度", quarter="2026Q3", budget_points="300")
    for path in ("/households", "/scores/2026Q3", "/scores/2026Q3/submit", "/households/cards", "/kin", "/deeds/new"):
        recorder.visit(story.at(path)).does_not_see(MARKUP, "<script>alert")
    household = recorder.visit(story.at("/households")).link_to("/households/0")
    recorder.visit(household).sees("HYPERLINK")


def test_exports_write_text_and_no_formula(story: Story, recorder: Visitor) -> None:
    data = recorder.client.get(story.at("/households/roster/template.xlsx")).data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = {str(cell.value): cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert [cells.get(name) for name in NAMES] == ["s"] * len(NAMES)
    assert "f" not in cells.values()


def test_the_village_s_own_export_taken_in_again_changes_nothing(story: Story, recorder: Visitor) -> None:
    data = recorder.client.get(story.at("/households/roster/template.xlsx")).data
    recorder.visit(story.at("/households/roster")).press("看看会改什么", roster=(io.BytesIO(data), "花名册.xlsx"))
    recorder.sees("和册上的一样，没有要改的。")


@pytest.mark.slow
def test_papers_print_them_letter_by_letter(migrated: Path, tmp_path: Path) -> None:
    at = installation(tmp_path / "names", migrated)
    (at.folder / "花名册.xlsx").write_bytes(xlsx([HEADING, *ROWS]))
    lines = [[f"{number:03}", name, 5 * number] for number, name in enumerate(NAMES, 1)]
    (at.folder / "评分表.csv").write_bytes(make_csv([["户编号", "户主", MARKUP], *lines]))
    out = at.folder / "out"
    words = play_words(out, roster=at.folder / "花名册.xlsx", scores=at.folder / "评分表.csv", village=VILLAGE)
    answer = at.type(*words)
    assert answer.exit_code == 0, answer.output
    assert at.value("SELECT count(*) FROM rule WHERE name = ?", MARKUP) == 1
    sign_for = papers.text((out / "sign-for.pdf").read_bytes(), tmp_path)
    assert [name for name in NAMES if name.replace(" ", "") not in "".join(sign_for.split())] == []
    notice = "".join(papers.text((out / "notice.pdf").read_bytes(), tmp_path).split())
    assert MARKUP in notice, "a rule's name is printed as it was written"
    assert [name for name in NAMES if name.replace(" ", "") in notice] == [MARKUP], "the notice masks people's names"
    assert shell.VILLAGE == VILLAGE
