"""A deed of a quarter whose scores are settled: every page says that it brings nothing, before and after."""

from datetime import timedelta

from flask import Flask

from love_market.appraisals import queries as appraisals
from love_market.appraisals import service as appraisals_service
from love_market.clock import Quarter
from love_market.db import new_id, reading, transaction
from tests.builders import Village
from tests.conftest import Clock
from tests.deeds.conftest import DAY, Rules, as_, home_of, text_of, told


def test_whoever_claims_and_whoever_reviews_is_told_that_it_comes_too_late(
    app: Flask, village: Village, rules: Rules, clock: Clock
) -> None:
    quarter = Quarter.of(DAY)
    with transaction() as session:
        appraisals_service.open_quarter(
            session, village.recorder, quarter, budget_points=1000, at=clock(), key=new_id()
        )
    claims = as_(app, home_of(village, 0))
    in_time, late = told(village, rules), told(village, rules, member_name="孔小满")
    claims.post("/my/deeds/new", data=in_time)
    claims.post("/my/deeds/new", data=late)
    assert "认可了就计分。" in text_of(claims.get(f"/my/deeds/{late['key']}?recorded=1"))
    assert 'data-closed="{}"' in text_of(claims.get("/my/deeds/new"))
    room = f"/v/{village.code}/deeds"
    key = {"key": str(new_id()), "looked": "y"}
    as_(app, village.grid_worker).post(f"{room}/{in_time['key']}/first-review", data=key)
    as_(app, village.grid_worker).post(f"{room}/{late['key']}/first-review", data=key)
    assert "认可，加 24 分" in text_of(as_(app, village.chair).get(f"{room}/{late['key']}"))
    as_(app, village.chair).post(f"{room}/{in_time['key']}/accept", data=key)

    clock.at += timedelta(days=1)
    with transaction() as session:
        appraisals_service.submit(session, village.recorder, quarter, at=clock())
    clock.at += timedelta(minutes=1)
    claims = as_(app, home_of(village, 0))
    assert str(quarter) in text_of(claims.get("/my/deeds/new")).split("data-closed=")[1].split(">")[0]
    page = text_of(claims.get(f"/my/deeds/{late['key']}?recorded=1"))
    assert ("不加分" in page, "认可了就计分" in page) == (True, False)
    chair = as_(app, village.chair)
    page = text_of(chair.get(f"{room}/{late['key']}"))
    assert ("认可，只登记" in page, "认可，加" in page) == (True, False)
    chair.post(f"{room}/{late['key']}/accept", data=key)
    assert "这件没有加分" in text_of(chair.get(f"{room}/{late['key']}"))
    assert "这件没有加分" not in text_of(chair.get(f"{room}/{in_time['key']}"))
    for page in (text_of(as_(app, home_of(village, 0)).get(way)) for way in ("/my", "/my/deeds")):
        assert page.count(f"没赶上{quarter.title}，不加分") == 1

    with transaction() as session:
        appraisals_service.return_to_scoring(session, village.recorder, quarter, at=clock())
    with reading() as session:
        sheet = appraisals.sheet(session, village.recorder, quarter)
    counted = {rule.code: cell.counted for rule, cell in zip(sheet.rules, sheet.rows[0].cells, strict=True)}
    assert counted["public_labour"] == 40, "sent back to scoring, it takes both over, as far as the cap goes"
    assert "这件没有加分" not in text_of(as_(app, village.chair).get(f"{room}/{late['key']}"))
