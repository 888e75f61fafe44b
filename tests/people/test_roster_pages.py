import io
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from love_market.db import db, new_id, reading
from love_market.people.models import Household
from love_market.workbook.read import MARKS_HEADING
from tests import builders
from tests.builders import VILLAGE_CODE, Village
from tests.conftest import Clock
from tests.databases import Database
from tests.people.rosters import HEAD, books, line, plan_of, take_in
from tests.people.sheets import IDENTITIES, Value, csv, xlsx, xlsx_of
from tests.workbook.making import marked_cells

ROSTERS = f"/v/{VILLAGE_CODE}/households/roster"


def upload(client: FlaskClient, data: bytes, name: str = "花名册.xlsx") -> str:
    """Hand a roster over; return where its preview is."""
    answer = client.post(ROSTERS, data={"roster": (io.BytesIO(data), name), "key": str(new_id())})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def confirm(client: FlaskClient, preview: str) -> int:
    page = client.get(preview).text
    digest = page.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    return client.post(preview, data={"digest": digest, "key": str(new_id())}).status_code


HOSTILE = ['=HYPERLINK("http://x")', "<script>alert(1)</script>", "孔{{ 7*7 }}", "%(x)s{0}", "O'Brien; DROP TABLE"]


def test_nothing_is_written_before_the_preview_is_confirmed(
    client: FlaskClient, village: Village, tmp_path: Path
) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("001", "孔振明", 5), line("300", "周小兰"), line("301", None)]))
    assert len(books(village.recorder)) == 12
    page = client.get(preview).text
    assert "1 行收不了" in page
    assert "没有户主姓名。" in page
    assert "表里有 3 个身份证号，都丢掉了" in page
    assert "周小兰" in client.get(f"{preview}?show=made").text
    changed = client.get(f"{preview}?show=changed").text
    assert "<del>3</del> → <ins>5</ins>" in changed
    assert confirm(client, preview) == 302
    assert [each.number for each in books(village.recorder)][-1] == "300"
    assert not list((tmp_path / "roster-previews").iterdir())
    assert "导入好了：新增 1 户，改动 1 户" in client.get(f"/v/{VILLAGE_CODE}/households").text


def test_confirming_twice_or_going_back_writes_once(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("300", "周小兰")]))
    assert confirm(client, preview) == 302
    assert confirm(client, preview) == 302
    assert client.get(preview).status_code == 404
    assert len(books(village.recorder)) == 13


def test_a_preview_that_is_no_longer_true_is_shown_again(client: FlaskClient, village: Village, clock: Clock) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("300", "周小兰")]))
    page = client.get(preview).text
    digest = page.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    take_in(xlsx([HEAD, line("300", "吴大")]), village.recorder, clock)
    answer = client.post(preview, data={"digest": digest, "key": str(new_id())})
    assert answer.status_code == 409
    assert "户册在这之间变过了" in answer.text
    assert books(village.recorder)[-1].head_name == "吴大"


def test_a_preview_belongs_to_its_village_and_is_thrown_away_after_a_day(
    client: FlaskClient, village: Village, clock: Clock, tmp_path: Path
) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("300", "周小兰")]))
    builders.sign_in(client, village.clerk)
    assert client.get(preview).status_code == 403
    builders.sign_in(client, village.recorder)
    clock.at = clock.at.replace(day=clock.at.day + 2)
    assert client.get(preview).status_code == 404
    upload(client, xlsx([HEAD, line("301", "吴大")]))
    kept = sorted(path.suffix for path in (tmp_path / "roster-previews").iterdir())
    assert kept == [".json", ".sealed"], "what the day before left is gone, file and all"
    assert client.get(preview).status_code == 404


def test_hostile_names_stand_on_pages_as_they_were_written(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, *(line(f"{400 + at}", name, note=name) for at, name in enumerate(HOSTILE))]))
    pages = [client.get(f"{preview}?show=made").text]
    assert confirm(client, preview) == 302
    pages.append(client.get(f"/v/{VILLAGE_CODE}/households").text)
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "=HYPERLINK(&#34;http://x&#34;)" in page
        assert "{{ 7*7 }}" in page
    with reading() as session:
        kept = session.scalars(select(Household.head_name).where(Household.number >= "400").order_by(Household.number))
        assert list(kept) == HOSTILE


def test_no_identity_number_stays_anywhere(
    client: FlaskClient, village: Village, database: Database, database_url: str, tmp_path: Path
) -> None:
    builders.sign_in(client, village.recorder)
    rows: list[list[Value]] = [
        ["001", "孔振明", IDENTITIES[0], 3, "13900000001", "一组", f"低保，{IDENTITIES[1]}"],
        ["002", f"姚改{IDENTITIES[1]}", IDENTITIES[1], 3, IDENTITIES[2], "一组", None],
        [IDENTITIES[0], "蒋凤", IDENTITIES[2], IDENTITIES[0], None, IDENTITIES[1], None],
    ]
    preview = upload(
        client, xlsx([[f"花名册 {IDENTITIES[0]}"], HEAD, *rows, ["合计", IDENTITIES[1]]]), f"{IDENTITIES[0]}.xlsx"
    )
    pages = "".join(client.get(f"{preview}?show={shown}").text for shown in ("made", "changed", "refused", "same"))
    upload(client, csv([HEAD, *rows[:2], [IDENTITIES[2], "蒋凤", IDENTITIES[2]]]), f"{IDENTITIES[1]}.csv")
    assert len(list((tmp_path / "roster-previews").glob("*.sealed"))) == 2
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert confirm(client, preview) == 302
    pages += client.get(f"/v/{VILLAGE_CODE}/households").text
    raw = database.kept(database_url)
    with db.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = [row for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]
    cells = [str(cell) for row in found for cell in row]
    assert any("低保" in cell for cell in cells)
    for number in IDENTITIES:
        assert not [cell for cell in cells if number in cell]
        assert number.encode() not in raw
        assert "姚改".encode() in raw, "the bytes read are the ones that are kept"
        assert number.encode() not in kept, "neither what was read nor the file itself"
        assert number not in pages


def test_the_file_comes_back_marked_and_corrected_is_taken_in(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    rows = [line("001", "孔振明", "三口半"), line("300", "周小兰", 2, "不知道"), line("301", None), line("302", "吴大")]
    sent = xlsx_of({"花名册": [HEAD, *rows], "说明": [["不要动这一张"]]})
    preview = upload(client, sent)
    assert "下载改错表" in client.get(preview).text
    answer = client.get(f"{preview}/marked.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet = book["花名册"]
    assert marked_cells(sheet) == {"D2", "E3", "B4"}
    assert [sheet.cell(row, 8).value for row in range(1, 6)] == [
        MARKS_HEADING,
        "D2 里的“三口半”不是数字。请用数字填写，比如 10。",
        "电话“不知道”不像电话号码，没有记。",
        "没有户主姓名。",
        None,
    ]
    assert sheet["D2"].comment is not None
    assert book["说明"]["A1"].value == "不要动这一张"
    sheet["D2"], sheet["E3"], sheet["B4"] = 5, "无", "龚小满"
    corrected = io.BytesIO()
    book.save(corrected)
    again = upload(client, corrected.getvalue())
    page = client.get(again).text
    assert "下载改错表" not in page
    assert "问题" not in page
    assert len(books(village.recorder)) == 12
    assert confirm(client, again) == 302
    assert [each.head_name for each in books(village.recorder)][-3:] == ["周小兰", "龚小满", "吴大"]
    assert client.get(f"{preview}/marked.xlsx").status_code == 200, "the one that was not carried out"
    assert client.get(f"{again}/marked.xlsx").status_code == 404


def test_nobody_else_is_given_the_marked_file(client: FlaskClient, village: Village, clock: Clock) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("301", None)]))
    marked = f"{preview}/marked.xlsx"
    assert client.get(marked).status_code == 200
    other = client.application.test_client()
    builders.sign_in(other, village.chair)
    upload(other, xlsx([HEAD, line("302", None)]))
    page = other.get(preview)
    assert (page.status_code, "下载改错表" in page.text) == (200, False)
    assert other.get(marked).status_code == 404
    builders.sign_in(other, village.clerk)
    assert other.get(marked).status_code == 403
    builders.sign_in(client, village.chair)
    assert client.get(marked).status_code == 404, "the same browser, somebody else"
    builders.sign_in(client, village.recorder)
    assert client.get(marked).status_code == 404, "the key ends with the sign-in"


def test_a_list_of_persons_is_marked_at_the_person(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    rows: list[list[Value]] = [["户编号", "姓名", "与户主关系"]]
    rows += [["300", "周小兰", "户主"], ["300", "123", "儿子"], ["301", "吴大", "户主"]]
    preview = upload(client, csv([*rows, ["301", "吴二", "户主"]]), "人员.csv")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{preview}/marked.xlsx").data))
    assert marked_cells(book["人员"]) == {"B3", "C5"}
    assert [book["人员"].cell(row, 4).value is not None for row in range(1, 6)] == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "空.xlsx", "什么也没有"),
        (b"\x89PNG\r\n\x1a\n", "照片.xlsx", "看起来是图片"),
        (xlsx([["甲", "乙"], ["丙", "丁"]]), "别的.xlsx", "表头"),
        (b"PK\x03\x04 but nothing behind it", "坏的.xlsx", "请"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_words(
    client: FlaskClient, village: Village, data: bytes, name: str, words: str
) -> None:
    builders.sign_in(client, village.recorder)
    answer = client.post(ROSTERS, data={"roster": (io.BytesIO(data), name), "key": str(new_id())})
    assert answer.status_code == 422
    assert words in answer.text
    assert client.post(ROSTERS, data={"key": str(new_id())}).status_code == 422


def test_a_roster_in_gbk_goes_all_the_way(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.chair)
    preview = upload(client, csv([HEAD, line("500", "龚小满", 2, "13900000009")]), "花名册.csv")
    assert confirm(client, preview) == 302
    assert books(village.recorder)[-1].head_name == "龚小满"


def test_only_the_committee_hands_rosters_over(client: FlaskClient, village: Village) -> None:
    assert client.get(ROSTERS).status_code == 302
    for guard in (village.clerk, village.grid_worker, village.panel[0]):
        builders.sign_in(client, guard)
        assert client.get(ROSTERS).status_code == 403
        answer = client.post(ROSTERS, data={"roster": (io.BytesIO(b"x"), "x.xlsx"), "key": str(new_id())})
        assert answer.status_code == 403


def test_the_template_is_the_village_s_own_roster_and_comes_back_unchanged(
    client: FlaskClient, village: Village
) -> None:
    builders.sign_in(client, village.recorder)
    answer = client.get(f"{ROSTERS}/template.xlsx")
    assert answer.status_code == 200
    assert "filename*=UTF-8" in answer.headers["Content-Disposition"]
    plan = plan_of(answer.data, village.recorder)
    assert (plan.count("same"), plan.count("changed"), plan.refused) == (12, 0, 0)
