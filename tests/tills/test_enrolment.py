"""Becoming a till by a one-time code."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard, RoleMissing
from love_market.tills import queries, service
from love_market.tills.rules import INVITATION_LASTS, InvitationUnknown, NoSuchTill, TillNameWrong
from tests import builders
from tests.builders import Village
from tests.conftest import Clock
from tests.tills.conftest import NewTill, Unchanged
from tests.tills.device import Device, invited

ELSEWHERE = "140221100201"


@pytest.fixture
def code(village: Village, clock: Clock) -> str:
    return invited(village.chair, clock())


def unknown(answer: TestResponse) -> None:
    assert (answer.status_code, answer.get_json()["error"]) == (404, "InvitationUnknown")
    assert "请让村委会重新出一个" in answer.get_json()["detail"]


def test_a_code_makes_one_device_a_till(
    client: FlaskClient, village: Village, code: str, clock: Clock, unchanged: Unchanged
) -> None:
    device = Device(client, village.code)
    answer = device.enrol(f" {code.lower()} ")
    assert answer.get_json() == {
        "till_id": str(device.till_id),
        "name": "店里的手机",
        "village_code": village.code,
        "village_name": "守口堡村",
        "market_id": str(village.market_id),
        "market_name": "守口堡村爱心超市",
    }
    with reading() as session:
        made = queries.till(session, village.chair, device.till_id)
    assert (made.enrolled_at, made.cut_off_at, made.last_redemption) == (clock(), None, 0)
    # The answer was lost: asked again the same way it is the same till, even when the code's time is over.
    clock.at += 2 * INVITATION_LASTS
    with unchanged():
        assert device.enrol(code).get_json() == answer.get_json()
        # Another device, another key of the same device, another id with the same key: the code is used.
        unknown(Device(client, village.code).enrol(code))
        unknown(Device(client, village.code, device.till_id).enrol(code))
        unknown(Device(client, village.code, key=device.key).enrol(code))


def test_a_code_is_good_for_half_an_hour(
    client: FlaskClient, village: Village, code: str, clock: Clock, unchanged: Unchanged
) -> None:
    clock.at += INVITATION_LASTS
    with unchanged():
        unknown(Device(client, village.code).enrol(code))
    clock.at -= timedelta(microseconds=1)
    assert Device(client, village.code).enrol(code).status_code == 200


def test_a_wrong_code_and_another_markets_village_enrol_nobody(
    client: FlaskClient, village: Village, code: str, clock: Clock, unchanged: Unchanged
) -> None:
    with transaction() as session:
        builders.village(session, at=clock(), code=ELSEWHERE, households=1)
    with unchanged():
        for wrong in ("A" * 32, "x", code[:-1], code + "A", "码"):
            unknown(Device(client, village.code).enrol(wrong))
        unknown(Device(client, ELSEWHERE).enrol(code))
        answer = Device(client, "140221100999").enrol(code)
        assert answer.status_code == 404
        for key in ("A" * 87, "B" + "A" * 86, "_" * 87):
            asked = {"code": code, "till_id": str(new_id()), "public_key": key}
            answer = client.post(f"/api/v1/v/{village.code}/tills", json=asked)
            assert (answer.status_code, answer.get_json()["error"]) == (422, "KeyUnreadable")


def test_a_till_that_is_one_already_takes_no_second_code(
    client: FlaskClient, village: Village, code: str, clock: Clock, unchanged: Unchanged
) -> None:
    device = Device(client, village.code)
    assert device.enrol(code).status_code == 200
    second = invited(village.chair, clock(), "另一台")
    with unchanged():
        unknown(device.enrol(second))


def test_an_invitation_asked_for_again_has_a_new_code_until_it_is_used(
    client: FlaskClient, village: Village, clock: Clock
) -> None:
    key, codes = new_id(), []
    for _ in range(2):
        with transaction() as session:
            codes.append(service.invite(session, village.chair, name="店里", at=clock(), key=key).code)
    unknown(Device(client, village.code).enrol(codes[0]))
    assert Device(client, village.code).enrol(codes[1]).status_code == 200
    with pytest.raises(InvitationUnknown), transaction() as session:
        service.invite(session, village.chair, name="店里", at=clock(), key=key)


def test_only_the_committee_invites_renames_and_cuts_off(
    village: Village, new_till: NewTill, clock: Clock, unchanged: Unchanged
) -> None:
    device = new_till("店里的手机")
    other = Guard.of_staff(new_id(), ELSEWHERE, new_id(), "别村", *village.chair.roles)
    acts: list[Callable[[Session, Guard], object]] = [
        lambda session, guard: service.rename(session, guard, device.till_id, "新的"),
        lambda session, guard: service.cut_off(session, guard, device.till_id, at=clock()),
        lambda session, guard: service.invite(session, guard, name="新的", at=clock(), key=new_id()),
        lambda session, guard: service.settle(session, guard, at=clock()),
    ]
    with unchanged():
        for act in acts:
            for guard in (village.clerk, village.panel[0], village.grid_worker):
                with pytest.raises(RoleMissing), transaction() as session:
                    act(session, guard)
        for act in acts[:2]:
            with pytest.raises(NoSuchTill), transaction() as session:
                act(session, other)
        for name in ("", "   ", "长" * 41):
            with pytest.raises(TillNameWrong), transaction() as session:
                service.rename(session, village.chair, device.till_id, name)
