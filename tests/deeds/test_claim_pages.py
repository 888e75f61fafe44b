"""A household's own pages: claiming, what became of it, nobody else's to see; what reviewers must look at."""

import io
from uuid import UUID

from flask import Flask

from love_market.db import new_id, reading, transaction
from love_market.deeds import queries, service
from tests.builders import Village
from tests.conftest import Clock
from tests.deeds.conftest import Rules, as_, home_of, record, text_of, told
from tests.deeds.test_evidence import picture

WEBM = b"\x1aE\xdf\xa3" + b"\x00" * 60


def test_a_household_claims_and_sees_what_became_of_it(app: Flask, village: Village, rules: Rules) -> None:
    home = as_(app, home_of(village, 0))
    form = home.get("/my/deeds/new")
    assert form.headers["Permissions-Policy"] == "camera=(self), microphone=(self), geolocation=()"
    assert "microphone=()" in home.get("/my/deeds").headers["Permissions-Policy"]
    assert "义务劳动" in text_of(form)
    assert "乱倒垃圾" not in text_of(form), "what takes points is not offered"
    given = told(village, rules, photos=[(io.BytesIO(picture()), "a.jpg")], sound=(io.BytesIO(WEBM), "sound"))
    answer = home.post("/my/deeds/new", data=given)
    address = f"/my/deeds/{given['key']}"
    assert answer.location == f"{address}?recorded=1"
    assert "报上去了，等网格员看。认可了就计分。" in text_of(home.get(answer.location))
    for part, kind in (("photos/1", "image/jpeg"), ("sound", "audio/webm")):
        assert home.get(f"{address}/{part}").mimetype == kind
        assert as_(app, village.grid_worker).get(f"/v/{village.code}/deeds/{given['key']}/{part}").mimetype == kind
    other = as_(app, home_of(village, 1))
    for part in ("", "/photos/1", "/sound"):
        assert other.get(address + part).status_code == 404
    assert other.post(f"{address}/withdraw", data={"key": str(new_id())}).status_code == 404
    assert "义务劳动" not in text_of(other.get("/my/deeds"))
    as_(app, village.grid_worker).post(
        f"/v/{village.code}/deeds/{given['key']}/refuse", data={"key": str(new_id()), "reason": "照片看不清是谁家"}
    )
    home = as_(app, home_of(village, 0))
    assert "退回：照片看不清是谁家" in text_of(home.get("/my/deeds"))
    page = text_of(home.get(address))
    assert "补上凭据，再报" in page
    assert "照片看不清是谁家" in page
    again = text_of(home.get(f"/my/deeds/new?again={given['key']}"))
    assert "上次退回的原因：" in again
    assert "清了三个半天的渠。" in again
    second = told(village, rules, words="补一张清楚的")
    home.post(f"/my/deeds/new?again={given['key']}", data=second)
    assert "照片看不清是谁家" in text_of(as_(app, village.grid_worker).get(f"/v/{village.code}/deeds/{second['key']}"))


def test_what_a_household_does_not_claim(app: Flask, village: Village, rules: Rules) -> None:
    home = as_(app, home_of(village, 0))
    neighbours = told(village, rules, household=str(village.households[1]))
    assert home.post("/my/deeds/new", data=neighbours).status_code == 422
    spoken = told(village, rules, sound=(io.BytesIO(b"<script>"), "sound"))
    answer = home.post("/my/deeds/new", data=spoken)
    assert answer.status_code == 422
    assert "这段录音打不开" in text_of(answer)
    assert home.post("/my/deeds/new", data=told(village, rules, words="")).status_code == 422
    with reading() as session:
        assert queries.claims(session, home_of(village, 0)) == []
    assert app.test_client().get("/my/deeds/new").status_code == 302


def test_taking_a_claim_back_while_nobody_has_looked(app: Flask, village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        one = record(session, village, rules, clock, guard=home_of(village, 0))
        other = record(session, village, rules, clock, guard=home_of(village, 0), rule="参加会议", times=1)
        service.first_review(session, village.grid_worker, other.id, at=clock())
    home = as_(app, home_of(village, 0))
    assert "报错了，撤回" in text_of(home.get(f"/my/deeds/{one.id}"))
    home.post(f"/my/deeds/{one.id}/withdraw", data={"key": str(new_id())})
    assert "撤回了，不计分。" in text_of(home.get(f"/my/deeds/{one.id}"))
    assert "等村委会看" in text_of(home.get(f"/my/deeds/{other.id}"))
    assert home.post(f"/my/deeds/{other.id}/withdraw", data={"key": str(new_id())}).status_code == 409


def test_a_reviewer_looks_at_what_is_pointed_out(app: Flask, village: Village, rules: Rules, clock: Clock) -> None:
    keys = [str(new_id()), str(new_id())]
    for index, key in enumerate(keys):
        given = told(village, rules, key=key, household=str(village.households[index]))
        given["photos"] = [(io.BytesIO(picture()), "a.jpg")]
        assert as_(app, home_of(village, index)).post("/my/deeds/new", data=given).status_code == 302
    mine = text_of(as_(app, home_of(village, 1)).get(f"/my/deeds/{keys[1]}"))
    assert "照片 1 和另一件好事的照片是同一张。" in mine
    assert "孔振明" not in mine, "whose the other one is, is not for neighbours"
    grid_worker, address = as_(app, village.grid_worker), f"/v/{village.code}/deeds/{keys[1]}"
    page = text_of(grid_worker.get(address))
    assert f"/v/{village.code}/deeds/{keys[0]}/photos/1" in page
    assert "两户报的是同一天的同一件事。" in page
    unlooked = grid_worker.post(f"{address}/first-review", data={"key": str(new_id())})
    assert unlooked.status_code == 422
    assert "请先看一看" in text_of(unlooked)
    assert grid_worker.post(f"{address}/first-review", data={"key": str(new_id()), "looked": "y"}).status_code == 302
    with reading() as session:
        assert queries.waiting(session, village.chair)[UUID(keys[1])].is_first is False


def test_the_chair_says_who_is_informant_and_whose_grid(app: Flask, village: Village, rules: Rules) -> None:
    chair = as_(app, village.chair)
    address = f"/v/{village.code}/staff/{village.grid_worker.staff_id}"
    chair.post(address, data={"key": str(new_id()), "roles": ["grid_worker"], "grid_name": "第1网格"})
    assert '<option selected value="第1网格">' in text_of(chair.get(address))
    edited = f"/v/{village.code}/households/{village.households[2]}"
    chair.post(
        f"{edited}/edit",
        data={"key": str(new_id()), "number": "003", "head_name": "蒋凤", "group_name": "一组", "member_count": "3",
              "is_informant": "y"},
    )  # fmt: skip
    assert "小组信息员" in text_of(chair.get(edited))
    informant = as_(app, home_of(village, 2))
    assert "哪一户" in text_of(informant.get("/my/deeds/new"))
    given = told(village, rules)
    informant.post("/my/deeds/new", data=given)
    assert "001 孔振明" in text_of(informant.get("/my/deeds"))
