"""The public notice over HTTP, objections, and the confirm: what anybody reads, and what the chair awards."""

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from love_market.appraisals import queries
from love_market.appraisals.rules import RowState, State, Votes
from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as ledger
from love_market.people.rules import Guard
from tests import papers
from tests.appraisals import stages
from tests.appraisals.stages import AFTER_NOTICE, AT, Q3, kin
from tests.appraisals.test_meeting import meet
from tests.builders import HEADS, Village, sign_in
from tests.conftest import Clock

SCORES = f"/scores/{Q3}"
QUARTER = f"/quarters/{Q3}"


def at(village: Village, path: str) -> str:
    return f"/v/{village.code}{path}"


def bring_to(village: Village, wanted: State) -> None:
    with transaction() as session:
        stages.bring_to(session, village, wanted)


def test_a_notice_is_published_and_read_by_anybody(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.DECIDED)
    board = f"/board/{village.code}/{Q3}"
    assert client.get(board).status_code == 404
    sign_in(client, village.recorder)
    short = client.post(at(village, QUARTER + "/publish"), data={"key": str(new_id()), "days": "2"})
    assert (short.status_code, "不能少于 5 天" in short.text) == (422, True)
    client.post(at(village, QUARTER + "/publish"), data={"key": str(new_id()), "days": "5"})
    anybody = client.application.test_client()
    page = anybody.get(board).text
    assert all(part in page for part in ("还剩", "孔**", "001 号", "义务劳动", "我有异议"))
    assert HEADS[0] not in page
    assert "找到 2 户" in anybody.get(board + "?find=孔").text
    assert anybody.get(board + "/check").status_code == 200
    paper = anybody.get(board + "/notice.pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")


def test_where_penalties_stop_at_zero_the_lines_still_add_up(
    client: FlaskClient, village: Village, clock: Clock, tmp_path: Path
) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE, scores={0: {"tidy_yard": 5, "dumping": -20}})
        (row, *_rest) = queries.notice(session, village.chair, Q3).rows
    assert (row.points, sum(line.counted for line in row.lines), row.spared_points) == (0, -15, 15)
    clock.at = AT + timedelta(hours=1)
    board = f"/board/{village.code}/{Q3}"
    assert client.get(board).text.count("扣到零为止，不再往下扣") == 1
    assert "扣到零为止15" in papers.text(client.get(f"{board}/notice.pdf").data, tmp_path).replace(" ", "")
    sign_in(client, Guard.of_household(village.market_id, village.code, village.households[0], ""))
    assert "扣到零为止，不再往下扣" in client.get("/my").text


def test_anybody_objects_and_the_committee_answers_where_all_can_read(
    client: FlaskClient, village: Village, clock: Clock
) -> None:
    bring_to(village, State.NOTICE)
    clock.at = AT + timedelta(hours=1)
    board = f"/board/{village.code}/{Q3}"
    form_at = f"{board}/object/{village.households[0]}"
    anybody = client.application.test_client()
    assert form_at in anybody.get(board + "/object?find=1").text
    empty = anybody.post(form_at, data={"key": str(new_id()), "words": "", "raised_by": "孔小满"})
    assert (empty.status_code, "孔小满" in empty.text) == (422, True)
    told = {
        "key": str(new_id()),
        "words": "<script>alert(1)</script>只记了两个",
        "raised_by": "孔小满",
        "contact": "138",
    }
    for _ in range(2):
        assert anybody.post(form_at, data=told).status_code == 302
    page = anybody.get(board).text
    assert "有异议，正在核，暂不算" in page
    assert "只记了两个" not in page
    sign_in(client, village.recorder)
    listed = client.get(at(village, QUARTER + "/objections")).text
    assert "&lt;script&gt;" in listed
    assert "<script>alert" not in listed
    with reading() as session:
        found = queries.objections(session, village.chair, queries.appraisal(session, village.chair, Q3).id)
        rule = stages.rule_ids(session, village)["public_labour"]
    assert len(found) == 1
    reply = at(village, f"{QUARTER}/objections/{found[0].id}")
    wrong = client.post(reply, data={"key": str(new_id()), "upheld": "yes", "reply": "核过了", f"points-{rule}": "1.5"})
    assert wrong.status_code == 422
    client.post(reply, data={"key": str(new_id()), "upheld": "yes", "reply": "名单上确有三次", f"points-{rule}": "40"})
    page = anybody.get(board).text
    assert all(part in page for part in ("（原 32，更正）", "名单上确有三次"))


def test_the_chair_confirms_once_and_the_seal_stays(client: FlaskClient, village: Village, clock: Clock) -> None:
    bring_to(village, State.NOTICE)
    sign_in(client, village.recorder)
    assert client.get(at(village, QUARTER + "/confirm")).status_code == 403
    sign_in(client, village.chair)
    form = {"key": str(new_id())}
    early = client.post(at(village, QUARTER + "/confirm"), data=form)
    assert (early.status_code, "公示还没有结束" in early.text) == (409, True)
    clock.at = AFTER_NOTICE
    assert "确认认定" in client.get(at(village, QUARTER + "/confirm")).text
    for _ in range(2):
        done = client.post(at(village, QUARTER + "/confirm"), data=form)
        assert done.location == at(village, QUARTER)
    assert 'aria-label="已认定"' in client.get(at(village, QUARTER)).text
    with reading() as session:
        assert ledger.total(session, village.market_id, "household") == 27
        assert queries.notice(session, village.chair, Q3).count(RowState.CONFIRMED) == 12


def test_another_village_s_quarter_is_out_of_reach(client: FlaskClient, village: Village) -> None:
    bring_to(village, State.NOTICE)
    sign_in(client, village.chair)
    assert client.get(f"/v/140221100201{QUARTER}").status_code in {403, 404}
    assert client.get(f"/board/140221100201/{Q3}").status_code == 404


def test_a_held_row_is_voted_on_again(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        kin(session, village, 0, 0)
        stages.bring_to(session, village, State.DELIBERATING)
        meet(session, village, Votes(6), {0: Votes(1, 4)})
        stages.publish(session, village)
    sign_in(client, village.chair)
    form_at = at(village, f"{QUARTER}/held/{village.households[0]}")
    assert "5 人" in client.get(form_at).text
    assert client.post(form_at, data={"key": str(new_id()), "for": "2"}).status_code == 422
    form = {"key": str(new_id()), "for": "3", "against": "2"}
    assert client.post(form_at, data=form).location == at(village, QUARTER)
    with reading() as session:
        found = queries.notice(session, village.chair, Q3).row(village.households[0])
    assert found is not None
    assert found.state is RowState.LISTED
