import io
import re
from uuid import UUID

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from love_market.db import new_id, reading, transaction
from love_market.people import queries, service
from love_market.people.models import Household, HouseholdSession
from love_market.people.rules import (
    Guard,
    HouseholdNumberTaken,
    NoSuchHousehold,
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

V = f"/v/{VILLAGE_CODE}"
DETAILS = {"number": "013", "head_name": "周小兰", "group_name": "一组", "member_count": "2", "phone": "13900000013"}


def form(**values: object) -> dict[str, object]:
    return {"key": str(new_id())} | values


def give_phone(village: Village) -> None:
    with transaction() as session:
        row = session.get_one(Household, (village.market_id, village.households[0]))
        row.phone = "13900000001"


def staff(village: Village, clock: Clock, name: str, *grants: tuple[str, Role]) -> UUID:
    with transaction() as session:
        return service.add_staff(
            session,
            name=name,
            sign_in_name=name,
            password="几个好记的词，一定够长",
            grants=grants,
            at=clock(),
            key=new_id(),
        )


def test_households_are_listed_found_and_sorted_into_groups(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    page = client.get(f"{V}/households").text
    assert "12</b> 户" in re.sub(r"\s+", " ", page)
    assert page.count('class="name"') == 12
    assert client.get(f"{V}/households?q=孔").text.count('class="name"') == 2
    assert client.get(f"{V}/households?q=012").text.count('class="name"') == 1
    assert client.get(f"{V}/households?group=二组").text.count('class="name"') == 6
    assert "没有找到这一户" in client.get(f"{V}/households?q=查无此人").text


def test_a_village_without_households_is_told_what_to_do_next(client: FlaskClient, village: Village) -> None:
    with transaction() as session:
        for row in session.scalars(select(Household)):
            session.delete(row)
    builders.sign_in(client, village.recorder)
    page = client.get(f"{V}/households").text
    assert "册上还没有农户" in page
    assert f'href="{V}/households/roster"' in page


def test_telephones_are_for_the_committee_and_grid_workers(client: FlaskClient, village: Village, clock: Clock) -> None:
    give_phone(village)
    county = staff(village, clock, "县里", ("140221", Role.COUNTY_OVERSEER))
    overseer = Guard.of_staff(village.market_id, village.code, county, "县里", Role.COUNTY_OVERSEER)
    pages = (f"{V}/households", f"{V}/households/{village.households[0]}")
    for guard, seen in (
        (village.recorder, True),
        (village.chair, True),
        (village.grid_worker, True),
        (overseer, False),
    ):
        builders.sign_in(client, guard)
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200
            assert ("13900000001" in answer.text) is seen
    builders.sign_in(client, overseer)
    assert 'class="name"' not in client.get(f"{V}/households?q=13900000001").text
    for guard in (village.clerk, village.panel[0]):
        builders.sign_in(client, guard)
        for page in pages:
            assert client.get(page).status_code == 403


def test_a_household_is_added_changed_and_refused_by_hand(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    assert 'value="013"' in client.get(f"{V}/households/new").text
    sent = form(**DETAILS)
    answer = client.post(f"{V}/households/new", data=sent)
    assert answer.status_code == 302
    assert client.post(f"{V}/households/new", data=sent).status_code == 302  # pressed twice
    with reading() as session:
        (added,) = [each for each in queries.households(session, village.recorder) if each.head_name == "周小兰"]
    assert (added.number, added.phone, added.member_count) == ("013", "13900000013", 2)
    page = f"{V}/households/{added.id}"
    taken = client.post(f"{page}/edit", data=form(**DETAILS | {"number": "1"}))
    assert taken.status_code == 409
    assert "户编号 001 已经是孔振明家的" in taken.text
    assert 'value="周小兰"' in taken.text
    for wrong in (
        {"member_count": "0"},
        {"member_count": "1.5"},
        {"phone": "abc"},
        {"head_name": " "},
        {"note": "长" * 201},
    ):
        assert client.post(f"{page}/edit", data=form(**DETAILS | wrong)).status_code == 422
    identity = client.post(f"{page}/edit", data=form(**DETAILS | {"note": "身份证 140221195109166441"}))
    assert identity.status_code == 422
    assert "不保存身份证号" in identity.text
    assert client.post(f"{page}/edit", data=form(**DETAILS | {"head_name": "周大兰"})).status_code == 302
    assert "周大兰家" in client.get(page).text


def test_a_household_leaves_and_comes_back(client: FlaskClient, village: Village, clock: Clock) -> None:
    with transaction() as session:
        card = service.issue_card(session, village.recorder, village.households[0], at=clock())
    builders.sign_in(client, village.chair)
    page = f"{V}/households/{village.households[0]}"
    assert "孔振明家迁出了？" in client.get(f"{page}/leave").text
    assert client.post(f"{page}/leave", data=form(left_on="not a day")).status_code == 422
    assert client.post(f"{page}/leave", data=form(left_on="2026-10-01")).status_code == 302
    with reading() as session:
        assert len(queries.households(session, village.chair)) == 11
        assert len(queries.households(session, village.chair, with_left=True)) == 12
    assert "2026年10月1日迁出" in client.get(page).text
    assert client.get(f"/c/{card.card_key}").status_code == 404
    assert "已迁出" in client.get(f"{V}/households").text
    assert client.post(f"{page}/back", data=form()).status_code == 302
    with reading() as session:
        assert len(queries.households(session, village.chair)) == 12


def test_cards_are_made_printed_and_replaced(client: FlaskClient, village: Village, clock: Clock) -> None:
    builders.sign_in(client, village.recorder)
    ask = client.get(f"{V}/households/cards?household={village.households[0]}").text
    assert "旧卡当时作废" in ask
    assert "只给 孔振明家（001 号）" in ask
    answer = client.post(f"{V}/households/cards", data=form(scope="cardless"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    answer.headers["Content-Disposition"].encode("latin-1")  # a server can send it
    paper = pypdf.PdfReader(io.BytesIO(answer.data))
    assert len(paper.pages) == 2
    with reading() as session:
        keys = session.scalars(select(Household.card_key)).all()
        hashes = session.scalars(select(Household.pin_hash)).all()
    assert len(set(keys)) == 12
    assert all(kept and kept.startswith("$argon2id$") for kept in hashes)
    text = "".join(page.extract_text() for page in paper.pages)
    assert "孔振明" in text
    guard = Guard.of_household(village.market_id, village.code, village.households[0], "孔振明")
    builders.sign_in(client.application.test_client(), guard)
    one = client.post(f"{V}/households/cards", data=form(scope=str(village.households[0])))
    assert one.status_code == 200
    with reading() as session:
        changed = session.scalars(select(Household.card_key)).all()
        ended = session.scalars(select(HouseholdSession.ended_at)).all()
    assert len(set(keys) - set(changed)) == 1
    assert None not in ended
    assert client.post(f"{V}/households/cards", data=form(scope="cardless")).status_code == 422
    assert client.post(f"{V}/households/cards", data=form(scope="group:没有的组")).status_code == 422


def test_people_are_added_given_other_roles_and_leave(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.chair)
    somebody = form(name="钱守信", sign_in_name="钱守信", password="几个好记的词，一定够长", roles=["clerk", "grid_worker"])
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
        assert village.panel[0].staff_id is not None
        assert queries.households_of_kin(session, village.recorder, village.panel[0].staff_id) == {
            village.households[0]: "儿子"
        }
    assert (note.staff_name, note.head_name, note.relation) == ("评议甲", "孔振明", "儿子")
    assert "评议甲" in client.get(f"{V}/households/{village.households[0]}").text
    wrong = client.post(f"{V}/kin", data=sent | form(household_id=str(new_id())))
    assert wrong.status_code == 422
    assert client.post(f"{V}/kin", data=form()).status_code == 422
    assert client.post(f"{V}/kin/{note.id}/remove", data=form()).status_code == 302
    with reading() as session:
        assert not queries.kinships(session, village.recorder)
    builders.sign_in(client, village.panel[0])
    assert client.get(f"{V}/kin").status_code == 403


def test_services_know_the_walls(village: Village, clock: Clock) -> None:
    elsewhere = Guard.of_staff(village.market_id, "140221100001", new_id(), "别村", Role.CHAIR)
    stranger = Guard.of_staff(new_id(), village.code, new_id(), "别家", Role.CHAIR)
    first = village.households[0]
    details = service.HouseholdDetails("001", "改名")
    for guard in (elsewhere, stranger):
        with transaction() as session:
            with pytest.raises(NoSuchHousehold):
                service.change_household(session, guard, first, details)
            with pytest.raises(NoSuchHousehold):
                service.mark_left(session, guard, first, on=clock().date(), at=clock())
            with pytest.raises(NoSuchHousehold):
                service.issue_card(session, guard, first, at=clock())
            assert not queries.households(session, guard)
            assert not queries.members(session, guard, first)
    with transaction() as session, pytest.raises(HouseholdNumberTaken):
        service.add_household(session, village.chair, service.HouseholdDetails("2", "重号"), at=clock(), key=new_id())
