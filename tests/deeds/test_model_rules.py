"""Model rules: published by a township or county, copied by the villages below, seen by nobody else."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from love_market.db import new_id, transaction
from love_market.deeds import queries, service
from love_market.deeds.intake import catalogue
from love_market.deeds.rules import NothingChanged, RuleDraft, VersionMovedOn
from love_market.ledger.rules import KeyReused
from love_market.people import queries as people
from love_market.people import service as people_service
from love_market.people.queries import StaffRecord
from love_market.people.rules import Guard, Role, RoleMissing
from love_market.places.models import Place
from tests.builders import Village, meeting, sign_in
from tests.conftest import Clock
from tests.deeds.conftest import as_, text_of
from tests.deeds.test_rules_pages import cells

TOWN, COUNTY, ELSEWHERE = "140221100", "140221", "140222"
MODEL = [
    *catalogue()[:2],
    RuleDraft("和谐", "镇上的新规矩", 7, "次", code="town-rule"),
    RuleDraft("一票否决", "违法犯罪", 0, "", code="crime", veto_days=365),
]


def overseer(session: Session, code: str, role: Role, at: Clock) -> StaffRecord:
    """Make an overseer of a place and return how they are known."""
    staff_id = people_service.add_staff(
        session,
        name="乡镇的人",
        sign_in_name=f"overseer-{code}",
        password="made-up-long-one",
        grants=[(code, role)],
        at=at(),
        key=new_id(),
    )
    return StaffRecord(staff_id, f"overseer-{code}", "乡镇的人", ((code, role),))


def publish(session: Session, staff: StaffRecord, code: str, clock: Clock, **other: object) -> None:
    told: dict[str, object] = {"note": "", "at": clock(), "key": new_id(), "based_on": 0}
    service.publish_model(session, staff, code, MODEL, **(told | other))  # type: ignore[arg-type]


@pytest.fixture
def town(village: Village, clock: Clock) -> StaffRecord:
    with transaction() as session:
        return overseer(session, TOWN, Role.TOWNSHIP_OVERSEER, clock)


def test_a_version_is_published_once_and_never_changed(session: Session, town: StaffRecord, clock: Clock) -> None:
    key = new_id()
    for _ in range(2):
        publish(session, town, TOWN, clock, key=key, note="试一年")
    found = queries.models_of(session, [TOWN])
    assert [(one.number, one.note, one.publisher_name) for one in found] == [(1, "试一年", "乡镇的人")]
    assert queries.model_drafts(session, key) == MODEL
    with pytest.raises(KeyReused):
        service.publish_model(session, town, TOWN, MODEL[:2], note="", at=clock(), key=key, based_on=0)
    with pytest.raises(NothingChanged):
        publish(session, town, TOWN, clock, based_on=1)
    with pytest.raises(VersionMovedOn):
        publish(session, town, TOWN, clock)
    with pytest.raises(RoleMissing):
        publish(session, town, COUNTY, clock)


def test_a_village_sees_the_model_rules_above_it_and_no_others(
    session: Session, village: Village, town: StaffRecord, clock: Clock
) -> None:
    session.add(Place(code=ELSEWHERE, name="邻县", level="county", parent_code=None, market_id=None))
    session.flush()
    for code, role in ((COUNTY, Role.COUNTY_OVERSEER), (ELSEWHERE, Role.COUNTY_OVERSEER)):
        publish(session, overseer(session, code, role, clock), code, clock)
    publish(session, town, TOWN, clock)
    assert [one.place_code for one in queries.models_for(session, village.chair)] == [TOWN, COUNTY]


def test_a_village_ticks_model_rules_and_goes_on_in_its_editor(
    app: Flask, village: Village, town: StaffRecord, clock: Clock
) -> None:
    desk: FlaskClient = app.test_client()
    sign_in(desk, Guard.of_staff(village.market_id, village.code, town.id, town.name))
    address = f"/overview/{TOWN}/rules"
    assert "还没有发布示范细则" in text_of(desk.get(address))
    assert "示范细则" in text_of(desk.get("/overview"))
    rows = {"key": str(new_id()), "based_on": "0"} | cells(MODEL[:3])
    assert "发布第 1 版" in text_of(desk.post(f"{address}/new", data=rows))
    for _ in range(2):
        assert desk.post(f"{address}/new", data=rows | {"step": "adopt", "note": "试一年"}).location == address
    assert "镇上的新规矩" in text_of(desk.get(address))
    assert desk.get(f"/overview/{COUNTY}/rules").status_code == 403
    chair = as_(app, village.chair)
    assert "龙泉镇" in text_of(chair.get(f"/v/{village.code}/rules/begin"))
    with transaction() as session:
        found = queries.models_for(session, village.chair)
        assert len(found) == 1
        assert people.staff_of_session(session, new_id()) is None
    pick = f"/v/{village.code}/rules/model/{found[0].id}"
    assert "镇上的新规矩" in text_of(chair.get(pick))
    assert chair.post(pick, data={"key": str(new_id())}).status_code == 422
    page = text_of(chair.post(pick, data={"key": str(new_id()), "codes": ["town-rule"]}))
    assert 'value="镇上的新规矩"' in page
    assert 'value="庭院整洁"' not in page
    with transaction() as session:
        own = [replace(MODEL[0], points=9, cap_points=9, name="庭院 整洁", code="ours"), MODEL[1]]
        service.adopt_version(session, village.chair, own, meeting=meeting(clock()), note="", at=clock(), key=new_id())
    page = " ".join(text_of(chair.get(pick)).split())
    assert page.count("本村已有，一样") == 1
    assert "本村现在：庭院 整洁" in page, "what is written otherwise here is shown, not looked up"
    with transaction() as session:
        session.add(Place(code=ELSEWHERE, name="邻县", level="county", parent_code=None, market_id=None))
        session.flush()
        elsewhere = new_id()
        publish(session, overseer(session, ELSEWHERE, Role.COUNTY_OVERSEER, clock), ELSEWHERE, clock, key=elsewhere)
    for unseen in (elsewhere, new_id()):
        assert chair.get(f"/v/{village.code}/rules/model/{unseen}").status_code == 404
    assert "邻县" not in text_of(chair.get(f"/v/{village.code}/rules/begin"))
    assert chair.get(address).status_code == 403
