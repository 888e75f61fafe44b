"""Issuing, handing over, lapsing: what the books say, once for each key, and within the village's walls."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_instant
from love_market.db import new_id
from love_market.errors import Denied
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.rules import KeyReused
from love_market.places import queries as places
from love_market.places.models import Place
from love_market.places.queries import MarketSettings
from love_market.vouchers import queries, service
from love_market.vouchers.queries import Reconciliation
from love_market.vouchers.rules import NothingToIssue, State, VoucherMoveRefused, VoucherUnknown, lapses_on, proxy_of
from tests import builders
from tests.builders import Village
from tests.conftest import Clock
from tests.databases import SECRET
from tests.vouchers import made

QUARTER = "2026Q3"


def in_denominations(session: Session, village: Village) -> None:
    """Let the market's vouchers come in denominations."""
    known = places.settings(session, village.market_id)
    changed = {name: getattr(known, name) for name in MarketSettings.__slots__} | {"vouchers_in_denominations": True}
    builders.change_settings(session, village, MarketSettings(**changed))


def households(session: Session, village: Village) -> list[int]:
    """Return the points that wait in the households' own accounts, in their order."""
    held = books.balances(session, village.market_id, "household", village.households)
    return [held.get(household, 0) for household in village.households]


def test_each_household_gets_one_voucher_of_all_its_points(session: Session, village: Village, clock: Clock) -> None:
    made.award(session, village, dict(zip(village.households, (35, 53, 8), strict=False)), clock())
    assert queries.waiting(session, village.chair) == queries.Waiting(3, 96, 3, 96)
    key = new_id()
    issued = service.issue(session, village.chair, quarter=QUARTER, secret=SECRET, at=clock(), key=key)
    assert (issued.batch_id, issued.vouchers, issued.points) == (key, 3, 96)
    found = queries.vouchers_of_batch(session, village.chair, key)
    assert [(one.serial_no, one.household_id, one.face_points, one.balance_points) for one in found] == [
        (f"2026-3-000{number}", household, points, points)
        for number, household, points in zip((1, 2, 3), village.households, (35, 53, 8), strict=False)
    ]
    assert {one.state for one in found} == {State.ISSUED}
    assert {one.expires_on for one in found} == {lapses_on(date(2026, 10, 8), 180)} == {date(2027, 4, 30)}
    assert len({one.short_code for one in found}) == 3
    assert households(session, village) == [0] * 12
    assert queries.waiting(session, village.chair) == queries.Waiting(0, 0, 0, 0)
    entry = books.entry(session, village.market_id, issued.entry_number)
    assert entry is not None
    assert (entry.kind, len(entry.legs)) == ("issue", 3)


def test_issuing_twice_is_refused_and_asked_again_is_the_same(session: Session, village: Village, clock: Clock) -> None:
    made.award(session, village, {village.households[0]: 35}, clock())
    key = new_id()
    first = service.issue(session, village.chair, quarter=QUARTER, secret=SECRET, at=clock(), key=key)
    number = books.head(session, village.market_id).number
    assert service.issue(session, village.chair, quarter=QUARTER, secret=SECRET, at=clock(), key=key) == first
    with pytest.raises(NothingToIssue, match="没有等着发券的积分"):
        service.issue(session, village.chair, quarter=QUARTER, secret=SECRET, at=clock(), key=new_id())
    with pytest.raises(KeyReused):
        service.issue(session, village.chair, quarter="2026Q4", secret=SECRET, at=clock(), key=key)
    assert books.head(session, village.market_id).number == number
    # Points awarded later go into a second batch, its numbers running on.
    made.award(session, village, {village.households[0]: 5}, clock())
    later = made.issue(session, village, clock())
    assert [one.serial_no for one in queries.vouchers_of_batch(session, village.chair, later)] == ["2026-3-0002"]


def test_denominations_leave_the_rest_with_the_household(session: Session, village: Village, clock: Clock) -> None:
    in_denominations(session, village)
    made.award(session, village, dict(zip(village.households, (187, 53, 4), strict=False)), clock())
    assert queries.waiting(session, village.chair) == queries.Waiting(3, 244, 2, 235)
    issued = made.issue(session, village, clock())
    faces = Counter(
        (one.household_id, one.face_points) for one in queries.vouchers_of_batch(session, village.chair, issued)
    )
    first, second = village.households[:2]
    assert faces == Counter(
        {(first, 100): 1, (first, 50): 1, (first, 20): 1, (first, 10): 1, (first, 5): 1, (second, 50): 1}
    )
    assert households(session, village)[:3] == [2, 3, 4]
    # The rest carries over: two quarters' rests together may fill the smallest face.
    made.award(session, village, {second: 3}, clock())
    later = queries.vouchers_of_batch(session, village.chair, made.issue(session, village, clock()))
    assert [(one.household_id, one.face_points) for one in later] == [(second, 5)]
    assert households(session, village)[:3] == [2, 1, 4]
    with pytest.raises(NothingToIssue):
        made.issue(session, village, clock())


def test_only_the_committee_issues_hands_over_and_lets_lapse(session: Session, village: Village, clock: Clock) -> None:
    for act in (
        lambda: service.issue(session, village.clerk, quarter=QUARTER, secret=SECRET, at=clock(), key=new_id()),
        lambda: service.hand_over(session, village.clerk, [], at=clock()),
        lambda: service.lapse_expired(session, village.clerk, at=clock(), key=new_id()),
    ):
        with pytest.raises(Denied):
            act()


def test_handing_over_is_marked_once(session: Session, village: Village, clock: Clock) -> None:
    first, second, third = made.vouchers(session, village, (35, 20, 8), clock())
    assert (
        service.hand_over(session, village.chair, [first.id, second.id], at=clock(), proxy=proxy_of("孔小满", "child"))
        == 2
    )
    assert service.hand_over(session, village.chair, [second.id, third.id], at=clock()) == 1
    batch = queries.batch(session, village.chair, first.batch_id)
    assert (batch.handed_over, batch.vouchers, batch.reissue) == (3, 3, False)
    with pytest.raises(VoucherUnknown):
        service.hand_over(session, village.chair, [new_id()], at=clock())


def test_a_committee_reaches_only_its_own_villages_vouchers(session: Session, village: Village, clock: Clock) -> None:
    voucher = made.vouchers(session, village, (35,), clock())[0]
    neighbour = session.scalars(select(Place).where(Place.market_id.is_(None), Place.level == "village")).first()
    assert neighbour is not None
    neighbour.market_id = village.market_id
    chair = type(village.chair)(village.market_id, neighbour.code, "staff:x", "主", village.chair.roles, new_id())
    with pytest.raises(VoucherUnknown):
        service.hand_over(session, chair, [voucher.id], at=clock())
    with pytest.raises(VoucherUnknown):
        queries.face_here(session, chair, voucher.id, at=clock())
    with pytest.raises(VoucherUnknown):
        queries.batch(session, chair, voucher.batch_id)
    assert queries.find(session, chair, voucher.serial_no) == []
    assert queries.batches(session, chair) == []
    # At the shop that both share it is a voucher like any other.
    assert queries.face(session, chair, voucher.id, at=clock()).balance_points == 35


def test_what_is_left_on_expired_vouchers_lapses_in_one_entry(session: Session, village: Village, clock: Clock) -> None:
    first, second, third = made.vouchers(session, village, (35, 20, 8), clock())
    last_day = first.expires_on
    for at in (clock(), village_instant(last_day, 23, 59)):
        assert service.lapse_expired(session, village.chair, at=at, key=new_id()) == 0
        assert queries.expired(session, village.chair, at=at) == queries.Expired(0, 0)
    service.consume(session, village.clerk, [(second.id, 20)], at=clock())
    ledger.post(
        session,
        village.market_id,
        made.spending(village, second.id, 20, clock()),
    )
    at, key = village_instant(last_day + timedelta(days=1)), new_id()
    assert queries.expired(session, village.chair, at=at) == queries.Expired(2, 43)
    assert service.lapse_expired(session, village.chair, at=at, key=key) == 43
    number = books.head(session, village.market_id).number
    assert service.lapse_expired(session, village.chair, at=at, key=key) == 0
    assert service.lapse_expired(session, village.chair, at=at, key=new_id()) == 0
    assert books.head(session, village.market_id).number == number
    assert queries.expired(session, village.chair, at=at) == queries.Expired(0, 0)
    states = [queries.face(session, village.chair, one.id, at=at).state for one in (first, second, third)]
    assert states == [State.LAPSED, State.SPENT, State.LAPSED]
    assert queries.reconciliation(session, village.market_id) == Reconciliation(63, 20, 0, 43, 0)
    with pytest.raises(VoucherMoveRefused):
        service.hand_over(session, village.chair, [first.id], at=at)


def test_a_voucher_is_found_by_what_somebody_would_type(session: Session, village: Village, clock: Clock) -> None:
    vouchers = made.vouchers(session, village, (35, 20, 8), clock())
    chair, second = village.chair, vouchers[1]
    for text in ("姚改", "姚", "002", "2", "2026-3-0002", "0002", second.short_code, second.short_code.lower()):
        assert [one.id for one in queries.find(session, chair, text)] == [second.id], text
    for text in ("姚 二组", "二组 姚", "二组"):
        assert [one.id for one in queries.find(session, chair, text)] == [second.id], text
    assert len(queries.find(session, chair, "一组")) == 2
    assert queries.find(session, chair, "姚 一组") == []
    assert queries.find(session, chair, "没有这人") == []
    assert queries.find(session, chair, " ") == []
    assert queries.find(session, chair, "%") == []


def test_another_market_has_other_books(session: Session, village: Village, clock: Clock) -> None:
    made.vouchers(session, village, (35,), clock())
    other = builders.village(session, at=clock(), code="140221100201", households=2)
    made.vouchers(session, other, (50,), clock())
    assert queries.reconciliation(session, village.market_id) == Reconciliation(35, 0, 35, 0, 0)
    assert queries.reconciliation(session, other.market_id) == Reconciliation(50, 0, 50, 0, 0)
    assert len(queries.batches(session, other.chair)) == 1
