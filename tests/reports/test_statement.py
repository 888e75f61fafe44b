"""A household's statement adds up whatever happened to its vouchers, and is nobody else's."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from love_market.counter import service as counter
from love_market.counter.queries import Receipt
from love_market.db import new_id, reading, transaction
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.errors import Denied
from love_market.ledger import queries as books
from love_market.people.models import Household
from love_market.people.rules import Guard, NoSuchHousehold
from love_market.reports.queries.statement import Statement, statement
from love_market.vouchers import loss
from love_market.vouchers import service as vouchers
from tests import builders
from tests.builders import Village, adopt_catalogue, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop
from tests.databases import SECRET
from tests.vouchers import made as papers


@pytest.fixture
def shop(village: Village, clock: Clock) -> Shop:
    """Goods on the shelf, and vouchers of 35, 20 and 8 points."""
    with transaction() as session:
        return made.shop(session, village, clock.at)


def redeem(session: Session, shop: Shop, clock: Clock, goods: dict[str, int], *vouchers_used: int) -> Receipt:
    """Redeem goods with vouchers by their place, by default the first; a minute passes."""
    clock.at += timedelta(minutes=1)
    basket = [shop.line(name, quantity) for name, quantity in goods.items()]
    ids = [shop.vouchers[place].id for place in vouchers_used or (0,)]
    return made.redeem(session, shop, ids, basket, clock.at, new_id())


def read(village: Village, clock: Clock, household: int = 0) -> Statement:
    """Read a statement, its lines checked against what it has and what the books hold."""
    with reading() as session:
        found = statement(session, village.recorder, village.households[household], at=clock.at)
        papers = [one.face.id for one in found.vouchers]
        held = sum(books.balances(session, village.market_id, "voucher", papers).values())
        held += sum(books.balances(session, village.market_id, "household", [found.household.id]).values())
    assert found.balance_points == held - found.expired_points
    assert found.balance_points == found.waiting_points + found.usable_points + found.frozen_points
    assert found.balance_points == found.carried_points + sum(change.points for change in found.changes)
    return found


def said(found: Statement) -> list[tuple[str, int]]:
    return [(str(change.why), change.points) for change in found.changes]


def test_nothing_is_nothing(village: Village, clock: Clock, shop: Shop) -> None:
    found = read(village, clock, 5)
    assert (found.balance_points, found.carried_points, said(found)) == (0, 0, [])
    assert (found.vouchers, found.receipts, found.goods) == ([], [], [])
    assert found.next_good is not None
    assert (found.next_good.name, found.missing_points) == ("食盐", 2)


def test_what_was_spent_is_taken_off_line_by_line(village: Village, clock: Clock, shop: Shop) -> None:
    with transaction() as session:
        redeem(session, shop, clock, {"陈醋": 1, "食盐": 2})
        redeem(session, shop, clock, {"挂面": 1})
    found = read(village, clock)
    assert said(found) == [("做好事得的", 35), ("2026-10-08换货用了", -11), ("2026-10-08换货用了", -8)]
    assert [good.name for good in found.goods] == ["挂面", "陈醋", "香皂", "食盐"]
    assert [receipt.total_points for receipt in found.receipts] == [8, 11]


def test_an_undone_redemption_is_no_line_but_stays_in_sight(village: Village, clock: Clock, shop: Shop) -> None:
    with transaction() as session:
        made_one = redeem(session, shop, clock, {"陈醋": 5})
        counter.undo(session, village.clerk, made_one.id, reason="拿错了", at=clock.at, key=new_id())
    found = read(village, clock)
    assert (found.balance_points, said(found)) == (35, [("做好事得的", 35)])
    assert found.receipts[0].undone_reason == "拿错了"


def test_a_basket_paid_by_two_households_counts_for_each_what_it_paid(
    village: Village, clock: Clock, shop: Shop
) -> None:
    with transaction() as session:
        redeem(session, shop, clock, {"香皂": 3}, 2, 1)
    first, other = read(village, clock, 2), read(village, clock, 1)
    assert (said(first)[-1][1], first.paid_by_us(first.receipts[0])) == (-8, 8)
    assert (said(other)[-1][1], other.paid_by_us(other.receipts[0])) == (-4, 4)
    assert first.balance_points == 0
    assert str(first.old_vouchers[0].said) == "已用完"


def test_a_lost_voucher_is_frozen_then_reissued_and_no_point_is_lost(
    village: Village, clock: Clock, shop: Shop
) -> None:
    with transaction() as session:
        redeem(session, shop, clock, {"陈醋": 1})
        loss.freeze(session, village.chair, shop.vouchers[0].id, reason="丢了", at=clock.at)
    found = read(village, clock)
    assert (found.balance_points, found.usable_points, found.frozen_points) == (28, 0, 28)
    with transaction() as session:
        loss.reissue(
            session, village.chair, shop.vouchers[0].id, reason="丢了", secret=SECRET, at=clock.at, key=new_id()
        )
    found = read(village, clock)
    assert (found.balance_points, found.usable_points) == (28, 28)
    assert said(found) == [("做好事得的", 35), ("2026-10-08换货用了", -7)]
    assert [str(one.said) for one in found.old_vouchers] == ["已作废"]


def test_a_voucher_made_void_is_said_so(village: Village, clock: Clock, shop: Shop) -> None:
    with transaction() as session:
        loss.void(session, village.chair, shop.vouchers[0].id, reason="发错了", at=clock.at, key=new_id())
    assert said(read(village, clock)) == [("做好事得的", 35), ("2026-10-08券作废", -35)]


def test_points_past_their_day_are_gone_before_and_after_the_books_clear_them(
    village: Village, clock: Clock, shop: Shop
) -> None:
    clock.at += timedelta(days=400)
    found = read(village, clock)
    assert (found.balance_points, found.expired_points) == (0, 35)
    assert said(found) == [("做好事得的", 35), ("券过了有效期，不能再用", -35)]
    assert str(found.old_vouchers[0].said) == "过了有效期"
    with transaction() as session:
        vouchers.lapse_expired(session, village.chair, at=clock.at, key=new_id())
    assert said(read(village, clock)) == [("做好事得的", 35), ("2027-11-12券到期清零", -35)]


def test_a_new_quarter_carries_what_was_left(village: Village, clock: Clock, shop: Shop) -> None:
    with transaction() as session:
        redeem(session, shop, clock, {"陈醋": 2})
        clock.at += timedelta(days=80)
        papers.award(session, village, {village.households[0]: 66}, clock.at)
        redeem(session, shop, clock, {"挂面": 1})
    found = read(village, clock)
    assert (found.carried_points, said(found)) == (21, [("做好事得的", 66), ("2026-12-27换货用了", -8)])
    assert (found.balance_points, found.waiting_points) == (79, 66)


def test_a_deed_that_was_refused_says_why(village: Village, clock: Clock, shop: Shop, client: FlaskClient) -> None:
    with transaction() as session:
        version = adopt_catalogue(session, village.chair, at=clock.at)
        rule = deeds.rules(session, village.chair, version)[0]
        record = deeds_service.record(
            session,
            village.grid_worker,
            key=new_id(),
            household_id=village.households[0],
            member_name="",
            rule_id=rule.id,
            done_on=clock.at.date(),
            times=1,
            words="扫了院子",
            photos=[],
            at=clock.at,
        )
        deeds_service.refuse(session, village.panel[0], record.id, reason="照片不是这家的 <b>", at=clock.at)
    sign_in(client, of_household(village))
    page = client.get("/my").text
    assert "没有认可：照片不是这家的 &lt;b&gt;" in page


def of_household(village: Village, index: int = 0) -> Guard:
    return Guard.of_household(village.market_id, village.code, village.households[index], "孔振明")


def test_a_household_reads_its_own_and_no_other(
    village: Village, clock: Clock, shop: Shop, client: FlaskClient
) -> None:
    with reading() as session, pytest.raises(Denied):
        statement(session, of_household(village, 1), village.households[0], at=clock.at)
    sign_in(client, of_household(village, 1))
    page = client.get("/my").text
    assert "姚** 家" in page
    assert "姚改" not in page
    assert "2026-3-0002" in page
    assert "2026-3-0001" not in page
    answer = client.get(f"/v/{village.code}/households/{village.households[0]}/statement")
    assert "/sign-in" in answer.headers["Location"]


def test_another_village_of_the_staff_finds_no_household_here(
    app: Flask, village: Village, clock: Clock, shop: Shop
) -> None:
    with transaction() as session:
        other = builders.village(session, at=clock.at, code="140221100225", households=1)
        with pytest.raises(NoSuchHousehold):
            statement(session, other.recorder, village.households[0], at=clock.at)


def test_a_name_is_words_and_never_markup(village: Village, clock: Clock, shop: Shop, client: FlaskClient) -> None:
    with transaction() as session:
        row = session.get_one(Household, (village.market_id, village.households[0]))
        row.head_name, row.group_name = "<script>alert(1)</script>", '"><img src=x>'
    sign_in(client, village.recorder)
    here = f"/v/{village.code}"
    for path in (f"/households/{village.households[0]}/statement", "/books", "/books/3", "/"):
        page = client.get(here + path).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
    sign_in(client, of_household(village))
    page = client.get("/my").text
    assert "&lt;** 家" in page
    assert "<img src=x>" not in page
