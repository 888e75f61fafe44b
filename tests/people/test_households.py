import io
import re

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
    Role,
)
from tests import builders
from tests.builders import VILLAGE_CODE, Village
from tests.conftest import Clock
from tests.people.forms import form, staff

V = f"/v/{VILLAGE_CODE}"
DETAILS = {"number": "013", "head_name": "周小兰", "group_name": "一组", "member_count": "2", "phone": "13900000013"}


def give_phone(village: Village) -> None:
    with transaction() as session:
        row = session.get_one(Household, (village.market_id, village.households[0]))
        row.phone = "13900000001"


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
