"""A statement tells of two years and leads to those before; what is left today stands on all of its pages."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard
from love_market.reports.queries.statement import statement
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made


def test_earlier_years_are_a_link_away_and_what_is_left_stays(
    village: Village, clock: Clock, client: FlaskClient
) -> None:
    with transaction() as session:
        shop = made.shop(session, village, clock.at)
        made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("食盐", 1)], clock.at, new_id())
    household = Guard.of_household(village.market_id, village.code, village.households[0], "孔振明")
    for at, year, receipts, earlier, later in (
        (clock.at, None, 1, None, None),
        (datetime(2027, 12, 30, tzinfo=UTC), None, 1, 2025, None),
        (datetime(2029, 1, 2, tzinfo=UTC), None, 0, 2027, None),
        (datetime(2029, 1, 2, tzinfo=UTC), 2027, 0, 2026, None),
        (datetime(2029, 1, 2, tzinfo=UTC), 2026, 1, 2025, 2027),
        (datetime(2029, 1, 2, tzinfo=UTC), 2025, 0, None, 2026),
        (datetime(2029, 1, 2, tzinfo=UTC), 1900, 0, 2027, None),
    ):
        with reading() as session:
            found = statement(session, household, village.households[0], at=at, year=year)
        shown = (len(found.receipts), found.span.earlier, found.span.later)
        assert shown == (receipts, earlier, later), (at, year)
        assert found.balance_points == found.carried_points + sum(change.points for change in found.changes)
    clock.at = datetime(2029, 1, 2, tzinfo=UTC)
    sign_in(client, household)
    assert "看 2027 年的" in client.get("/my").text
    page = client.get("/my?year=2026").text
    assert "食盐" in page
    assert "回到最新的" in page
