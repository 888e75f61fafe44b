"""The warning board: none unless a village wants one, masked, and whatever is on it goes by itself."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals import service as appraisals_service
from love_market.appraisals.rules import State
from love_market.boards import queries, service
from love_market.boards.rules import BoardTurned
from love_market.db import new_id, transaction
from love_market.ledger.rules import KeyReused
from love_market.people.models import Household
from love_market.people.rules import RoleMissing
from tests.appraisals import stages
from tests.builders import Village, sign_in
from tests.conftest import Clock, on_sqlite_alone

TOKEN = re.compile(r'name="csrf-token" content="[^"]*"')
SHOWN = [("孔**", "一组", "乱倒垃圾", -10)]


def turn(session: Session, village: Village, *, on: bool, key: UUID | None = None) -> None:
    service.turn_warning_board(session, village.chair, on=on, at=stages.AFTER_NOTICE, key=key or new_id())


def lines(session: Session, village: Village, after: timedelta = timedelta()) -> list[tuple[str, str, str, int]]:
    found = queries.warned(session, village.chair, at=stages.AFTER_NOTICE + after)
    return [(one.masked_name, one.group_name, one.rule_name, one.points) for one in found]


def test_it_is_off_until_the_chair_turns_it_on_and_that_is_kept(session: Session, village: Village) -> None:
    assert not queries.is_warning_on(session, village.chair)
    with pytest.raises(RoleMissing):
        service.turn_warning_board(session, village.recorder, on=True, at=stages.AT, key=new_id())
    with pytest.raises(BoardTurned):
        turn(session, village, on=False)
    key = new_id()
    for _ in range(2):
        turn(session, village, on=True, key=key)
    assert queries.is_warning_on(session, village.chair)
    with pytest.raises(KeyReused):
        turn(session, village, on=False, key=key)
    turn(session, village, on=False)
    assert not queries.is_warning_on(session, village.chair)
    assert [(one.is_on, one.name) for one in queries.turns(session, village.chair)] == [(False, "石主"), (True, "石主")]


def test_what_is_final_stands_on_it_until_its_time_is_over(session: Session, village: Village) -> None:
    stages.bring_to(session, village, State.NOTICE)
    assert lines(session, village) == []  # while the notice runs, somebody may still object
    stages.confirm(session, village)
    assert lines(session, village) == SHOWN
    (one,) = queries.warned(session, village.chair, at=stages.AFTER_NOTICE)
    ends_at = appraisals.appraisal(session, village.chair, stages.Q3).notice_ends_at
    assert ends_at is not None
    assert one.until == ends_at + timedelta(days=90)
    left = one.until - stages.AFTER_NOTICE
    assert lines(session, village, left - timedelta(seconds=1)) == SHOWN
    assert lines(session, village, left) == []
    session.get_one(Household, (village.market_id, village.households[0])).left_on = stages.AFTER_NOTICE.date()
    session.flush()
    assert lines(session, village) == []


@pytest.mark.parametrize(("corrected", "expected"), [(-5, -5), (0, None)])
def test_what_an_objection_lowers_or_takes_away_is_so_on_the_board(
    session: Session, village: Village, corrected: int, expected: int | None
) -> None:
    stages.bring_to(session, village, State.NOTICE)
    objection = stages.object_to(session, village, 0)
    rule = stages.rule_ids(session, village)["dumping"]
    told = {"upheld": True, "reply": "查清了。", "corrections": {rule: corrected}, "at": stages.AT}
    appraisals_service.reply(session, village.recorder, objection, **told)  # type: ignore[arg-type]
    stages.confirm(session, village)
    assert [points for *_, points in lines(session, village)] == ([] if expected is None else [expected])


@on_sqlite_alone
def test_off_there_is_no_such_page_and_on_it_is_masked_and_kept_nowhere(
    client: FlaskClient, village: Village, clock: Clock
) -> None:
    clock.at = stages.AFTER_NOTICE
    with transaction() as session:
        stages.bring_to(session, village, State.CONFIRMED)
    board, switch, notice = f"/board/{village.code}/warnings", f"/v/{village.code}/warning-board", "警示榜"
    nowhere, off = (client.get(way) for way in ("/nothing/here/at/all", board))
    assert (off.status_code, TOKEN.sub("", off.text)) == (404, TOKEN.sub("", nowhere.text))
    assert notice not in client.get(f"/board/{village.code}/2026Q3").text
    sign_in(client, village.chair, at=clock())
    asked = client.get(switch).text
    for words in ("没有开", "民法典", "第一千零二十四条", "现在打开，榜上会有 1 件", "从来没有开过"):
        assert words in asked
    assert "请先过村民代表会议" in client.get(f"{switch}/on").text
    assert client.get(board).status_code == 404
    done = client.post(f"{switch}/on", data={"key": str(new_id())}, follow_redirects=True)
    assert "石主" in done.text
    sign_in(client, village.recorder, at=clock())
    assert client.post(f"{switch}/off", data={"key": str(new_id())}).status_code == 403
    client.delete_cookie("session")

    on = client.get(board)
    main = re.search(r"<main.*</main>", on.text, re.DOTALL)
    assert main is not None
    for words in ("孔**", "乱倒垃圾", "扣 10 分", "2027年1月11日自己下榜"):
        assert words in main[0]
    for never in ("<img", "孔振明", "001", "photo", "xlsx"):
        assert never not in main[0]
    assert on.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert on.headers["Cache-Control"] == "no-store"
    assert 'name="robots" content="noindex' in on.text
    assert board in client.get(f"/board/{village.code}/2026Q3").text

    clock.at += timedelta(days=90)
    assert "现在榜上没有人" in client.get(board).text
    sign_in(client, village.chair, at=clock())
    client.post(f"{switch}/off", data={"key": str(new_id())})
    assert client.get(board).status_code == 404
