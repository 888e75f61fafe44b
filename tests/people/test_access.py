from flask.testing import FlaskClient

from love_market.people import access
from love_market.people.rules import Guard
from tests import builders
from tests.builders import Village


def test_who_is_signed_in_is_known_by_the_sign_in(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    with client:
        client.get("/")
        staff = access.signed_in_staff()
    assert staff is not None
    assert staff.id == village.recorder.staff_id


def test_a_household_is_known_by_its_sign_in(client: FlaskClient, village: Village) -> None:
    guard = Guard.of_household(village.market_id, village.code, village.households[0], "孔振明")
    builders.sign_in(client, guard)
    with client:
        client.get("/")
        assert access.household_guard() == guard
