"""Vetoes: in force only once a second person has confirmed, until they expire or are lifted."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from love_market.db import new_id, transaction
from love_market.deeds import queries, service
from love_market.deeds.queries import VetoRecord
from love_market.deeds.rules import OwnVeto, RuleDraft, VetoSettled, VetoTwice, VetoWrong
from love_market.ledger.rules import KeyReused
from love_market.people.models import Kinship
from love_market.people.rules import RoleMissing, SameHousehold
from tests.builders import Village, meeting
from tests.conftest import Clock
from tests.deeds.conftest import DAY, Rules, as_, text_of


@pytest.fixture
def rule_id(village: Village, rules: Rules, clock: Clock) -> UUID:
    with transaction() as session:
        drafts = [*(rule.draft() for rule in rules.by_name.values())]
        drafts.append(RuleDraft("一票否决", "违法犯罪", 0, "", evidence="生效的文书", veto_days=365))
        key = service.adopt_version(session, village.chair, drafts, meeting=meeting(clock()), at=clock(), key=new_id())
        return queries.veto_rules(session, village.chair, key)[0].id


def write(session: Session, village: Village, rule_id: UUID, clock: Clock, **other: object) -> VetoRecord:
    told: dict[str, object] = {
        "key": new_id(),
        "household_id": village.households[0],
        "rule_id": rule_id,
        "found_on": DAY,
        "document": "某某决定书 1 号",
        "at": clock(),
    }
    return service.record_veto(session, village.recorder, **(told | other))  # type: ignore[arg-type]


def test_a_veto_bars_from_the_day_it_was_found_until_it_expires(
    session: Session, village: Village, rule_id: UUID, clock: Clock
) -> None:
    found = write(session, village, rule_id, clock)
    assert (found.state, found.ends_on) == ("waiting", DAY + timedelta(days=365))
    assert queries.vetoed_households(session, village.chair, DAY) == {}
    for _ in range(2):
        service.judge_veto(session, village.chair, found.id, confirmed=True, at=clock())
    barred = {village.households[0]: ("违法犯罪",)}
    for days, expected in ((-1, {}), (0, barred), (364, barred), (365, {})):
        assert queries.vetoed_households(session, village.chair, DAY + timedelta(days=days)) == expected
    for _ in range(2):
        service.lift_veto(session, village.chair, found.id, reason="申诉成立", at=clock())
    assert queries.vetoed_households(session, village.chair, DAY) == {}


def test_who_may_not_and_what_is_refused(session: Session, village: Village, rule_id: UUID, clock: Clock) -> None:
    key = new_id()
    found = write(session, village, rule_id, clock, key=key)
    assert write(session, village, rule_id, clock, key=key) == found
    with pytest.raises(KeyReused):
        write(session, village, rule_id, clock, key=key, document="别的")
    with pytest.raises(VetoTwice):
        write(session, village, rule_id, clock)
    with pytest.raises(VetoWrong):
        write(session, village, new_id(), clock)
    with pytest.raises(VetoWrong):
        write(session, village, rule_id, clock, document=" ")
    with pytest.raises(OwnVeto):
        service.judge_veto(session, village.recorder, found.id, confirmed=True, at=clock())
    with pytest.raises(RoleMissing):
        service.judge_veto(session, village.clerk, found.id, confirmed=True, at=clock())
    with pytest.raises(VetoSettled):
        service.lift_veto(session, village.chair, found.id, reason="没有的事", at=clock())
    session.add(
        Kinship(
            market_id=village.market_id,
            id=new_id(),
            staff_id=village.panel[0].staff_id,
            household_id=village.households[0],
            relation="本人",
        )
    )
    session.flush()
    with pytest.raises(SameHousehold):
        service.judge_veto(session, village.panel[0], found.id, confirmed=True, at=clock())
    assert (
        service.judge_veto(session, village.panel[1], found.id, confirmed=False, reason="文书不对", at=clock()).state
        == "refused"
    )
    with pytest.raises(VetoSettled):
        service.judge_veto(session, village.chair, found.id, confirmed=True, at=clock())
    assert queries.vetoed_households(session, village.chair, DAY) == {}


def test_pages_of_a_veto(app: Flask, village: Village, rule_id: UUID) -> None:
    recorder, chair = as_(app, village.recorder), as_(app, village.chair)
    address = f"/v/{village.code}/vetoes"
    assert "没有一票否决的户" in text_of(recorder.get(address))
    told = {"household": str(village.households[0]), "rule": str(rule_id), "found_on": DAY.isoformat()}
    assert recorder.post(f"{address}/new", data=told | {"key": str(new_id())}).status_code == 422
    sent = recorder.post(f"{address}/new", data=told | {"key": str(new_id()), "document": "决定书 1 号"})
    assert "要由另一个人确认" in text_of(recorder.get(sent.location))
    assert "确认这一条" in text_of(as_(app, village.chair).get(sent.location))
    chair = as_(app, village.chair)
    assert chair.post(f"{sent.location}/confirm", data={"key": str(new_id())}).status_code == 302
    assert "有效" in text_of(chair.get(sent.location))
    assert chair.post(f"{sent.location}/lift", data={"key": str(new_id())}).status_code == 422
    chair.post(f"{sent.location}/lift", data={"key": str(new_id()), "reason": "申诉成立"})
    assert "申诉成立" in text_of(chair.get(sent.location))
    assert as_(app, village.clerk).get(address).status_code == 403
