"""The shelf as its pages show it and as the books have it."""

from uuid import UUID

from flask.testing import FlaskClient

from love_market.db import reading
from love_market.people.rules import Guard
from love_market.stock import queries
from tests.conftest import Clock

CODE = "6901234567892"
"""The bar code on a bottle of vinegar."""


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.text


def left(guard: Guard, good_id: UUID, clock: Clock) -> int:
    with reading() as session:
        return next(one.quantity for one in queries.shelf(session, guard, at=clock()) if one.id == good_id)
