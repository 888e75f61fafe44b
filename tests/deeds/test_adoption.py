"""Adopting rules: a version is never changed, a change makes the next."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.deeds import queries, service
from love_market.deeds.evidence import StoredPhoto
from love_market.deeds.models import Rule, RuleVersion
from love_market.deeds.rules import (
    Meeting,
    MeetingWrong,
    NoQuorum,
    NothingChanged,
    NotKnowingly,
    RuleDraft,
    RuleWrong,
    VersionMovedOn,
    Warned,
)
from love_market.ledger.rules import KeyReused
from love_market.people.rules import Guard, RoleMissing
from tests.builders import Village, adopt_catalogue, meeting
from tests.conftest import Clock
from tests.deeds.conftest import Rules, standing


def rows_of(session: Session, version_id: UUID) -> list[tuple[object, ...]]:
    query = select(Rule.id, Rule.code, Rule.name, Rule.points, Rule.cap_points, Rule.position)
    return [tuple(row) for row in session.execute(query.where(Rule.version_id == version_id).order_by(Rule.position))]


def test_the_catalogue_becomes_version_one_once(session: Session, village: Village, clock: Clock) -> None:
    assert queries.current_version(session, village.chair) is None
    first = adopt_catalogue(session, village.chair, at=clock())
    assert adopt_catalogue(session, village.recorder, at=clock()) == first
    assert session.scalars(select(RuleVersion.number)).all() == [1]
    version = queries.current_version(session, village.chair)
    assert version is not None
    assert (version.id, version.number, version.adopted_by) == (first, 1, "石主")
    assert len(queries.rules(session, village.chair, first)) == 40


def test_a_change_makes_a_new_version_and_the_old_one_stays(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    before = rows_of(session, rules.version_id)
    drafts = [rule.draft() for rule in rules.by_name.values()]
    drafts[0] = replace(drafts[0], points=10, cap_points=10)
    drafts = [*drafts[:3], *drafts[4:], RuleDraft("和谐", "邻里和睦", 5, "季", 5, "quarter")]
    key = new_id()
    second = service.adopt_version(
        session, village.chair, drafts, meeting=meeting(clock()), note="村民代表会议通过", at=clock(), key=key
    )
    assert second == key
    assert rows_of(session, rules.version_id) == before
    now = standing(session, village.recorder)
    assert now.version_id == second
    assert (now["庭院整洁"].points, now["庭院整洁"].cap_points) == (10, 10)
    assert now["庭院整洁"].code == rules["庭院整洁"].code
    assert now["庭院整洁"].id != rules["庭院整洁"].id
    assert now["邻里和睦"].code.startswith("own-")
    assert "村庄清扫" not in now.by_name
    assert [version.number for version in queries.versions(session, village.chair)] == [2, 1]
    assert queries.version(session, village.chair, 2).note == "村民代表会议通过"


def test_adopting_again_with_the_key_is_once(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    drafts = [rule.draft() for rule in rules.by_name.values()][:5]
    key = new_id()
    for _ in range(2):
        assert (
            service.adopt_version(
                session, village.chair, drafts, meeting=meeting(clock()), note="改", at=clock(), key=key
            )
            == key
        )
    assert len(queries.versions(session, village.chair)) == 2
    with pytest.raises(KeyReused):
        service.adopt_version(
            session,
            village.chair,
            drafts,
            meeting=replace(meeting(clock()), present=27, votes_for=25),
            at=clock(),
            key=key,
        )
    with pytest.raises(KeyReused):
        service.adopt_version(
            session, village.chair, drafts[:4], meeting=meeting(clock()), note="改", at=clock(), key=key
        )


def test_what_no_version_is_adopted_for(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    drafts = [rule.draft() for rule in rules.by_name.values()]

    def adopt(guard: Guard, drafts: list[RuleDraft], note: str = "", based_on: int | None = None) -> None:
        service.adopt_version(
            session, guard, drafts, meeting=meeting(clock()), note=note, at=clock(), key=new_id(), based_on=based_on
        )

    with pytest.raises(NothingChanged):
        adopt(village.chair, drafts)
    with pytest.raises(RoleMissing):
        adopt(village.grid_worker, drafts[:3])
    with pytest.raises(RuleWrong):
        adopt(village.chair, [])
    with pytest.raises(RuleWrong):
        adopt(village.chair, drafts[:3], note="长" * 201)
    with pytest.raises(VersionMovedOn):
        adopt(village.chair, drafts[:3], based_on=7)
    adopt(village.chair, drafts[:3], based_on=1)
    with pytest.raises(VersionMovedOn):
        adopt(village.recorder, drafts[:4], based_on=1)


def test_what_was_decided_is_kept_with_the_version(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    told = Meeting(village_date(clock()), 31, 21, 11, 6, 4)
    photo = StoredPhoto("ab" * 32, 30, 40)
    drafts = [rule.draft() for rule in rules.by_name.values()][:3]
    key = service.adopt_version(session, village.chair, drafts, meeting=told, at=clock(), key=new_id(), minutes=[photo])
    version = queries.version(session, village.chair, 2)
    assert (version.id, version.meeting, version.knowingly) == (key, told, ())
    assert [each.sha256 for each in queries.minutes(session, village.chair, key)] == [photo.sha256]


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        (Meeting(date(2020, 1, 1), 30, 20, 11, 9, 0), MeetingWrong),
        (None, NoQuorum),
    ],
)
def test_without_a_meeting_that_carries_it_nothing_is_adopted(
    session: Session, village: Village, clock: Clock, told: Meeting | None, refusal: type[Exception]
) -> None:
    meeting_told = told or Meeting(village_date(clock()), 30, 19, 19)
    with pytest.raises(refusal):
        service.adopt_catalogue(session, village.chair, meeting=meeting_told, at=clock())
    assert queries.current_version(session, village.chair) is None


def test_a_veto_stands_in_a_version_and_moves_no_points(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    veto = RuleDraft("一票否决", "违法犯罪", 0, "", evidence="生效的文书", veto_days=365)
    drafts = [veto, *(rule.draft() for rule in rules.by_name.values())]
    key = service.adopt_version(session, village.chair, drafts, meeting=meeting(clock()), at=clock(), key=new_id())
    assert len(queries.rules(session, village.chair, key)) == 40
    assert [(one.name, one.days) for one in queries.veto_rules(session, village.chair, key)] == [("违法犯罪", 365)]
    assert len(queries.drafts(session, village.chair, key)) == 41
    with pytest.raises(NothingChanged):
        service.adopt_version(
            session,
            village.chair,
            queries.drafts(session, village.chair, key),
            meeting=meeting(clock()),
            at=clock(),
            key=new_id(),
        )


def test_what_is_never_scored_is_adopted_knowingly_or_not_at_all(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    drafts = [rule.draft() for rule in rules.by_name.values()]
    drafts.append(RuleDraft("参与", "配合检查", 5, "次", evidence="入户问卷答满意"))
    with pytest.raises(NotKnowingly):
        service.adopt_version(session, village.chair, drafts, meeting=meeting(clock()), at=clock(), key=new_id())
    service.adopt_version(
        session, village.chair, drafts, meeting=meeting(clock()), at=clock(), key=new_id(), knowingly=True
    )
    version = queries.version(session, village.chair, 2)
    assert version.knowingly == (Warned("配合检查", "入户调查怎么回答"),)
