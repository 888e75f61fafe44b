import pytest
from flask.testing import FlaskClient

from love_market.db import new_id, transaction
from love_market.people import access, service, token
from tests.builders import Village
from tests.conftest import Clock
from tests.test_statements import heard


def test_a_household_card_opens_its_page_and_a_new_card_kills_the_old(
    client: FlaskClient, village: Village, clock: Clock
) -> None:
    with transaction() as session:
        card = service.issue_card(session, village.recorder, village.households[0], at=clock())
    assert len(card.pin) == 6
    assert token.village_of_card(card.card_key) == village.code
    page = client.get(f"/C/{card.card_key}")  # the QR says everything in capitals
    assert page.status_code == 200
    assert "孔** 家" in page.text
    assert "孔振明" not in page.text
    wrong = "000000" if card.pin != "000000" else "111111"
    form = {"pin": wrong, "key": str(new_id())}
    assert client.post(f"/c/{card.card_key.lower()}", data=form).status_code == 422
    answer = client.post(f"/c/{card.card_key.lower()}", data=form | {"pin": f" {card.pin} "})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my")
    with client.session_transaction() as cookie:
        assert cookie["_user_id"].startswith("household:")
        identity = cookie["_user_id"]
    with transaction() as session:
        service.issue_card(session, village.recorder, village.households[0], at=clock())
    assert access.load(identity) is None
    gone = client.get(f"/c/{card.card_key}")
    assert gone.status_code == 404
    assert "这张卡不能用了" in gone.text


def test_guessing_a_pin_is_slowed_by_card(client: FlaskClient, village: Village, clock: Clock) -> None:
    with transaction() as session:
        card = service.issue_card(session, village.recorder, village.households[0], at=clock())
    wrong = "000000" if card.pin != "000000" else "111111"
    tries = [client.post(f"/c/{card.card_key}", data={"pin": wrong, "key": str(new_id())}) for _ in range(6)]
    assert [answer.status_code for answer in tries] == [422] * 5 + [409]
    assert client.post(f"/c/{card.card_key}", data={"pin": card.pin, "key": str(new_id())}).status_code == 409


@pytest.mark.parametrize("card_key", ["A", "A" * 24, "0" * 24, "7" * 24, "%2e%2e", "é" * 24])
def test_what_is_no_card_is_said_plainly(client: FlaskClient, village: Village, card_key: str) -> None:
    answer = client.get(f"/c/{card_key}")
    assert answer.status_code == 404
    assert "这张卡不能用了" in answer.text


def test_card_keys_are_long_and_never_the_same(village: Village) -> None:
    cards = token.new_cards(village.code, 20)
    assert len({card.card_key[8:] for card in cards}) == 20
    assert all(len(card.card_key) == 24 for card in cards)
    assert all(card.pin.isdecimal() and token.pin_matches(card.pin_hash, card.pin) for card in cards[:3])


def test_a_whole_village_s_cards_take_no_more_questions_than_one(village: Village, clock: Clock) -> None:
    asked = []
    for homes in (village.households[:1], village.households):
        secrets = dict(zip(homes, token.new_cards(village.code, len(homes)), strict=True))
        with heard() as statements, transaction() as session:
            cards = service.issue_cards(session, village.recorder, secrets, at=clock())
        assert [card.household.id for card in cards] == list(homes)
        asked.append([said for said, _bound in statements if not said.startswith("UPDATE household SET")])
    assert asked[0]
    assert len(asked[1]) == len(asked[0])
