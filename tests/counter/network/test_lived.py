"""The same stories with the real server: hypothesis tells them, and at the end of each the books are right."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from love_market.db import db, reading
from love_market.ledger.verify import verify
from love_market.reports import rollups
from tests.conftest import on_sqlite_alone
from tests.counter import made
from tests.counter.network import promises
from tests.counter.network.explore import GOES_ON
from tests.counter.network.promises import PROMISES
from tests.counter.network.quiet import in_touch, until_quiet
from tests.counter.network.real import FACES, GOOD, PRICE, RealBooks
from tests.counter.network.world import Left, Move, Rules, World, beginning, moves, step
from tests.ordeal.campaign import Rounds
from tests.vouchers.made import balance

LEFT = Left(operations=5, mishaps=4, clocks=1, cut_offs=1, ticks=4)


def broken(world: World, kept: Collection[str]) -> str:
    """Return the promise that is broken, if one is."""
    entries = tuple(
        entry._replace(voucher=world.operations[entry.key].voucher, by=world.operations[entry.key].by)
        for entry in world.server.entries
    )
    return next((name for name in kept if not PROMISES[name](world, entries)), "")


def check_the_end(world: World) -> None:
    """All was delivered: what screens confirmed is booked once, the books verify, points and goods add up."""
    real: RealBooks = world.server
    entries = real.entries
    keys = [entry.key for entry in entries]
    assert len(set(keys)) == len(keys)
    assert {key for key, one in enumerate(world.operations) if one.state == "shown"} <= set(keys)
    assert set(keys) <= set(range(len(world.operations))), "booked, and nobody asked for it"
    market_id, clerk = real.shop.village.market_id, real.shop.village.clerk
    with reading() as session:
        verdict = verify(session, market_id)
        assert verdict.verified, verdict.fault
        assert rollups.fault(session, market_id) is None
        for at, face in enumerate(FACES):
            paid = sum(entry.paid for entry in entries if world.operations[entry.key].voucher == at)
            assert balance(session, market_id, real.shop.vouchers[at].id) == (face - paid) * PRICE
        _, _, shelf = made.standing(session, real.shop, real.clock())
    stocked = next(each[6] for each in made.GOODS if each[0] == GOOD)
    assert shelf[real.shop.goods[GOOD]] == stocked - len(entries), clerk


def machine(
    real: RealBooks, rules: Rules, kept: Collection[str] = tuple(PROMISES), left: Left = LEFT
) -> type[RuleBasedStateMachine]:
    """Return what tells stories with these books: each begins with the database as it stands now."""
    db.engine.dispose()
    start = Path(f"{real.path}.start")
    with closing(sqlite3.connect(real.path)) as here, closing(sqlite3.connect(start)) as there:
        here.backup(there)

    class Story(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            db.engine.dispose()
            with closing(sqlite3.connect(start)) as there, closing(sqlite3.connect(real.path)) as here:
                there.backup(here)
            real.records.clear()
            real.cut_off = (False, False)
            self.world = beginning(real, FACES, left)
            self.way: list[Move] = []

        @initialize(at=st.sampled_from([None, 0, 1]))
        def one_may_have_the_lease(self, at: int | None) -> None:
            if at is not None:
                self.world = in_touch(self.world, at, rules)

        @rule(choice=st.integers(0, 2**16))
        def happens(self, choice: int) -> None:
            usual = list(moves(self.world, rules))
            possible = [*usual, *[move for move in usual if move[0] in GOES_ON] * 2]
            if possible:
                move = possible[choice % len(possible)]
                self.world = step(self.world, move, rules) or self.world
                self.way.append(move)
                self.check()

        def check(self) -> None:
            name = broken(self.world, kept)
            assert not name, "\n".join([name, *map(str, self.way)])

        def teardown(self) -> None:
            if len(kept) == len(PROMISES):
                self.world = until_quiet(self.world, rules)
                self.check()
                check_the_end(self.world)

    return Story


@pytest.mark.slow
@pytest.mark.ordeal
@on_sqlite_alone
def test_the_real_books_keep_every_promise(real: RealBooks, rounds: Rounds) -> None:
    told = settings(max_examples=rounds(40, 1000), stateful_step_count=rounds(50, 100))
    run_state_machine_as_test(machine(real, Rules()), settings=told)


@pytest.mark.slow
@on_sqlite_alone
def test_real_books_that_ask_for_no_lease_are_found(real: RealBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("love_market.tills.queries.check_answer", lambda *_: None)
    looking = [Phase.generate]  # the shortest way is found by the exploration
    told = settings(max_examples=300, stateful_step_count=50, database=None, phases=looking, report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=promises.SPENT_ONCE):
        run_state_machine_as_test(machine(real, Rules(), [promises.SPENT_ONCE], Left(3, 0, ticks=0)), settings=told)
