"""How often the pages ask the database: as often for many rows as for few."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event

from love_market.db import db, new_id, transaction
from love_market.people.rules import Guard
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Count what the database is asked while the block runs."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def asked_for(client: FlaskClient, path: str) -> int:
    """Return how often a page asks the database, what is asked once a process left out."""
    client.get(path)
    with counted_statements() as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_no_page_asks_once_a_row(village: Village, clock: Clock, client: FlaskClient) -> None:
    def redeem(goods: dict[str, int], place: int) -> None:
        with transaction() as session:
            basket = [shop.line(name, quantity) for name, quantity in goods.items()]
            made.redeem(session, shop, [shop.vouchers[place].id], basket, clock.at, new_id())

    with transaction() as session:
        shop = made.shop(session, village, clock.at)
    redeem({"食盐": 1}, 0)
    household = Guard.of_household(village.market_id, village.code, village.households[0], "孔振明")
    paths = {"/my": household, f"/v/{village.code}/books": village.chair, f"/v/{village.code}/": village.chair}
    before: dict[str, int] = {}
    for path, guard in paths.items():
        sign_in(client, guard)
        before[path] = asked_for(client, path)
    for _ in range(4):
        redeem({"食盐": 1, "香皂": 1}, 0)
        redeem({"食盐": 1}, 1)
    for path, guard in paths.items():
        sign_in(client, guard)
        assert asked_for(client, path) == before[path], path
