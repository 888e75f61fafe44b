"""Clearing points that were not spent: announced in time, fair to what came later, once, and told to everybody."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from love_market.clock import village_instant
from love_market.db import new_id, transaction
from love_market.ledger import queries as books
from love_market.ledger.verify import verify
from love_market.people.rules import Guard
from love_market.places.models import Market
from love_market.vouchers import loss, papers, queries, service
from love_market.vouchers.rules import (
    NoReset,
    ResetAnnounced,
    ResetEnded,
    ResetNotYet,
    State,
    VoucherExpired,
    is_due_to_announce,
    next_reset,
)
from tests import papers as read
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.databases import SECRET
from tests.vouchers import made


@pytest.mark.parametrize(
    ("today", "falls_on", "due"),
    [
        (date(2026, 10, 8), date(2027, 1, 10), False),
        (date(2026, 11, 21), date(2027, 1, 10), True),
        (date(2026, 12, 11), date(2027, 1, 10), True),
        (date(2026, 12, 12), date(2028, 1, 10), False),
        (date(2027, 1, 10), date(2028, 1, 10), False),
    ],
)
def test_a_day_that_cannot_be_announced_in_time_is_passed_over(today: date, falls_on: date, due: bool) -> None:  # noqa: FBT001
    found = next_reset(today, 1, 10)
    assert found == falls_on
    assert is_due_to_announce(today, found) is due


def yearly(session: Session, village: Village, month: int = 1, day: int = 10) -> None:
    """Let the village's market clear points every year."""
    market = session.get_one(Market, village.market_id)
    market.reset_month, market.reset_day = month, day
    session.flush()


def test_it_takes_what_was_issued_before_it_was_announced_and_nothing_else(
    session: Session, village: Village, clock: Clock
) -> None:
    old, lost = made.vouchers(session, village, (35, 20), clock())
    service.hand_over(session, village.chair, [old.id], at=clock())
    with pytest.raises(NoReset):
        service.announce_reset(session, village.chair, at=clock(), key=new_id())
    yearly(session, village)
    clock.at += timedelta(days=1)
    made.award(session, village, {village.households[2]: 9}, clock())
    batch = made.issue(session, village, clock())
    clock.at += timedelta(hours=2)
    key = new_id()
    reset_id = service.announce_reset(session, village.chair, at=clock(), key=key)
    assert service.announce_reset(session, village.chair, at=clock(), key=key) == reset_id
    with pytest.raises(ResetAnnounced, match="1月10日的清零已经公告了"):
        service.announce_reset(session, village.chair, at=clock(), key=new_id())
    clock.at += timedelta(days=1)
    made.award(session, village, {village.households[3]: 4}, clock())
    loss.freeze(session, village.chair, lost.id, reason="丢了", at=clock())
    again = loss.reissue(session, village.chair, lost.id, reason="丢了", secret=SECRET, at=clock(), key=new_id())
    (same_day,) = queries.vouchers_of_batch(session, village.chair, batch)
    with pytest.raises(ResetNotYet, match="1月10日才清零"):
        service.carry_out_reset(session, village.chair, reset_id, at=clock())
    clock.at = village_instant(date(2027, 1, 10), 9)
    head = books.head(session, village.market_id).number
    assert service.carry_out_reset(session, village.chair, reset_id, at=clock()) == 55
    assert service.carry_out_reset(session, village.chair, reset_id, at=clock()) == 55
    assert books.head(session, village.market_id).number == head + 1
    faces = {one: queries.face(session, village.chair, one, at=clock()) for one in (old.id, again, same_day.id)}
    assert [(one.state, one.balance_points) for one in faces.values()] == [
        (State.LAPSED, 0),
        (State.LAPSED, 0),
        (State.ISSUED, 9),
    ]
    with pytest.raises(VoucherExpired, match="已经清零：没用完的分到日子清零"):
        service.spendable(session, village.clerk, [old.id], at=clock())
    assert books.balances(session, village.market_id, "household", [village.households[3]]) == {
        village.households[3]: 4
    }
    sums = queries.reconciliation(session, village.market_id)
    assert (sums.lapsed, sums.outstanding, sums.agrees) == (55, 9, True)
    assert verify(session, village.market_id).verified
    with pytest.raises(ResetEnded):
        service.withdraw_reset(session, village.chair, reset_id, at=clock())


def test_withdrawn_it_takes_nothing(session: Session, village: Village, clock: Clock) -> None:
    made.vouchers(session, village, (35,), clock())
    clock.at += timedelta(days=1)
    yearly(session, village)
    reset_id = service.announce_reset(session, village.chair, at=clock(), key=new_id())
    service.withdraw_reset(session, village.chair, reset_id, at=clock())
    service.withdraw_reset(session, village.chair, reset_id, at=clock())
    clock.at = village_instant(date(2027, 1, 10), 9)
    with pytest.raises(ResetEnded, match="撤回了"):
        service.carry_out_reset(session, village.chair, reset_id, at=clock())
    assert queries.reconciliation(session, village.market_id).outstanding == 35
    assert service.announce_reset(session, village.chair, at=clock(), key=new_id()) != reset_id


def test_from_the_setting_to_the_books_in_pages(client: FlaskClient, village: Village, clock: Clock) -> None:
    with transaction() as session:
        made.vouchers(session, village, (35, 20), clock())
        clock.at += timedelta(days=1)
    sign_in(client, village.chair)
    room = f"/v/{village.code}/vouchers"
    with transaction() as session:
        yearly(session, village, 11, 25)
    assert "公告11月25日清零" in client.get(f"/v/{village.code}/").text
    asked = client.get(f"{room}/resets/announce")
    assert "2026年11月25日" in asked.text
    answer = client.post(f"{room}/resets/announce", data={"key": str(new_id())})
    page = client.get(answer.location)
    for words in ("11月25日清零", "2 张券", "55"):
        assert words in page.text
    assert "公告以前发的券，到那天没用完的分" in client.get(f"/v/{village.code}/").text
    pdf = client.get(f"{answer.location}/notice.pdf")
    assert pdf.mimetype == "application/pdf"
    refused = client.post(f"{answer.location}/carry-out", data={"key": str(new_id())})
    assert refused.status_code == 409
    clock.at = village_instant(date(2026, 11, 25), 8)
    sign_in(client, village.chair)
    done = client.post(f"{answer.location}/carry-out", data={"key": str(new_id())}, follow_redirects=True)
    assert "清好了" in done.text
    assert "2 张券上没用完的 55 分清零" in client.get(f"/v/{village.code}/books").text


def test_the_household_is_told(client: FlaskClient, village: Village, clock: Clock) -> None:
    with transaction() as session:
        made.vouchers(session, village, (35, 20), clock())
        clock.at += timedelta(days=1)
        yearly(session, village)
        reset_id = service.announce_reset(session, village.chair, at=clock(), key=new_id())
    sign_in(client, Guard.of_household(village.market_id, village.code, village.households[0], ""))
    mine = client.get("/my").text
    for words in ("2027年1月10日要清零", "您家现在有 35 分，请早点来换", "2027年1月10日 前用", "1月10日要清零，到那天"):
        assert words in mine
    clock.at = village_instant(date(2027, 1, 10), 8)
    with transaction() as session:
        service.carry_out_reset(session, village.chair, reset_id, at=clock())
    sign_in(client, Guard.of_household(village.market_id, village.code, village.households[0], ""))
    mine = client.get("/my").text
    assert "要清零" not in mine
    assert "1月10日清零" in mine


def test_the_announcement_on_paper(session: Session, village: Village, clock: Clock, tmp_path: Path) -> None:
    made.vouchers(session, village, (35, 20), clock())
    clock.at += timedelta(days=1)
    yearly(session, village)
    reset_id = service.announce_reset(session, village.chair, at=clock(), key=new_id())
    record = queries.reset(session, village.chair, reset_id)
    text = read.text(papers.reset_notice(session, village.chair, record, clock()), tmp_path)
    for words in ("守口堡村爱心超市", "2027年1月10日", "2 张", "55 分", "荣誉分"):
        assert words in text
