from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from love_market.counter.slips.queries import PadRecord
from tests.conftest import Clock
from tests.counter.made import Shop
from tests.counter.slips import made
from tests.counter.slips.pages import filled, url

Type = Callable[..., TestResponse]


@pytest.fixture
def pad(shop: Shop, clock: Clock) -> PadRecord:
    """A pad of ten, made in the morning; the power comes back two days later."""
    found = made.pad(shop, clock())
    clock.at = clock.at.replace(day=10)
    return found


@pytest.fixture
def type_slip(till: FlaskClient, shop: Shop, pad: PadRecord) -> Type:
    """Send a slip of a round as the clerk; what is named is typed otherwise."""

    def post(which: str, number: int, **more: str) -> TestResponse:
        return till.post(url(shop, f"/pads/{pad.id}/{which}"), data=filled(shop, number, **more))  # type: ignore[arg-type]

    return post
