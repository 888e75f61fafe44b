"""A page of a market with decades behind it reads what it shows: no table whole, no row more than at first."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from love_market.db import reading
from love_market.ledger.models import Account
from love_market.stock.models import Good, Lot
from love_market.vouchers.models import Voucher
from tests.builders import sign_in
from tests.plans.conftest import Histories
from tests.plans.filling import Filled
from tests.plans.plans import Asked, listening, passed, scanned, without_lengths
from tests.plans.surfaces import SURFACES, Surface, way


def asked_by(histories: Histories, market: Filled, surface: Surface) -> list[Asked]:
    client = histories.client()
    guard = {"staff": market.staff, "household": market.household, "overseer": histories.county.overseer}
    if surface.by in guard:
        sign_in(client, guard[surface.by])
    path, body = way(surface, market)
    with listening(histories.engine) as asked:
        answer = client.get(path) if body is None else client.post(path, json=body)
    assert answer.status_code == 200, f"{path}: {answer.status} {answer.text[:300]}"
    return asked


@pytest.mark.parametrize("surface", SURFACES, ids=str)
def test_a_page_reads_of_a_long_history_what_it_reads_of_a_short_one(histories: Histories, surface: Surface) -> None:
    asked_by(histories, histories.young, surface)  # what is asked once a process is left out
    young, old = (asked_by(histories, market, surface) for market in (histories.young, histories.old))
    hold_together(histories, young, old)


def test_a_redemption_reads_of_a_long_history_what_it_reads_of_a_short_one(histories: Histories) -> None:
    redeemed_by(histories, histories.young)
    hold_together(histories, *(redeemed_by(histories, market) for market in (histories.young, histories.old)))


def redeemed_by(histories: Histories, market: Filled) -> list[Asked]:
    client = histories.client()
    sign_in(client, market.staff)
    basket = basket_at(market)
    with listening(histories.engine) as asked:
        answer = client.post(f"/api/v1/v/{market.village_code}/redemptions", json=basket)
    assert answer.status_code == 200, answer.text
    return asked


def basket_at(market: Filled) -> dict[str, Any]:
    with reading() as session:
        good_id, price = session.execute(
            select(Good.id, Good.points_price)
            .join(Lot, (Lot.market_id == Good.market_id) & (Lot.good_id == Good.id))
            .join(Account, (Account.market_id == Lot.market_id) & (Account.kind == "shelf") & (Account.owner == Lot.id))
            .where(Good.market_id == market.market_id, Account.balance > 0)
            .limit(1)
        ).one()
        voucher_id = session.scalars(
            select(Voucher.id)
            .join(Account, (Account.market_id == Voucher.market_id) & (Account.owner == Voucher.id))
            .where(Voucher.market_id == market.market_id, Voucher.state == "handed_over", Account.balance >= price)
            .limit(1)
        ).one()
    line = {"good_id": str(good_id), "quantity": 1, "points_each": price}
    return {"key": str(uuid4()), "voucher_ids": [str(voucher_id)], "basket": [line]}


def hold_together(histories: Histories, young: list[Asked], old: list[Asked]) -> None:
    assert [without_lengths(one) for one in young] == [without_lengths(one) for one in old]
    for of_few, of_many in zip(young, old, strict=True):
        if of_many[0] in histories.looked_at:  # by another page
            continue
        assert scanned(histories.engine, of_many) == [], of_many[0]
        if histories.engine.dialect.name == "postgresql":
            few, many = passed(histories.engine, of_few), passed(histories.engine, of_many)
            assert many <= few * 1.5 + 100, f"{few} rows of a young market, {many} of an old one: {of_many[0]}"
        histories.looked_at.add(of_many[0])
