"""The kernel against a plain model: thousands of random operations, after each of which they agree."""

import random
import sys
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.ledger import queries, service
from love_market.ledger.models import Account
from love_market.ledger.rules import (
    CHART,
    POINTS,
    Address,
    AlreadyReversed,
    BalanceTooLow,
    Draft,
    KeyReused,
    Leg,
    NoSuchEntry,
)
from love_market.ledger.verify import verify
from tests.ledger.model import ModelBook, Refusal

UNITS = (POINTS, UUID(int=7))
OWNERS = tuple(UUID(int=n) for n in range(3))
REFUSALS = (BalanceTooLow, KeyReused, AlreadyReversed, NoSuchEntry)

addresses = st.builds(lambda kind, owner: (kind, owner), st.sampled_from(sorted(CHART)), st.sampled_from(OWNERS))


@st.composite
def legs(draw: st.DrawFn) -> list[Leg]:
    """One to four legs between accounts of the chart."""
    drawn = []
    for _ in range(draw(st.integers(1, 4))):
        unit = draw(st.sampled_from(UNITS))
        (source, owner), (destination, other_owner) = draw(st.lists(addresses, min_size=2, max_size=2, unique=True))
        moved = Leg(Address(source, owner, unit), Address(destination, other_owner, unit), draw(st.integers(1, 50)))
        drawn.append(moved)
    return drawn


operations = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.integers(0, 60), legs()),
        st.tuples(st.just("reverse"), st.integers(100, 160), st.integers(0, 40)),
    ),
    min_size=20,
    max_size=60,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(operations=operations)
def test_kernel_and_model_agree(
    engine: Engine, open_market: Callable[[], UUID], operations: list[tuple[str, int, object]]
) -> None:
    market_id, model = open_market(), ModelBook()
    with Session(engine) as session, session.begin():
        for operation in operations:
            assert _in_kernel(session, market_id, operation) == _in_model(model, operation)
        _agree(session, market_id, model)
        verdict = verify(session, market_id)
        assert verdict.verified, verdict.fault
        assert verdict.entries == len(model.entries)


# PostgreSQL is asked over a line, so fewer are drawn for it; each run draws others.
OPERATIONS = {"sqlite": 3000, "postgresql": 1000}


@pytest.mark.slow
def test_a_long_run_agrees(engine: Engine, open_market: Callable[[], UUID]) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance, market_id, model = random.Random(seed), open_market(), ModelBook()
    kinds = sorted(CHART)
    with Session(engine) as session, session.begin():
        for _ in range(OPERATIONS[engine.dialect.name]):
            if chance.random() < 0.15:
                operation: tuple[str, int, object] = (
                    "reverse",
                    chance.randrange(10**6, 2 * 10**6),
                    chance.randrange(400),
                )
            else:
                unit = chance.choice(UNITS)
                a, b = chance.sample([(kind, owner) for kind in kinds for owner in OWNERS], 2)
                moved = [Leg(Address(*a, unit), Address(*b, unit), chance.randrange(1, 40))]
                operation = ("post", chance.randrange(2500), moved)
            assert _in_kernel(session, market_id, operation) == _in_model(model, operation), operation
        _agree(session, market_id, model)
        assert verify(session, market_id).verified


def _in_kernel(session: Session, market_id: UUID, operation: tuple[str, int, object]) -> int | None:
    what, key, subject = operation
    try:
        if what == "post":
            moved = _as_legs(subject)
            draft = Draft("test", utc_now(), "test", "", UUID(int=key), moved, input=_told(moved))
            return service.post(session, market_id, draft).number
        number = subject if isinstance(subject, int) else 0
        return service.reverse(
            session, market_id, number, at=utc_now(), actor="test", reason="", key=UUID(int=key)
        ).number
    except REFUSALS:
        return None


def _in_model(model: ModelBook, operation: tuple[str, int, object]) -> int | None:
    what, key, subject = operation
    try:
        if what == "post":
            moved = _as_legs(subject)
            return model.post(UUID(int=key), moved, _told(moved))
        return model.reverse(subject if isinstance(subject, int) else 0, UUID(int=key))
    except Refusal:
        return None


def _as_legs(subject: object) -> list[Leg]:
    assert isinstance(subject, list)
    return subject


def _told(moved: list[Leg]) -> object:
    return [str(leg) for leg in moved]


def _agree(session: Session, market_id: UUID, model: ModelBook) -> None:
    rows = session.scalars(select(Account).where(Account.market_id == market_id))
    kept = {Address(row.kind, row.owner, row.unit): row.balance for row in rows}
    assert kept == model.balances
    assert queries.head(session, market_id).number == len(model.entries)
