"""Who stands at the shelf, and what stands on it."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from love_market.db import transaction
from love_market.people.rules import Guard
from tests import builders
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made
from tests.stock.shelf import CODE


@pytest.fixture
def clerk(client: FlaskClient, village: Village) -> Guard:
    builders.sign_in(client, village.clerk)
    return village.clerk


@pytest.fixture
def stock(village: Village) -> str:
    return f"/v/{village.code}/stock"


@pytest.fixture
def vinegar(clerk: Guard, clock: Clock) -> UUID:
    """Ten bottles of vinegar on the shelf."""
    with transaction() as session:
        good_id = made.good(session, clerk, clock(), barcode=CODE)
        made.lot(session, clerk, clock(), good_id, 10)
    return good_id
