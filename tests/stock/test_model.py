"""The room against a plain model: any order of receiving, handing out, writing off and counting."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id, transaction
from love_market.ledger.verify import verify
from love_market.stock import queries, service
from love_market.stock.rules import LotExpired, TooFewGoods
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.integers(1, 9), st.one_of(st.none(), st.integers(0, 6))),
        st.tuples(st.just("issue"), st.integers(1, 12), st.just(0)),
        st.tuples(st.just("write_off"), st.integers(1, 6), st.integers(0, 9)),
        st.tuples(st.just("count"), st.integers(-3, 3), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 4), st.just(0)),
    ),
    max_size=12,
)


@dataclass
class Model:
    """What a careful person with a notebook would have: per lot what is left, and the sums that went where."""

    lots: dict[UUID, list[object]] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)

    def move(self, kind: str, quantity: int) -> None:
        self.moved[kind] = self.moved.get(kind, 0) + quantity

    def left(self, lot_id: UUID) -> int:
        return int(str(self.lots[lot_id][1]))

    def shift(self, lot_id: UUID, change: int) -> None:
        self.lots[lot_id][1] = self.left(lot_id) + change

    def fresh(self, today: date) -> list[UUID]:
        dated = {lot: facts[0] for lot, facts in self.lots.items()}
        good = [lot for lot, day in dated.items() if day is None or (isinstance(day, date) and day >= today)]
        return sorted(good, key=lambda lot: dated[lot] if isinstance(dated[lot], date) else date.max)  # type: ignore[arg-type,return-value]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_books_and_notebook_agree(village: Village, clock: Clock, acts: list[tuple[str, int, int | None]]) -> None:
    clock.at = datetime.fromisoformat("2026-10-08T01:00:00+00:00")
    model = Model()
    with transaction() as session:
        good_id = made.good(session, village.clerk, clock(), f"样品{new_id().hex}")
    for act, amount, which in acts:
        clock.at += timedelta(seconds=1)
        with transaction() as session:
            _play(session, village, clock, good_id, model, act, amount, which)
    with transaction() as session:
        on_shelf = {lot.id: lot.quantity for lot in queries.lots_of_good(session, village.clerk, good_id)}
        assert on_shelf == {lot: model.left(lot) for lot in model.lots}
        expected = {kind: amount for kind, amount in model.moved.items() if amount}
        total = sum(on_shelf.values())
        assert made.balances(session, village.clerk, good_id) == expected | ({"shelf": total} if total else {})
        card = queries.stock_card(session, village.clerk, good_id)
        assert (card.balance, sum(line.change for line in card.lines)) == (total, total)
        assert verify(session, village.market_id).verified


def _play(
    session: Session,
    village: Village,
    clock: Clock,
    good_id: UUID,
    model: Model,
    act: str,
    amount: int,
    which: int | None,
) -> None:
    today, lots = village_date(clock()), list(model.lots)
    if act == "receive":
        expires_on = None if which is None else today + timedelta(days=which)
        lot_id = made.lot(session, village.clerk, clock(), good_id, amount, expires_on=expires_on)
        model.lots[lot_id] = [expires_on, amount]
        model.move("supplier", -amount)
    elif act == "issue":
        _issue(session, village, clock, good_id, model, amount)
    elif act == "wait":
        clock.at += timedelta(days=amount)
    elif lots and which is not None:
        lot_id = lots[which % len(lots)]
        if act == "write_off":
            _write_off(session, village, clock, model, lot_id, amount)
        else:
            _count(session, village, clock, model, lot_id, amount)


def _issue(session: Session, village: Village, clock: Clock, good_id: UUID, model: Model, amount: int) -> None:
    today = village_date(clock())
    fresh = model.fresh(today)
    available = sum(model.left(lot) for lot in fresh)
    if available < amount:
        everything = sum(model.left(lot) for lot in model.lots)
        with pytest.raises(LotExpired if everything >= amount else TooFewGoods) as refusal:
            made.hand_out(session, village.clerk, clock(), [(good_id, amount)])
        assert refusal.value.left == available
        return
    made.hand_out(session, village.clerk, clock(), [(good_id, amount)])
    model.move("given", amount)
    for lot in fresh:
        taken = min(amount, model.left(lot))
        model.shift(lot, -taken)
        amount -= taken


def _write_off(session: Session, village: Village, clock: Clock, model: Model, lot_id: UUID, amount: int) -> None:
    key = new_id()
    facts = {"lot_id": lot_id, "quantity": amount, "reason": "破损", "at": clock()}
    if model.left(lot_id) < amount:
        with pytest.raises(TooFewGoods):
            service.write_off(session, village.clerk, key=key, **facts)  # type: ignore[arg-type]
        return
    for _ in range(2):
        service.write_off(session, village.clerk, key=key, **facts)  # type: ignore[arg-type]
    model.shift(lot_id, -amount)
    model.move("spoiled", amount)


def _count(session: Session, village: Village, clock: Clock, model: Model, lot_id: UUID, off: int) -> None:
    stocktake = service.open_stocktake(session, village.clerk, key=new_id(), supervisor_name="石监督", at=clock())
    counted = max(0, model.left(lot_id) + off)
    service.count(session, village.clerk, stocktake, lot_id, counted, "自然损耗")
    service.close_stocktake(session, village.chair, stocktake, at=clock(), uncounted_stay=True)
    model.move("variance", model.left(lot_id) - counted)
    model.shift(lot_id, counted - model.left(lot_id))
