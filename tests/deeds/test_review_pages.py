"""The page of one deed: two people's words on it, its photos, taking it back."""

import io

from flask import Flask
from flask.testing import FlaskClient

from love_market.db import new_id, reading, transaction
from love_market.deeds import queries
from love_market.people.rules import Guard
from tests.builders import Village
from tests.conftest import Clock
from tests.deeds.conftest import DAY, Rules, as_, kin_to, record, text_of, told
from tests.deeds.test_evidence import picture


def test_two_people_review_on_the_page(app: Flask, at_desk: FlaskClient, village: Village, rules: Rules) -> None:
    deed_id = told(village, rules)["key"]
    at_desk.post(f"/v/{village.code}/deeds/new", data=told(village, rules, key=deed_id))
    address = f"/v/{village.code}/deeds/{deed_id}"
    own = text_of(at_desk.get(address))
    assert "这件是您记的，等网格员看。" in own
    assert "认可，加" not in own
    refused = at_desk.post(f"{address}/accept", data={"key": str(new_id())})
    assert refused.status_code == 403
    assert "这件是您自己记的，要由另一个人来审。" in text_of(refused)
    chair, grid_worker = as_(app, village.chair), as_(app, village.grid_worker)
    assert "等网格员看。" in text_of(chair.get(address))
    early = chair.post(f"{address}/accept", data={"key": str(new_id())})
    assert (early.status_code, "这件不归您审：等网格员看。" in text_of(early)) == (403, True)
    assert "属实，初审通过" in text_of(grid_worker.get(address))
    grid_worker.post(f"{address}/first-review", data={"key": str(new_id())})
    assert "等村委会看。" in text_of(grid_worker.get(address))
    assert "认可，加 24 分" in text_of(chair.get(address))
    answer = chair.post(f"{address}/accept", data={"key": str(new_id())})
    assert (answer.status_code, answer.location) == (302, address)
    page = text_of(chair.get(address))
    assert 'aria-label="认可"' in page
    assert "认可，加" not in page
    with reading() as session:
        assert list(queries.accepted_points(session, village.chair, DAY, DAY).values()) == [24]
    again = as_(app, village.panel[0]).post(f"{address}/accept", data={"key": str(new_id())})
    assert again.status_code == 409
    assert "已认可" in text_of(again)


def test_refusing_on_the_page_wants_a_reason(app: Flask, village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        deed = record(session, village, rules, clock)
    address = f"/v/{village.code}/deeds/{deed.id}"
    grid_worker = as_(app, village.grid_worker)
    assert "退回的原因" not in text_of(grid_worker.get(address))
    asked = text_of(grid_worker.get(f"{address}?refuse=1"))
    assert "退回的原因" in asked
    assert "初审通过" not in asked
    answer = grid_worker.post(f"{address}/refuse", data={"key": str(new_id()), "reason": ""})
    assert answer.status_code == 422
    assert "请写明原因" in text_of(answer)
    answer = grid_worker.post(f"{address}/refuse", data={"key": str(new_id()), "reason": "名单上只有两次"})
    assert answer.location == address
    page = text_of(as_(app, village.recorder).get(address))
    assert "名单上只有两次" in page
    assert "按原因改好，再记一件。" in page


def test_kin_and_others_do_not_review(app: Flask, village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        deed = record(session, village, rules, clock)
        kin_to(session, village.chair, deed.household_id)
    address = f"/v/{village.code}/deeds/{deed.id}"
    chair = as_(app, village.chair)
    assert "请回避" in text_of(chair.get(address))
    assert chair.post(f"{address}/accept", data={"key": str(new_id())}).status_code == 409
    member = as_(app, village.panel[0])
    assert "等网格员看。" in text_of(member.get(address))
    assert member.post(f"{address}/first-review", data={"key": str(new_id())}).status_code == 403
    with reading() as session:
        assert queries.deed(session, village.chair, deed.id).state == "claimed"


def test_withdrawing_on_the_page(at_desk: FlaskClient, village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        deed = record(session, village, rules, clock)
    address = f"/v/{village.code}/deeds/{deed.id}"
    assert "记错了，撤回" in text_of(at_desk.get(address))
    assert at_desk.post(f"{address}/withdraw", data={"key": str(new_id())}).location == address
    assert "撤回了，不计分。" in text_of(at_desk.get(address))


def test_a_photo_goes_to_the_villages_staff_only(
    app: Flask, at_desk: FlaskClient, village: Village, rules: Rules
) -> None:
    given = told(village, rules, photos=[(io.BytesIO(picture()), "a.jpg")])
    at_desk.post(f"/v/{village.code}/deeds/new", data=given)
    address = f"/v/{village.code}/deeds/{given['key']}/photos/1"
    answer = at_desk.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert at_desk.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert at_desk.get(address.replace("photos/1", "photos/2")).status_code == 404
    assert as_(app, village.clerk).get(address).status_code == 403
    household = Guard.of_household(village.market_id, village.code, village.households[0], "孔振明")
    for client in (app.test_client(), as_(app, household)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "/sign-in" in answer.location or "next=" in answer.location
