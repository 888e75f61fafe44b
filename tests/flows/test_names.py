"""Names that are really formulas or markup, from a workbook to every page, export and paper: text, and only text."""

import io
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db, reading
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.places import queries as places
from tests import papers
from tests.builders import sign_in
from tests.conftest import Clock
from tests.databases import Database
from tests.flows.story import VILLAGE, Story, begin
from tests.flows.visitor import Visitor
from tests.people.sheets import xlsx
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


def test_the_books_keep_the_names_as_they_were_written(recorder: Visitor, books: Installation) -> None:
    kept = books.rows("SELECT head_name FROM household ORDER BY number")
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


@pytest.fixture(scope="module")
def played(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A quarter played with such names of people, and such a rule."""
    at = installation(tmp_path_factory.mktemp("names"), database)
    (at.folder / "花名册.xlsx").write_bytes(xlsx([HEADING, *ROWS]))
    lines = [[f"{number:03}", name, 5 * number] for number, name in enumerate(NAMES, 1)]
    (at.folder / "评分表.csv").write_bytes(make_csv([["户编号", "户主", MARKUP], *lines]))
    words = play_words(at.folder / "out", roster=at.folder / "花名册.xlsx", scores=at.folder / "评分表.csv")
    answer = at.type(*words)
    assert answer.exit_code == 0, answer.output
    assert at.value("SELECT count(*) FROM rule WHERE name = :name", name=MARKUP) == 1
    return at


@pytest.mark.slow
def test_papers_print_them_letter_by_letter(played: Installation, tmp_path: Path) -> None:
    out = played.folder / "out"
    sign_for = papers.text((out / "sign-for.pdf").read_bytes(), tmp_path)
    assert [name for name in NAMES if name.replace(" ", "") not in "".join(sign_for.split())] == []
    notice = "".join(papers.text((out / "notice.pdf").read_bytes(), tmp_path).split())
    assert MARKUP in notice, "a rule's name is printed as it was written"
    assert [name for name in NAMES if name.replace(" ", "") in notice] == [MARKUP], "the notice masks people's names"


@pytest.mark.slow
def test_no_page_of_the_whole_program_shows_them_as_markup(played: Installation) -> None:
    app = create_app(Settings.from_environment(played.environment))
    app.config["TESTING"] = True
    told: dict[tuple[str, str], str] = {}
    with app.app_context():
        for guard in guards_of(app):
            client = app.test_client()
            sign_in(client, guard)
            for path in paths_of(app, played):
                answer = client.get(path)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    told[guard.name, path] = answer.text
        db.engine.dispose()
    assert len({path for _, path in told}) > 25
    assert [path for path, text in told.items() if MARKUP in text or '=HYPERLINK("' in text] == []
    shown = [path for path, text in told.items() if "&lt;script&gt;alert(1)" in text]
    assert len(shown) > 5, shown


def guards_of(app: Flask) -> list[Guard]:
    """Return the cast of the play, and the first household."""
    with reading() as session:
        market_id = places.village(session, VILLAGE).market_id
        staff = [Guard.of_staff(market_id, VILLAGE, one.id, one.name) for one in people.staff_at(session, VILLAGE)]
        homes = people.households(session, Guard.public(market_id, VILLAGE))
    return [*staff, *(Guard.of_household(market_id, VILLAGE, home.id, home.head_name) for home in homes[:2])]


def paths_of(app: Flask, at: Installation) -> list[str]:
    """Return the address of every page of the program that the played village has, one thing of each kind."""
    kinds = ("household", "voucher", "redemption", "good", "lot", "deed", "objection", "stocktake")
    ids = {f"{kind}_id": str(rows[0][0]) for kind in kinds if (rows := at.rows(f"SELECT id FROM {kind}"))}
    ids |= {"batch_id": str(at.rows("SELECT id FROM voucher_batch")[0][0]), "number": "1"}
    known = {**ids, "village_code": VILLAGE, "quarter": "2026Q3", "place_code": VILLAGE, "act": "freeze"}
    addresses = app.url_map.bind("localhost")
    return [
        addresses.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and rule.arguments <= known.keys()
    ]
