"""Somebody brings the vouchers for somebody else: written down, limited by the day, told to the household."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from love_market.counter import queries, service
from love_market.counter.rules import BasketLine
from love_market.db import new_id, reading, transaction
from love_market.ledger.rules import KeyReused
from love_market.ledger.verify import verify
from love_market.people import queries as people_queries
from love_market.people import service as people
from love_market.people.rules import Guard, Role
from love_market.places import queries as places
from love_market.vouchers import queries as vouchers
from love_market.vouchers import service as vouchers_service
from love_market.vouchers.models import ProxyAct
from love_market.vouchers.rules import Proxy, ProxyTooBusy, ProxyUnclear, proxy_of
from tests import builders
from tests.builders import sign_in
from tests.conftest import Clock
from tests.counter.conftest import Ask
from tests.counter.made import Shop, asked
from tests.counter.test_records import deliver
from tests.counter.tills import PlayedTill, noodles
from tests.vouchers.made import balance

STROKES = "M10 20L30 40 50 60M100 100L100 100"
NEIGHBOUR = proxy_of("王五", "neighbour")
SENT = {"name": "王五", "relation": "neighbour", "signature": None}


def redeem(shop: Shop, clock: Clock, index: int, proxy: Proxy | None, *, key: UUID | None = None) -> queries.Receipt:
    """Redeem a bar of soap from a household's voucher."""
    basket: list[BasketLine] = [shop.line("香皂", 1)]
    with transaction() as session:
        return service.redeem(
            session,
            shop.village.clerk,
            key=key or new_id(),
            voucher_ids=[shop.vouchers[index].id],
            basket=basket,
            at=clock(),
            proxy=proxy,
        )


def limit_to(shop: Shop, households: int) -> None:
    """Let one person act for so many households in a day."""
    with transaction() as session:
        known = places.settings(session, shop.village.market_id)
        changed = replace(known, proxy_daily_households=households)
        builders.change_settings(session, shop.village, changed)


def acts() -> list[tuple[Any, ...]]:
    """Return what is written of proxies, the earliest first."""
    with reading() as session:
        rows = session.scalars(select(ProxyAct).order_by(ProxyAct.acted_at, ProxyAct.id)).all()
        return [(row.kind, row.household_id, row.name, row.signed_on, row.over_limit, row.undone_at) for row in rows]


def household_page(client: FlaskClient, shop: Shop, index: int) -> str:
    """Return what a household reads on its own page."""
    household_id = shop.vouchers[index].household_id
    guard = Guard.of_household(shop.village.market_id, shop.village.code, household_id, "户")
    sign_in(client, guard)
    return client.get("/my").text


def test_a_name_is_compared_without_blanks_and_widths() -> None:
    assert proxy_of(" Ｗａｎｇ　五 ", "child").name == "Wang五"
    assert proxy_of("王　五", "child", STROKES).signed_on == "screen"
    for name, relation, signature in (
        ("　", "child", ""),
        ("王五", "boss", ""),
        ("王五", "child", "M1 2L3"),
        ("王五", "", ""),
    ):
        with pytest.raises(ProxyUnclear):
            proxy_of(name, relation, signature)


def test_online_it_goes_with_the_redemption_and_stands_on_its_slip(
    till: FlaskClient, ask: Ask, shop: Shop, clock: Clock
) -> None:
    sent = asked(shop, ("香皂", 1), vouchers=(0, 1)) | {"proxy": SENT | {"name": "王　五", "signature": STROKES}}
    answer = ask("redeem", **sent)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["proxy"] == {"name": "王五", "relation": "neighbour"}
    assert ask("redeem", **sent).get_json() == answer.get_json()
    assert acts() == [
        ("redeem", shop.vouchers[0].household_id, "王五", "screen", False, None)
    ]  # the second paid nothing
    slip = till.get(answer.get_json()["page"]).text
    assert "代办：王五，邻居" in slip
    assert f'<path d="{STROKES}"/>' in slip
    assert "代办：王五，邻居" in till.get(f"/v/{shop.village.code}/counter/today").text
    other = ask("redeem", **(sent | {"proxy": SENT}))
    assert (other.status_code, other.get_json()["error"]) == (409, "KeyReused")
    with pytest.raises(KeyReused):
        redeem(shop, clock, 0, None, key=UUID(str(sent["key"])))


def test_what_is_no_proxy_is_refused_and_without_one_nothing_changes(ask: Ask, shop: Shop, clock: Clock) -> None:
    for wrong in (
        {"relation": "boss"},
        {"name": ""},
        {"name": "　"},
        {"signature": "M1 2"},
        {"signature": "M1 1L2 2" * 600},
    ):
        answer = ask("redeem", **(asked(shop, ("香皂", 1)) | {"proxy": SENT | wrong}))
        assert answer.status_code == 422, answer.text
    assert redeem(shop, clock, 0, None).proxy is None
    assert acts() == []


def test_the_limit_counts_collecting_and_redeeming_and_ends_with_the_day(shop: Shop, clock: Clock) -> None:
    limit_to(shop, 2)
    first, second, third = shop.vouchers
    with transaction() as session:
        made = vouchers_service.hand_over(session, shop.village.recorder, [first.id], at=clock(), proxy=NEIGHBOUR)
    assert made == 1
    redeem(shop, clock, 1, NEIGHBOUR)
    redeem(shop, clock, 0, NEIGHBOUR)
    with pytest.raises(ProxyTooBusy, match="王五今天已经替 2 家办过，一个人一天最多替 2 家"):
        redeem(shop, clock, 2, NEIGHBOUR)
    with pytest.raises(ProxyTooBusy), transaction() as session:
        vouchers_service.hand_over(session, shop.village.recorder, [third.id], at=clock(), proxy=NEIGHBOUR)
    redeem(shop, clock, 2, proxy_of("王六", "neighbour"))
    clock.at += timedelta(days=1)
    redeem(shop, clock, 2, NEIGHBOUR)
    limit_to(shop, 0)
    redeem(shop, clock, 0, NEIGHBOUR)
    redeem(shop, clock, 1, NEIGHBOUR)
    with transaction() as session:  # asked again, nothing is handed over and nobody is refused
        assert vouchers_service.hand_over(session, shop.village.recorder, [first.id], at=clock(), proxy=NEIGHBOUR) == 0
    assert second.household_id in {row[1] for row in acts()}


def test_what_is_undone_counts_no_more(shop: Shop, clock: Clock) -> None:
    limit_to(shop, 1)
    receipt = redeem(shop, clock, 0, NEIGHBOUR)
    with pytest.raises(ProxyTooBusy):
        redeem(shop, clock, 1, NEIGHBOUR)
    with transaction() as session:
        service.undo(session, shop.village.clerk, receipt.id, reason="拿错了货", at=clock(), key=new_id())
    redeem(shop, clock, 1, NEIGHBOUR)
    assert [row[-1] is None for row in acts()] == [False, True]


def test_from_a_till_it_arrives_in_its_signed_record_and_over_the_limit_it_is_booked_and_shown(
    client: FlaskClient, phone: PlayedTill, shop: Shop, clock: Clock
) -> None:
    limit_to(shop, 1)
    records = [noodles(phone, shop, clock(), index, proxy=SENT | {"signature": STROKES}) for index in (0, 1)]
    outcomes = deliver(client, shop, *records, records[1])
    assert [one["outcome"] for one in outcomes] == ["booked", "booked", "booked"]
    assert outcomes[1] == outcomes[2]
    assert [(row[1], row[3], row[4]) for row in acts()] == [
        (shop.vouchers[0].household_id, "screen", False),
        (shop.vouchers[1].household_id, "screen", True),
    ]
    with reading() as session:
        assert balance(session, shop.village.market_id, shop.vouchers[1].id) == 4
        assert verify(session, shop.village.market_id).verified
    sign_in(client, shop.village.chair)
    here = f"/v/{shop.village.code}"
    assert "有人一天代办得超过了户数：1 户" in client.get(f"{here}/").text
    page = client.get(f"{here}/counter/proxies").text
    assert "有人一天替得超过了 1 户" in page
    with reading() as session:
        (over,) = vouchers.unseen_proxy_acts(session, shop.village.chair)
    seen = client.post(f"{here}/counter/proxies/seen", data={"key": str(new_id()), "act": str(over.id)})
    assert seen.status_code == 302
    assert "超过了户数" not in client.get(f"{here}/").text
    assert "超过一天的户数" in client.get(f"{here}/counter/proxies").text


def test_a_record_of_the_older_form_has_no_proxy_and_another_proxy_is_another_input(
    client: FlaskClient, phone: PlayedTill, shop: Shop, clock: Clock
) -> None:
    key = new_id()
    assert deliver(client, shop, noodles(phone, shop, clock(), key=key))[0]["outcome"] == "booked"
    phone.number -= 1
    assert deliver(client, shop, noodles(phone, shop, clock(), key=key, proxy=SENT))[0]["error"] == "KeyReused"
    assert acts() == []


def test_the_household_is_told_and_the_committee_has_its_register(
    client: FlaskClient, shop: Shop, clock: Clock
) -> None:
    with transaction() as session:
        vouchers_service.hand_over(session, shop.village.chair, [shop.vouchers[0].id], at=clock(), proxy=NEIGHBOUR)
    receipt = redeem(shop, clock, 0, replace(NEIGHBOUR, signature=STROKES))
    page = household_page(client, shop, 0)
    for told in ("谁替我家办的", "王五（邻居）", "领走券 2026-3-0001", "香皂 ×1", "替您家换了东西，用去 4 分"):
        assert told in page
    assert "谁替我家办的" not in household_page(client, shop, 1)
    sign_in(client, shop.village.chair)
    here = f"/v/{shop.village.code}"
    assert "谁替我家办的" in client.get(f"{here}/households/{shop.vouchers[0].household_id}/statement").text
    assert "王五，邻居" in client.get(f"{here}/books/{receipt.entry_number}").text
    for asked_for in ("", f"?day={receipt.redeemed_at:%Y-%m-%d}", "?month=2026-10"):
        page = client.get(f"{here}/counter/proxies{asked_for}").text
        assert ("王五" in page) == ("没有人代领、代换" not in page)
    assert "村里的工作人员" not in client.get(f"{here}/counter/proxies").text
    with reading() as session:
        (clerk,) = people_queries.staff_names(session, [shop.village.clerk.require_staff()]).values()
    redeem(shop, clock, 1, proxy_of(clerk, "neighbour"))
    assert client.get(f"{here}/counter/proxies").text.count("村里的工作人员") == 1, "the clerk acted for somebody"
    assert client.get(f"{here}/counter/proxies?month=x").status_code == 422
    paper = client.get(f"{here}/counter/proxies.pdf")
    assert (paper.status_code, paper.data[:4]) == (200, b"%PDF")
    with reading() as session:
        day = receipt.redeemed_at.date()
        register = queries.proxy_register(session, shop.village.chair, day, day)
    total = register.total
    assert (total.households, total.acts, total.collected_points, total.redeemed_points) == (2, 3, 35, 8)
    sign_in(client, shop.village.clerk)
    assert client.get(f"{here}/counter/proxies").status_code == 403


def test_overseers_read_the_register_without_signatures_and_change_nothing(
    client: FlaskClient, shop: Shop, clock: Clock
) -> None:
    limit_to(shop, 1)
    redeem(shop, clock, 0, replace(NEIGHBOUR, signature=STROKES))
    here = f"/v/{shop.village.code}"
    with transaction() as session:
        county = people.add_staff(
            session,
            name="县演示",
            sign_in_name="xian",
            password="long-enough-for-it",
            grants=[("140221", Role.COUNTY_OVERSEER)],
            at=clock(),
            key=new_id(),
        )
    sign_in(client, Guard.of_staff(shop.village.market_id, shop.village.code, county, "县演示", Role.COUNTY_OVERSEER))
    assert f'href="{here}/counter/proxies"' in client.get(f"{here}/books").text
    page = client.get(f"{here}/counter/proxies").text
    for said in ("王五", "邻居", "001 孔振明", "香皂", "签在屏幕上"):
        assert said in page, said
    for hidden in (STROKES, "看过了", "打印登记表", "/counter/redemptions/", "/statement"):
        assert hidden not in page, hidden
    assert client.get(f"{here}/counter/proxies.pdf").status_code == 403
    assert client.post(f"{here}/counter/proxies/seen", data={"key": str(new_id())}).status_code == 403
