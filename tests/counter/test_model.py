"""Random baskets, freezings and undoings against a plain model: dictionaries and additions."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from love_market.counter import service
from love_market.counter.rules import BasketLine, UndoTooLate
from love_market.db import db, new_id
from love_market.ledger.verify import verify
from love_market.stock.rules import TooFewGoods
from love_market.vouchers import loss, queries
from love_market.vouchers.rules import TooFewPoints, VoucherFrozen, VoucherSpent
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import GOODS, Shop

NAMES = [each[0] for each in GOODS[:5]]
PRICES = {each[0]: each[3] for each in GOODS}
ACTS = st.one_of(
    st.tuples(
        st.just("redeem"),
        st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True),
        st.dictionaries(st.sampled_from(NAMES), st.integers(1, 5), min_size=1, max_size=3),
    ),
    st.tuples(st.just("undo"), st.integers(0, 9)),
    st.tuples(st.just("freeze"), st.integers(0, 2)),
    st.tuples(st.just("unfreeze"), st.integers(0, 2)),
)


@dataclass
class Model:
    """What should be: points on vouchers, goods on the shelf, which are frozen, what was redeemed."""

    points: list[int]
    shelf: dict[str, int]
    frozen: set[int] = field(default_factory=set)
    done: list[tuple[UUID, dict[int, int], dict[str, int]]] = field(default_factory=list)

    def redeem(self, paying: list[int], basket: dict[str, int]) -> type[Exception] | dict[int, int]:
        """Return the refusal to expect, or how much each voucher pays."""
        owed = sum(PRICES[name] * count for name, count in basket.items())
        for voucher in paying:
            if voucher in self.frozen:
                return VoucherFrozen
            if not self.points[voucher]:
                return VoucherSpent
        if owed > sum(self.points[voucher] for voucher in paying):
            return TooFewPoints
        if any(count > self.shelf[name] for name, count in basket.items()):
            return TooFewGoods
        paid: dict[int, int] = {}
        for voucher in paying:
            if amount := min(owed, self.points[voucher]):
                paid[voucher], owed = amount, owed - amount
        return paid

    def move(self, paid: dict[int, int], basket: dict[str, int], sign: int) -> None:
        """Take points and goods, or give them back."""
        for voucher, amount in paid.items():
            self.points[voucher] -= sign * amount
        for name, count in basket.items():
            self.shelf[name] -= sign * count


def play(session: Session, shop: Shop, clock: Clock, model: Model, act: tuple[Any, ...]) -> None:
    """Do one act in the books and in the model."""
    at, village = clock(), shop.village
    match act:
        case ("redeem", paying, basket):
            expected = model.redeem(paying, basket)
            ids, key = [shop.vouchers[index].id for index in paying], new_id()
            lines = [BasketLine(shop.goods[name], count, PRICES[name]) for name, count in basket.items()]
            if isinstance(expected, type):
                with pytest.raises(expected):
                    made.redeem(session, shop, ids, lines, at, key)
            else:
                receipt = made.redeem(session, shop, ids, lines, at, key)
                assert {one.voucher_id: one.amount_points for one in receipt.vouchers} == {
                    shop.vouchers[index].id: amount for index, amount in expected.items()
                }
                model.move(expected, basket, 1)
                model.done.append((key, expected, basket))
        case ("undo", which) if model.done:
            redemption, paid, basket = model.done.pop(which % len(model.done))
            service.undo(session, village.clerk, redemption, reason="试", at=at, key=new_id())
            model.move(paid, basket, -1)
            with pytest.raises(UndoTooLate):
                service.undo(session, village.clerk, redemption, reason="试", at=at, key=new_id())
        case ("freeze", which) if model.points[which]:
            loss.freeze(session, village.chair, shop.vouchers[which].id, reason="试", at=at)
            model.frozen.add(which)
        case ("unfreeze", which):
            loss.unfreeze(session, village.chair, shop.vouchers[which].id, reason="试", at=at)
            model.frozen.discard(which)


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=14))
def test_the_counter_keeps_to_a_plain_model(app: Flask, shop: Shop, clock: Clock, acts: list[tuple[Any, ...]]) -> None:
    model = Model([35, 20, 8], {each[0]: each[6] for each in GOODS})
    with Session(db.engine.execution_options(writes=True)) as session, session.begin() as whole:
        for act in acts:
            play(session, shop, clock, model, act)
        _, held, left = made.standing(session, shop, clock())
        assert [held[one.id] for one in shop.vouchers] == model.points
        assert {name: left[good_id] for name, good_id in shop.goods.items()} == model.shelf
        books = queries.reconciliation(session, shop.village.market_id)
        assert books.agrees
        assert (books.outstanding, books.redeemed) == (sum(model.points), 63 - sum(model.points))
        assert verify(session, shop.village.market_id).verified
        whole.rollback()
