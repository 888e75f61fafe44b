"""What a redemption costs between the program and its database, counted on the line itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db, new_id, reading
from love_market.ledger.verify import verify
from tests.builders import sign_in
from tests.conftest import Client, Clock, on_postgresql_alone
from tests.counter.made import Shop, asked
from tests.counter.wiretap import Wiretap
from tests.databases import SECRET
from tests.tills.device import enrolled

pytestmark = on_postgresql_alone
MOST = 3
HEARING = 4


@pytest.fixture
def tap(database_url: str) -> Iterator[Wiretap]:
    url = make_url(database_url)
    with Wiretap(url.host or "127.0.0.1", url.port or 5432) as tap:
        yield tap


@pytest.fixture
def tapped(
    app: Flask, shop: Shop, tap: Wiretap, database_url: str, tmp_path: Path, clock: Clock
) -> Iterator[FlaskClient]:
    """A client of a second application, whose only way to the database is the tap; the clerk is signed in."""
    url = make_url(database_url).set(host="127.0.0.1", port=tap.port).render_as_string(hide_password=False)
    other = create_app(Settings(url, SECRET, tmp_path), clock)
    other.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
    other.test_client_class = Client
    client = other.test_client()
    with other.app_context():
        sign_in(client, shop.village.clerk, at=clock())
    yield client
    with other.app_context():
        db.engine.dispose()


def redeem(client: FlaskClient, shop: Shop, *goods: tuple[str, int], vouchers: int = 1) -> None:
    basket = [shop.line(name, quantity) for name, quantity in goods]
    answer = client.post(
        f"/api/v1/v/{shop.village.code}/redemptions",
        json={
            "key": str(new_id()),
            "voucher_ids": [str(one.id) for one in shop.vouchers[:vouchers]],
            "basket": [
                {"good_id": str(one.good_id), "quantity": one.quantity, "points_each": one.points_each}
                for one in basket
            ],
        },
    )
    assert answer.status_code == 200, answer.text


def test_a_redemption_takes_three_round_trips(tapped: FlaskClient, tap: Wiretap, shop: Shop, app: Flask) -> None:
    redeem(tapped, shop, ("香皂", 1))  # the connection opens, and learns the database's types
    before = tap.round_trips
    redeem(tapped, shop, ("香皂", 1))
    assert 0 < tap.round_trips - before <= MOST
    before = tap.round_trips
    redeem(tapped, shop, ("陈醋", 1), ("挂面", 2), ("香皂", 1), vouchers=2)
    assert 0 < tap.round_trips - before <= MOST
    with reading() as session:
        assert verify(session, shop.village.market_id).verified


def test_at_a_till_it_takes_as_many_more_as_hearing_the_till(
    tapped: FlaskClient, tap: Wiretap, shop: Shop, app: Flask, clock: Clock
) -> None:
    """The number of a request is taken in a transaction of its own: it stays taken, whatever becomes of the rest."""
    device = enrolled(app.test_client(), shop.village.code, shop.village.chair, clock())
    device.client = tapped
    assert device.redeem(asked(shop, ("香皂", 1))).status_code == 200
    before = tap.round_trips
    assert device.redeem(asked(shop, ("香皂", 1))).status_code == 200
    assert 0 < tap.round_trips - before <= MOST + HEARING
    assert device.contact()["last_number"] == 2


def test_the_tap_counts_what_is_asked_one_by_one(tapped: FlaskClient, tap: Wiretap) -> None:
    with tapped.application.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        before = tap.round_trips
        for number in range(5):  # the same words again and again would be prepared, which takes one more
            connection.exec_driver_sql(f"SELECT {number}").scalar()
        assert tap.round_trips - before == 5
