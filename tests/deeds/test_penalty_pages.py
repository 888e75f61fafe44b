"""Pages of a penalty: staff record, tell and decide it; the household reads, answers, and sees what was decided."""

import io
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from love_market.db import new_id, reading, transaction
from love_market.deeds import queries, service
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.service import Noted
from love_market.people.rules import Guard
from tests import papers, penalties
from tests.builders import Village
from tests.conftest import Clock, on_sqlite_alone
from tests.deeds.conftest import DAY, Rules, as_, text_of
from tests.deeds.test_evidence import picture


@pytest.fixture
def home(app: Flask, village: Village, rules: Rules) -> FlaskClient:
    """The first household, signed in with its card."""
    return as_(app, Guard.of_household(village.market_id, village.code, village.households[0], "孔振明"))


def only(village: Village) -> PenaltyRecord:
    with reading() as session:
        page = queries.penalties(session, village.recorder)
    (one,) = (*page.waiting, *page.decided)
    return one


def post(client: FlaskClient, way: str, **told: object) -> str:
    answer = client.post(way, data={"key": str(new_id())} | told, follow_redirects=True)
    assert answer.status_code == 200, text_of(answer)
    return text_of(answer)


def test_from_the_grid_s_link_to_the_decision_and_what_the_household_reads(
    app: Flask, at_desk: FlaskClient, village: Village, rules: Rules, clock: Clock, home: FlaskClient
) -> None:
    room, house = f"/v/{village.code}/penalties", village.households[0]
    form = text_of(at_desk.get(f"{room}/new?household={house}&rule=dumping&points=-20"))
    assert f'<option selected value="{house}">' in form
    assert re.search(rf'value="{rules["乱倒垃圾"].id}" checked', form)
    assert re.search(r'id="times"[^>]*value="2"', form)
    assert re.search(r'id="size"[^>]*value="20"', form)
    told = {"household": str(house), "rule": str(rules["乱倒垃圾"].id), "happened_on": DAY.isoformat(), "times": "2"}
    bare = at_desk.post(f"{room}/new", data=told | {"key": str(new_id()), "words": "倒在河边。", "size": "15"})
    assert (bare.status_code, "扣分要有凭据" in text_of(bare)) == (422, True)
    page = post(at_desk, f"{room}/new", **told, words="倒在河边。", proof="巡查记录", size="15", photos=[])
    one = only(village)
    assert (one.points, one.times, one.state) == (-15, 2, "recorded")
    assert "记下了，还没有扣。" in page
    assert "还没有告知户里" in text_of(at_desk.get(room))

    page = post(at_desk, f"{room}/{one.id}/tell", to="孔小满")
    assert all(words in page for words in ("赵记 把告知单交给 孔小满", "10月13日 18:00 以前等答复"))
    chair = as_(app, village.chair)
    early = text_of(chair.get(f"{room}/{one.id}/decide"))
    assert ("现在只能撤销" in early, 'value="stands"' in early) == (True, False)
    assert "还没有扣，您可以先说话" in text_of(home.get(f"/my/penalties/{one.id}"))
    assert f"/my/penalties/{one.id}" in text_of(home.get("/my"))
    page = post(home, f"/my/penalties/{one.id}", reply="那天我家没人。")
    assert "收到了。由另一个人来定" in page
    assert "那天我家没人。" in text_of(chair.get(f"{room}/{one.id}"))

    assert at_desk.get(f"{room}/{one.id}/decide").status_code == 403, "refused before a reason is written"
    own = at_desk.post(f"{room}/{one.id}/decide", data={"key": str(new_id()), "outcome": "stands", "reason": "对。"})
    assert own.status_code == 403
    empty = chair.post(f"{room}/{one.id}/decide", data={"key": str(new_id()), "outcome": "lowered", "reason": "轻。"})
    assert (empty.status_code, "请在下面填上减轻到扣几分" in text_of(empty)) == (422, True)
    decided = {"outcome": "lowered", "size": "5", "reason": "只查到一袋，减轻。"}
    both = chair.post(f"{room}/{one.id}/decide", data={"key": str(new_id())} | decided | {"outcome": "stands"})
    assert both.status_code == 422, "a number that would be passed over is asked about"
    assert "减轻了，扣 5 分（原来 15 分）。" in post(chair, f"{room}/{one.id}/decide", **decided)
    for page in (text_of(home.get("/my")), text_of(home.get(f"/my/penalties/{one.id}"))):
        assert "只查到一袋，减轻。" in page
    assert "石主 减轻：只查到一袋，减轻。" in text_of(at_desk.get(f"/v/{village.code}/households/{house}/statement"))


def test_the_slip_says_what_the_record_says(
    at_desk: FlaskClient, village: Village, rules: Rules, clock: Clock, tmp_path: Path
) -> None:
    with transaction() as session:
        one = penalties.recorded(session, village, clock())
    answer = at_desk.get(f"/v/{village.code}/penalties/{one.id}/slip.pdf")
    assert answer.mimetype == "application/pdf"
    printed = papers.text(answer.data, tmp_path)
    said = (
        *("守口堡村", "扣分告知单", "001 号 孔振明 家（一组）", "2026年10月8日 印", "2026年9月12日"),
        *(f"扣 {-one.points} 分", "乱倒垃圾（细则：每次 10 分）", penalties.SAID, penalties.PROOF, "赵记"),
        *("5 天内答复（今天交到的，到 2026年10月13日 18:00 为止）", "户里的答复", "户里签字", "村委会盖章"),
        *("收到扣分告知单（存根）", "收的人", "交的人", "第 1 页，共 1 页", "账本还没有第一笔"),
    )
    plain = re.sub(r"\s", "", printed)
    for words in said:
        assert re.sub(r"\s", "", words) in plain, words
    clock.at += timedelta(days=1)
    with transaction() as session:
        service.tell_by_slip(session, village.grid_worker, one.id, to="孔振明", at=clock())
    later = papers.text(at_desk.get(f"/v/{village.code}/penalties/{one.id}/slip.pdf").data, tmp_path)
    assert "2026年10月9日告知，到2026年10月14日18:00为止可以答复" in re.sub(r"\s", "", later)
    with transaction() as session:
        service.reply_to_penalty(session, village.grid_worker, one.id, said="不是我家的袋子。", at=clock())
        service.let_stand(session, village.chair, one.id, points=-5, reason="只查到半袋。", at=clock())
    result = re.sub(
        r"\s", "", papers.text(at_desk.get(f"/v/{village.code}/penalties/{one.id}/slip.pdf").data, tmp_path)
    )
    for words in (
        "扣分结果告知单",
        f"减轻了，扣5分（原来{-one.points}分）",
        "只查到半袋。",
        "不是我家的袋子。",
        "石主",
    ):
        assert words in result, words
    assert "还没有扣" not in result, "who is told the decision is not asked for a reply"


def test_a_number_from_a_sheet_is_completed_with_proof(
    at_desk: FlaskClient, village: Village, rules: Rules, clock: Clock
) -> None:
    rule, room = rules["乱倒垃圾"], f"/v/{village.code}/penalties"
    noted = Noted(new_id(), village.households[0], rule.id, rule.code, 1, -5)
    with transaction() as session:
        service.note_penalties(session, village.chair, [noted], source="评分表里的扣分", at=clock())
    assert "去补凭据" in text_of(at_desk.get(room))
    assert at_desk.get(f"{room}/{noted.id}/slip.pdf").status_code == 409
    assert at_desk.get(f"{room}/{noted.id}/tell").status_code == 409
    form = text_of(at_desk.get(f"{room}/{noted.id}/proof"))
    assert all(words in form for words in ("001 孔振明 · 乱倒垃圾", "劝告后两张照片和告知单", 'value="5"'))
    told = {"happened_on": DAY.isoformat(), "times": "1", "size": "5", "words": "倒在河边。", "proof": "巡查记录"}
    assert "记下了，还没有扣。" in post(at_desk, f"{room}/{noted.id}/proof", **told)
    assert at_desk.get(f"{room}/{noted.id}/proof").status_code == 409
    assert "撤掉了，不扣分。" in post(at_desk, f"{room}/{noted.id}/drop", reason="记错了户")


@on_sqlite_alone
def test_its_photos_are_for_the_household_and_the_village_s_staff_alone(
    app: Flask, at_desk: FlaskClient, village: Village, rules: Rules, home: FlaskClient
) -> None:
    told = {"household": str(village.households[0]), "rule": str(rules["乱倒垃圾"].id), "happened_on": DAY.isoformat()}
    sent = told | {"times": "1", "words": "倒在河边。", "photos": [(io.BytesIO(picture()), "河边.jpg")]}
    post(at_desk, f"/v/{village.code}/penalties/new", **sent)
    one: UUID = only(village).id
    ours, theirs = f"/my/penalties/{one}/photos/1", f"/v/{village.code}/penalties/{one}/photos/1"
    other = as_(app, Guard.of_household(village.market_id, village.code, village.households[1], "姚改"))
    anybody = app.test_client()
    assert (home.get(ours).status_code, at_desk.get(theirs).status_code) == (200, 200)
    assert (other.get(ours).status_code, other.get(f"/my/penalties/{one}").status_code) == (404, 404)
    assert (anybody.get(ours).status_code, anybody.get(theirs).status_code) == (302, 302)
    assert home.get(f"/my/penalties/{one}/photos/2").status_code == 404
    assert "看到了，先不说" in text_of(home.get(f"/my/penalties/{one}"))
    assert "户里自己在手机上看到的" in text_of(home.post(f"/my/penalties/{one}/read", follow_redirects=True))
    assert only(village).state == "told"
