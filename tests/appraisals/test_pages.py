"""The pages of the quarter over HTTP: what they answer, what they write, and that a refusal keeps what was typed."""

import io
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient

from love_market.appraisals import queries
from love_market.appraisals.rules import State
from love_market.db import new_id, reading, transaction
from love_market.people.models import Household
from love_market.workbook.read import MARKS_HEADING
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.appraisals.test_intake import CATEGORIES, ITEMS, row
from tests.builders import Village, adopt_catalogue, sign_in
from tests.people.sheets import IDENTITIES
from tests.workbook.making import make_csv, marked_cells

SCORES = f"/scores/{Q3}"
QUARTER = f"/quarters/{Q3}"


def at(village: Village, path: str) -> str:
    return f"/v/{village.code}{path}"


def state(village: Village) -> State:
    with reading() as session:
        return queries.appraisal(session, village.recorder, Q3).state


def bring_to(village: Village, wanted: State) -> None:
    with transaction() as session:
        stages.bring_to(session, village, wanted)


ALWAYS = (
    "/quarters",
    "/quarters/open",
    QUARTER,
    QUARTER + "/budget",
    QUARTER + "/objections",
    SCORES,
    SCORES + "/submit",
)
ONE_STEP = {
    SCORES + "/import": {State.SCORING},
    QUARTER + "/meeting": {State.DELIBERATING},
    QUARTER + "/publish": {State.DECIDED},
    QUARTER + "/confirm": {State.NOTICE, State.CONFIRMED},
}


@pytest.mark.parametrize("wanted", State)
def test_pages_open_in_their_states_and_say_when_it_is_not_theirs(
    client: FlaskClient, village: Village, wanted: State
) -> None:
    bring_to(village, wanted)
    sign_in(client, village.chair)
    assert {path: client.get(at(village, path)).status_code for path in ALWAYS} == dict.fromkeys(ALWAYS, 200)
    assert {path: client.get(at(village, path)).status_code for path in ONE_STEP} == {
        path: 200 if wanted in opens_in else 409 for path, opens_in in ONE_STEP.items()
    }


def test_whoever_is_not_asked_is_turned_away(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.SCORING)
    assert client.get(at(village, SCORES)).status_code == 302
    sign_in(client, village.panel[0])
    assert client.get(at(village, SCORES)).status_code == 200
    refused = client.post(at(village, SCORES + "/cells"), json={"key": str(new_id()), "source": "grid", "cells": []})
    assert refused.status_code == 403
    sign_in(client, village.clerk)
    assert client.get(at(village, SCORES)).status_code == 403


def test_a_quarter_is_opened_with_the_market_s_budget(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=AT)
    sign_in(client, village.recorder)
    page = client.get(at(village, "/quarters/open")).text
    assert 'value="5000"' in page
    form = {"key": str(new_id()), "quarter": str(Q3), "budget_points": "800"}
    for _ in range(2):
        answer = client.post(at(village, "/quarters/open"), data=form)
        assert answer.location == at(village, SCORES) or answer.status_code == 422
    with reading() as session:
        found = queries.appraisal(session, village.recorder, Q3)
        assert (found.budget_points, queries.budget_left(session, village.recorder, found.id)) == (800, 800)


def test_the_grid_s_door_takes_texts_and_tells_cell_by_cell(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.SCORING)
    sign_in(client, village.recorder)
    with reading() as session:
        ids = stages.rule_ids(session, village)
    third = str(village.households[2])
    cells = [[third, str(ids["tidy_yard"]), " １２ "], [third, str(ids["assembly"]), "1.5"]]
    body = {"key": str(new_id()), "source": "paste", "cells": cells}
    for _ in range(2):
        answer = client.post(at(village, SCORES + "/cells"), json=body).get_json()
        assert answer["refused"] == [[third, str(ids["assembly"]), "“1.5”不是整数。积分只填整数，比如 10。"]]
        assert [(one["household"], one["points"]) for one in answer["rows"]] == [(third, 5)]
    undone = client.post(at(village, SCORES + "/undo"), json={"key": str(new_id())}).get_json()
    assert (undone["rows"][0]["points"], undone["undoable"]) == (0, "09:00 填的分")


@pytest.mark.parametrize(
    "body",
    [{}, [], {"key": "x", "source": "grid", "cells": []}, {"cells": [["a", "b", "c"]]}, {"cells": [[1]]}, {"cells": 5}],
)
def test_the_grid_s_door_refuses_what_is_no_list_of_cells(client: FlaskClient, village: Village, body: object) -> None:
    bring_to(village, State.SCORING)
    sign_in(client, village.recorder)
    sent = {"key": str(new_id()), "source": "grid", **body} if isinstance(body, dict) and body else body
    assert client.post(at(village, SCORES + "/cells"), json=sent).status_code == 422


def test_a_closed_sheet_refuses_cells_with_409(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.NOTICE)
    sign_in(client, village.recorder)
    body = {"key": str(new_id()), "source": "grid", "cells": []}
    answer = client.post(at(village, SCORES + "/cells"), json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "ScoringClosed")


def workbook() -> io.BytesIO:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (CATEGORIES, ITEMS, row(1, 5, 3, 8, 5, None, None), row(2, "十"), row(3, head="张三")):
        book.active.append(list(line))
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    return data


def test_a_workbook_is_previewed_and_then_filled_in_once(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        stages.open_quarter(session, village)
    sign_in(client, village.recorder)
    key = str(new_id())
    sent = client.post(at(village, SCORES + "/import"), data={"key": key, "scores": (workbook(), "评分表.xlsx")})
    preview = client.get(sent.location)
    assert all(part in preview.text for part in ("邻里和睦", "2 行收不了", "D4 里的“十”不是数字", "张三"))
    with reading() as session:
        assert queries.sheet(session, village.recorder, Q3).filled_count == 0
    digest = preview.text.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    stale = client.post(sent.location, data={"key": key, "digest": "x", "new_rule": "邻里和睦"})
    assert stale.status_code == 409
    asked = {"key": key, "digest": digest, "new_rule": "邻里和睦"}
    missing = client.post(sent.location, data=asked)
    assert (missing.status_code, "请填开会的日期" in missing.text) == (422, True)
    told = asked | {"held_on": "2026-10-08", "representatives": "30", "present": "19", "votes_for": "19"}
    few = client.post(sent.location, data=told | {"votes_against": "0", "votes_abstained": "0"})
    assert (few.status_code, "不到三分之二（要 20 人）" in few.text) == (409, True)
    told |= {"present": "20", "votes_for": "11", "votes_against": "6", "votes_abstained": "3"}
    for _ in range(2):
        done = client.post(sent.location, data=told)
        assert done.location == at(village, SCORES)
    with reading() as session:
        sheet = queries.sheet(session, village.recorder, Q3)
        assert ([one.points for one in sheet.rows[:3]], sheet.appraisal.revision) == ([21, 0, 0], 1)


def test_the_score_workbook_comes_back_marked_and_corrected_is_taken_in(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.SCORING)
    sign_in(client, village.recorder)

    def send(data: io.BytesIO) -> str:
        form = {"key": str(new_id()), "scores": (data, "评分表.xlsx")}
        return str(client.post(at(village, SCORES + "/import"), data=form).location)

    preview = send(workbook())
    assert "下载改错表" in client.get(preview).text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{preview}/marked.xlsx").data))
    sheet = book.worksheets[0]
    assert marked_cells(sheet) == {"D4", "B5"}
    assert [sheet.cell(each, 11).value for each in (2, 4)] == [
        MARKS_HEADING,
        "D4 里的“十”不是数字。请用数字填写，比如 10。",
    ]
    assert "户主是“张三”" in str(sheet["K5"].value)
    sheet["D4"] = 5
    corrected = io.BytesIO()
    book.save(corrected)
    corrected.seek(0)
    page = client.get(send(corrected)).text
    assert "1 行收不了" in page
    assert MARKS_HEADING not in page, "our own column is no rule to be added"
    other = client.application.test_client()
    sign_in(other, village.chair)
    assert (other.get(preview).status_code, other.get(f"{preview}/marked.xlsx").status_code) == (200, 404)


def test_no_identity_number_of_a_score_workbook_is_kept_in_clear(
    client: FlaskClient, village: Village, tmp_path: Path
) -> None:
    bring_to(village, State.SCORING)
    sign_in(client, village.recorder)
    number = IDENTITIES[0]
    told = f"身份证是{number}"
    lines: list[list[object]] = [["户编号", "户主", f"项{number}"], [number, f"孔{number}", told], ["001", "孔振明", 5]]
    form = {"key": str(new_id()), "scores": (io.BytesIO(make_csv(lines, "gbk")), f"{number}.csv")}
    preview = client.post(at(village, SCORES + "/import"), data=form).location
    page = client.get(preview).text
    assert "C2 里的“身份证是[身份证号已略]”不是数字" in page
    assert number[:12] not in page, "nor the beginning of one"
    kept = [path.read_bytes() for path in (tmp_path / "score-previews").iterdir()]
    assert len(kept) == 2
    assert number[:12].encode() not in b"".join(kept)
    marked = openpyxl.load_workbook(io.BytesIO(client.get(f"{preview}/marked.xlsx").data))
    assert marked.worksheets[0]["A2"].value == number, "whoever sent it gets it back as it was"
    assert marked_cells(marked.worksheets[0]) == {"C2"}


def test_a_file_that_is_no_score_sheet_is_refused_on_the_page(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.SCORING)
    sign_in(client, village.recorder)
    for data, said in ((b"\x89PNG....", "不是表格"), ("甲,乙\n1,2\n".encode(), "要找的列")):
        form = {"key": str(new_id()), "scores": (io.BytesIO(data), "x.xlsx")}
        answer = client.post(at(village, SCORES + "/import"), data=form)
        assert answer.status_code == 422
        assert said in answer.text


def test_submitting_asks_about_households_with_nothing(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.SCORING)
    sign_in(client, village.recorder)
    answer = client.post(at(village, SCORES + "/submit"), data={"key": str(new_id())})
    assert (answer.status_code, state(village)) == (422, State.SCORING)
    client.post(at(village, SCORES + "/submit"), data={"key": str(new_id()), "agreed": "y"})
    assert state(village) is State.DELIBERATING
    assert "退回以后可以改分" in client.get(at(village, SCORES + "/return")).text
    client.post(at(village, SCORES + "/return"), data={"key": str(new_id())})
    assert state(village) is State.SCORING
    assert client.get(at(village, SCORES + "/return")).status_code == 409, "what cannot be done is not asked about"


def test_a_name_made_of_markup_is_only_a_name(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        stages.open_quarter(session, village)
        household = session.get_one(Household, (village.market_id, village.households[0]))
        household.head_name = '<img src=x onerror="alert(1)">'
    sign_in(client, village.recorder)
    page = client.get(at(village, SCORES)).text
    assert "<img src=x" not in page
