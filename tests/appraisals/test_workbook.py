"""A quarter's scores as a workbook of the village's own form, which comes in again unchanged."""

import io

from flask.testing import FlaskClient

from love_market.appraisals import queries
from love_market.appraisals.intake import parse_scores
from love_market.appraisals.rules import State
from love_market.db import new_id, reading, transaction
from love_market.people import service as people
from love_market.people.service import HouseholdDetails
from love_market.workbook import read_workbook
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.builders import Village, sign_in
from tests.workbook.looking import printed


def test_the_scores_go_out_as_the_village_s_grid_and_come_in_unchanged(client: FlaskClient, village: Village) -> None:
    names = ("@x", "+86丙", "=1+1乙")
    with transaction() as session:
        for at, name in enumerate(names):
            details = HouseholdDetails(number=f"9{at}1", head_name=name, group_name="一组", member_count=2)
            people.add_household(session, village.recorder, details, at=AT, key=new_id())
        stages.open_quarter(session, village)
        sheet = queries.sheet(session, village.recorder, Q3)
        every: dict[str, int | None] = {rule.code: 0 for rule in sheet.rules}
    with transaction() as session:
        stages.score(session, village, {0: every | {"tidy_yard": 5, "dumping": -10}, 1: every})
    sign_in(client, village.panel[0])
    answer = client.get(f"/v/{village.code}/scores/{Q3}/scores.xlsx")
    assert answer.status_code == 200
    page = printed(answer.data, head_rows=3)
    assert page.freeze_panes == "D4"
    assert (page.page_setup.fitToWidth, page.print_title_cols) == (2, "$A:$C"), "forty rules, and still readable"
    assert page["A1"].value == "守口堡村2026年第三季度积分评定表"
    assert [page.cell(2, column).value for column in (1, 2, 3)] == ["序号", "户编号", "户主"]
    merged = {str(span) for span in page.merged_cells.ranges}
    assert {"A2:A3", "B2:B3", "C2:C3"} <= merged
    assert page.cell(4, page.max_column).value == -5
    assert (
        dict.fromkeys(names, "s").items() <= {str(row[2].value): row[2].data_type for row in page.iter_rows()}.items()
    )
    parsed = parse_scores(read_workbook(answer.data, "评分表.xlsx"))
    with reading() as session:
        plan = queries.plan_scores(session, village.recorder, Q3, parsed)
    assert (plan.notes, plan.new_rules, plan.missing, plan.refused) == ((), (), (), 0)
    assert [row.action for row in plan.rows] == ["same", "same", *["blank"] * (len(sheet.rows) - 2)]
    assert not any(row.sayings for row in plan.rows)
    assert plan.households == 2, "whoever was not filled in yet is not filled with 0 by a journey through WPS"


def test_a_confirmed_quarter_goes_out_too(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.CONFIRMED)
    sign_in(client, village.chair)
    data = client.get(f"/v/{village.code}/scores/{Q3}/scores.xlsx").data
    assert printed(io.BytesIO(data).getvalue(), head_rows=3).max_row > 3
    sign_in(client, village.clerk)
    assert client.get(f"/v/{village.code}/scores/{Q3}/scores.xlsx").status_code == 403
