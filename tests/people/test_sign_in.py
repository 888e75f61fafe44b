from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from love_market.db import new_id, reading, transaction
from love_market.people import service, token
from love_market.people.models import SignInThrottle, Staff, StaffSession
from love_market.people.rules import PasswordTooWeak, Role, SignInFailed, SignInTooSoon, wait_after
from love_market.people.views.sign_in import local_path
from tests import builders
from tests.builders import VILLAGE_CODE, Village
from tests.conftest import Clock

PASSWORD = "杏花开在三月里 2026"


@pytest.fixture
def recorder(village: Village, clock: Clock) -> UUID:
    """Somebody with a real password."""
    with transaction() as session:
        return service.add_staff(
            session,
            name="赵春梅",
            sign_in_name="ZhaoCM",
            password=PASSWORD,
            grants=[(village.code, Role.RECORDER)],
            at=clock(),
            key=new_id(),
        )


def knock(client: FlaskClient, password: str = PASSWORD, name: str = "zhaocm", then: str = "") -> int:
    address = "/sign-in" + (f"?next={then}" if then else "")
    answer = client.post(address, data={"sign_in_name": name, "password": password, "key": str(new_id())})
    return answer.status_code


def sessions_of(staff_id: UUID) -> list[StaffSession]:
    with reading() as session:
        return list(session.scalars(select(StaffSession).where(StaffSession.staff_id == staff_id)))


def test_a_password_opens_the_desk_and_signing_out_ends_it_on_the_server(client: FlaskClient, recorder: UUID) -> None:
    answer = client.post(
        "/sign-in", data={"sign_in_name": " ＺｈａｏＣＭ ", "password": PASSWORD, "key": str(new_id())}
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/v/{VILLAGE_CODE}/"
    assert client.get(f"/v/{VILLAGE_CODE}/households").status_code == 200
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert client.post("/sign-out").status_code == 302
    client.set_cookie("session", cookie.value)  # a cookie that was copied away opens nothing any more
    assert client.get(f"/v/{VILLAGE_CODE}/households").status_code == 302
    assert [row.ended_at is not None for row in sessions_of(recorder)] == [True]


def test_a_password_is_kept_as_argon2id(recorder: UUID) -> None:
    with reading() as session:
        kept = session.get_one(Staff, recorder).password_hash
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("name", "password"), [("zhaocm", "wrong words 1"), ("nobody", PASSWORD), ("店员-140221100222", "unset")]
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(
    client: FlaskClient, recorder: UUID, name: str, password: str
) -> None:
    answer = client.post("/sign-in", data={"sign_in_name": name, "password": password, "key": str(new_id())})
    assert answer.status_code == 422
    assert "登录名或密码不对" in answer.text
    assert f'value="{name}"' in answer.text
    assert password not in answer.text
    assert not sessions_of(recorder)


def test_an_unknown_name_costs_as_much_work_as_a_known_one(
    session: Session, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, known: str | bytes, secret: str | bytes) -> object:
        verified.append(str(known).rpartition("$")[0].rpartition("$")[0])
        return real(self, known, secret)

    token.password_matches(None, "made before it is counted")
    monkeypatch.setattr(PasswordHasher, "verify", verify)
    with pytest.raises(SignInFailed):
        service.prove_password(session, "nobody at all", PASSWORD)
    known = token.hash_password(PASSWORD)
    token.password_matches(known, "wrong words 1")
    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_a_hash_with_old_parameters_is_renewed_by_signing_in(client: FlaskClient, recorder: UUID) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == recorder).values(password_hash=old))
    assert knock(client) == 302
    with reading() as session:
        renewed = session.get_one(Staff, recorder).password_hash
    assert renewed != old
    assert not token.password_is_outdated(renewed)
    assert token.password_matches(renewed, PASSWORD)


def test_waits_grow_from_thirty_seconds_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(failures).total_seconds() for failures in range(1, 13)] == [
        0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900,
    ]  # fmt: skip


def test_five_failures_make_the_right_password_wait_too(client: FlaskClient, recorder: UUID, clock: Clock) -> None:
    assert [knock(client, f"wrong words {n}") for n in range(5)] == [422] * 5
    refused = client.post("/sign-in", data={"sign_in_name": "zhaocm", "password": PASSWORD, "key": str(new_id())})
    assert refused.status_code == 409
    assert "09:00:30 以后再试" in refused.text
    assert knock(client, name="somebody else") == 422  # one name's failures are not another's
    clock.at += timedelta(seconds=29)
    assert knock(client) == 409
    clock.at += timedelta(seconds=1)
    assert knock(client, "wrong words 6") == 422
    assert knock(client) == 409
    clock.at += timedelta(seconds=60)
    assert knock(client) == 302
    with reading() as session:
        assert session.get(SignInThrottle, "staff:zhaocm") is None
    client.post("/sign-out")
    assert knock(client, "wrong words 7") == 422
    assert knock(client) == 302  # a sign-in takes the old failures back


def test_a_try_is_counted_before_it_is_looked_at(session: Session, recorder: UUID, clock: Clock) -> None:
    for _ in range(5):
        service.charge_attempt(session, service.staff_subject("zhaocm"), at=clock())
    with pytest.raises(SignInTooSoon):
        service.charge_attempt(session, service.staff_subject("ZHAOCM"), at=clock())


def test_failures_of_yesterday_are_forgotten(session: Session, recorder: UUID, clock: Clock) -> None:
    for _ in range(5):
        service.charge_attempt(session, "staff:zhaocm", at=clock())
    service.charge_attempt(session, "staff:zhaocm", at=clock() + timedelta(days=1, minutes=1))
    row = session.get_one(SignInThrottle, "staff:zhaocm", populate_existing=True)
    assert row.failures == 1


def test_a_change_of_password_ends_every_sign_in(
    make_app: Callable[[], Flask], client: FlaskClient, recorder: UUID
) -> None:
    assert knock(client) == 302
    other = client.application.test_client()
    assert knock(other) == 302
    new = "新的几个词，也都好记"
    form = {"old": PASSWORD, "new": new, "again": new, "key": str(new_id())}
    assert client.post("/password", data=form | {"old": "not the one"}).status_code == 422
    assert client.post("/password", data=form | {"again": "something else"}).status_code == 422
    assert other.get(f"/v/{VILLAGE_CODE}/households").status_code == 200
    assert client.post("/password", data=form).status_code == 302
    for each in (client, other):
        assert each.get(f"/v/{VILLAGE_CODE}/households").status_code == 302
    assert knock(client) == 422
    assert knock(client, new) == 302


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "赵春梅赵春梅赵春梅赵春梅", "zhaocmzhaocm", "x" * 201])
def test_weak_passwords_are_refused(session: Session, recorder: UUID, clock: Clock, password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        service.change_password(session, recorder, PASSWORD, password, at=clock())


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/\t/evil.example",
        "",
    ],
)
def test_the_way_on_never_leads_to_another_machine(client: FlaskClient, recorder: UUID, address: str) -> None:
    assert local_path(address) is None
    answer = client.post(
        "/sign-in",
        query_string={"next": address},
        data={"sign_in_name": "zhaocm", "password": PASSWORD, "key": str(new_id())},
    )
    assert answer.headers["Location"] == f"/v/{VILLAGE_CODE}/"


def test_the_way_on_leads_back_to_where_one_was(client: FlaskClient, recorder: UUID) -> None:
    wanted = f"/v/{VILLAGE_CODE}/households?group=一组"
    sent = client.get(wanted)
    assert sent.status_code == 302
    answer = client.post(
        sent.headers["Location"], data={"sign_in_name": "zhaocm", "password": PASSWORD, "key": str(new_id())}
    )
    assert answer.headers["Location"].startswith(f"/v/{VILLAGE_CODE}/households?group=")


def test_without_the_page_s_token_nobody_signs_in(app: Flask, recorder: UUID) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    assert knock(client) == 409
    assert not sessions_of(recorder)
    page = client.get("/sign-in").text
    csrf = page.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    form = {"sign_in_name": "zhaocm", "password": PASSWORD, "key": str(new_id()), "csrf_token": csrf}
    assert client.post("/sign-in", data=form).status_code == 302
    assert client.post("/sign-out").status_code == 409
    assert [row.ended_at for row in sessions_of(recorder)] == [None]


def test_signing_in_begins_a_new_cookie(client: FlaskClient, recorder: UUID) -> None:
    with client.session_transaction() as cookie:
        cookie["left_behind"] = "by whoever sat here before"
    assert knock(client) == 302
    with client.session_transaction() as cookie:
        assert "left_behind" not in cookie


def test_who_left_is_out_at_once(client: FlaskClient, village: Village, recorder: UUID, clock: Clock) -> None:
    assert knock(client) == 302
    with transaction() as session:
        service.leave(session, village.chair, recorder, at=clock())
    assert client.get(f"/v/{VILLAGE_CODE}/households").status_code == 302
    assert knock(client) == 422


def test_a_signed_in_staff_is_sent_on_from_the_door(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.chair)
    assert client.get("/sign-in").status_code == 302
