from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from love_market.db import transaction
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop

Ask = Callable[..., TestResponse]


@pytest.fixture
def shop(village: Village, clock: Clock) -> Shop:
    """Goods on the shelf, and vouchers of 35, 20 and 8 points."""
    with transaction() as session:
        return made.shop(session, village, clock())


@pytest.fixture
def till(client: FlaskClient, village: Village) -> FlaskClient:
    """A client with the clerk signed in."""
    sign_in(client, village.clerk)
    return client


@pytest.fixture
def ask(app: Flask, till: FlaskClient, village: Village) -> Ask:
    """Ask the till's page of the clerk for something in JSON."""

    def post(what: str, **asked: Any) -> TestResponse:  # noqa: ANN401 whatever a script may send
        return till.post(f"/v/{village.code}/counter/{what}", json=asked)

    return post
