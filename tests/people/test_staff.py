import pytest
from flask.testing import FlaskClient

from love_market.db import new_id, reading, transaction
from love_market.people import queries, service
from love_market.people.rules import (
    Guard,
    NoSuchStaff,
    OwnChair,
    Role,
    RoleMissing,
    RolesClash,
    SignInNameTaken,
    StaffOfElsewhere,
)
from tests import builders
from tests.builders import VILLAGE_CODE, Village
from tests.conftest import Clock
from tests.people.forms import form, staff

V = f"/v/{VILLAGE_CODE}"


def test_people_are_added_given_other_roles_and_leave(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.chair)
    somebody = form(
        name="钱守信", sign_in_name="钱守信", password="几个好记的词，一定够长", roles=["clerk", "grid_worker"]
    )
    assert client.post(f"{V}/staff/new", data=somebody).status_code == 302
    assert client.post(f"{V}/staff/new", data=somebody).status_code == 302  # pressed twice
    with reading() as session:
        (added,) = [each for each in queries.staff_at(session, village.code) if each.name == "钱守信"]
    assert added.roles_here(village.code) == [Role.GRID_WORKER, Role.CLERK]
    taken = client.post(f"{V}/staff/new", data=somebody | form())
    assert (taken.status_code, "已经有人用了" in taken.text) == (409, True)
    both = client.post(f"{V}/staff/new", data=somebody | form(sign_in_name="另一个", roles=["recorder", "chair"]))
    assert (both.status_code, "不能是同一个人" in both.text) == (409, True)
    weak = client.post(f"{V}/staff/new", data=somebody | form(sign_in_name="另一个", password="钱守信" * 4))
    assert weak.status_code == 422
    overseer = client.post(f"{V}/staff/new", data=somebody | form(sign_in_name="另一个", roles=["county_overseer"]))
    assert overseer.status_code == 422
    page = f"{V}/staff/{added.id}"
    assert client.get(page).status_code == 200
    assert client.post(page, data=form(roles=["recorder"])).status_code == 302
    assert client.post(page, data=form(roles=["recorder", "chair"])).status_code == 409
    assert client.post(page, data=form()).status_code == 422
    with reading() as session:
        assert queries.staff_member(session, village.chair, added.id).roles_here(village.code) == [Role.RECORDER]
    assert client.post(f"{page}/password", data=form(password="short")).status_code == 422
    assert client.post(f"{page}/password", data=form(password="另外几个词，也一定够长")).status_code == 302
    assert "不在本村做了？" in client.get(f"{page}/leave").text
    assert client.post(f"{page}/leave", data=form()).status_code == 302
    assert client.get(page).status_code == 404


def test_only_the_chair_and_overseers_keep_staff(client: FlaskClient, village: Village, clock: Clock) -> None:
    for guard in (village.recorder, village.clerk, village.grid_worker, village.panel[0]):
        builders.sign_in(client, guard)
        for page in (f"{V}/staff", f"{V}/staff/new", f"{V}/staff/{village.clerk.staff_id}"):
            assert client.get(page).status_code == 403
        assert client.post(f"{V}/staff/new", data=form()).status_code == 403
    township = staff(village, clock, "镇里", ("140221100", Role.TOWNSHIP_OVERSEER))
    builders.sign_in(client, Guard.of_staff(village.market_id, village.code, township, "镇里"))
    assert client.get(f"{V}/staff").status_code == 200


def test_a_chair_rules_one_village_only(village: Village, clock: Clock) -> None:
    stranger = staff(village, clock, "外村人", ("140221100001", Role.CLERK))
    shared = staff(village, clock, "两村人", ("140221100001", Role.CLERK), (village.code, Role.CLERK))
    county = staff(village, clock, "县里", ("140221", Role.COUNTY_OVERSEER))
    chair = village.chair
    with transaction() as session:
        for staff_id in (stranger, county):
            with pytest.raises(NoSuchStaff):
                service.set_password(session, chair, staff_id, "几个好记的词，一定够长", at=clock())
            with pytest.raises(NoSuchStaff):
                service.leave(session, chair, staff_id, at=clock())
        with pytest.raises(StaffOfElsewhere):
            service.set_password(session, chair, shared, "几个好记的词，一定够长", at=clock())
        with pytest.raises(RoleMissing):
            service.grant(session, chair, shared, Role.COUNTY_OVERSEER, at=clock())
        with pytest.raises(RoleMissing):
            service.grant(session, village.recorder, shared, Role.CHAIR, at=clock())
        service.leave(session, chair, shared, at=clock())
        remaining = queries.credentials(session, "两村人")
    assert remaining.staff_id == shared  # still works in the other village


def test_a_chair_cannot_lock_the_village_out(client: FlaskClient, village: Village, clock: Clock) -> None:
    assert village.chair.staff_id is not None
    with transaction() as session:
        with pytest.raises(OwnChair):
            service.leave(session, village.chair, village.chair.staff_id, at=clock())
        with pytest.raises(OwnChair):
            service.revoke(session, village.chair, village.chair.staff_id, Role.CHAIR)
    builders.sign_in(client, village.chair)
    answer = client.post(f"{V}/staff/{village.chair.staff_id}", data=form(roles=["clerk"]))
    assert (answer.status_code, "不能自己撤自己的主任" in answer.text) == (409, True)


def test_two_roles_that_check_each_other_are_two_people(village: Village, clock: Clock) -> None:
    assert village.recorder.staff_id is not None
    with transaction() as session, pytest.raises(RolesClash):
        service.grant(session, village.chair, village.recorder.staff_id, Role.CHAIR, at=clock())
    with transaction() as session, pytest.raises(SignInNameTaken):
        service.add_staff(
            session,
            name="重名",
            sign_in_name=f"店员-{VILLAGE_CODE}",
            password="几个好记的词，一定够长",
            grants=[],
            at=clock(),
            key=new_id(),
        )


def test_kin_is_noted_shown_and_struck(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    sent = form(staff_id=str(village.panel[0].staff_id), household_id=str(village.households[0]), relation="本人")
    assert client.post(f"{V}/kin", data=sent).status_code == 302
    assert client.post(f"{V}/kin", data=sent | form(relation="儿子")).status_code == 302  # the same pair once
    with reading() as session:
        (note,) = queries.kinships(session, village.recorder)
    assert (note.staff_id, note.household_id) == (village.panel[0].staff_id, village.households[0])
    assert (note.staff_name, note.head_name, note.relation) == ("评议甲", "孔振明", "儿子")
    assert "评议甲" in client.get(f"{V}/households/{village.households[0]}").text
    wrong = client.post(f"{V}/kin", data=sent | form(household_id=str(new_id())))
    assert wrong.status_code == 422
    assert client.post(f"{V}/kin", data=form()).status_code == 422
    for who, status in ((village.recorder, 302), (village.grid_worker, 302), (village.clerk, 422)):
        data = sent | form(staff_id=str(who.staff_id), household_id=str(village.households[1]))
        assert client.post(f"{V}/kin", data=data).status_code == status, "who sells does not judge"
    assert client.post(f"{V}/kin/{note.id}/remove", data=form()).status_code == 302
    with reading() as session:
        assert {each.staff_id for each in queries.kinships(session, village.recorder)} == {
            village.recorder.staff_id,
            village.grid_worker.staff_id,
        }
    builders.sign_in(client, village.panel[0])
    assert client.get(f"{V}/kin").status_code == 403
