"""The real server that stories and forgeries are tried on."""

from dataclasses import replace

import pytest
from flask import Flask

from love_market.db import transaction
from love_market.places import queries as places
from tests import builders
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.network.real import FACES, PRICE, RealBooks, enrolled


@pytest.fixture
def real(app: Flask, village: Village, clock: Clock) -> RealBooks:
    """A shop with two tills and a browser, a clerk at each; the lease lasts an hour."""
    with transaction() as session:
        shop = made.shop(session, village, clock(), [face * PRICE for face in FACES])
        told = places.settings(session, village.market_id)
        builders.change_settings(session, village, replace(told, lease_hours=1))
    clients = [app.test_client() for _ in range(3)]
    for client in clients:
        sign_in(client, village.clerk, at=clock())
    devices = tuple(enrolled(shop, name, client, clock) for name, client in zip("甲乙", clients, strict=False))
    return RealBooks(shop, devices, clients[2], clock)  # type: ignore[arg-type]
