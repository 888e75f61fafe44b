from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from sqlalchemy import select

from love_market.db import Base, reading, transaction
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop
from tests.tills.device import Device, enrolled

Unchanged = Callable[[], AbstractContextManager[None]]
NewTill = Callable[[str], Device]


@pytest.fixture
def shop(village: Village, clock: Clock) -> Shop:
    """Goods on the shelf, and vouchers of 35, 20 and 8 points."""
    with transaction() as session:
        return made.shop(session, village, clock())


@pytest.fixture
def new_till(app: Flask, village: Village, clock: Clock) -> NewTill:
    """Enrol another till; nobody is signed in at it."""

    def enrol(name: str) -> Device:
        return enrolled(app.test_client(), village.code, village.chair, clock(), name)

    return enrol


@pytest.fixture
def till(new_till: NewTill, village: Village, shop: Shop) -> Device:
    """A till with the clerk signed in."""
    device = new_till("店里的手机")
    sign_in(device.client, village.clerk)
    return device


@pytest.fixture
def other(new_till: NewTill, village: Village, shop: Shop) -> Device:
    """Another till of the market, the clerk signed in there too."""
    device = new_till("柜台的电脑")
    sign_in(device.client, village.clerk)
    return device


def all_rows() -> dict[str, list[str]]:
    """Return everything that the database holds."""
    with reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def unchanged(app: Flask) -> Unchanged:
    """Nothing at all in the database differs after what happens inside."""

    @contextmanager
    def look() -> Iterator[None]:
        before = all_rows()
        yield
        assert all_rows() == before

    return look
