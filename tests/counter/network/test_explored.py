"""Everything that may happen to two tills and their books, each state once; and that a carelessness is found."""

import random
import sys

import pytest

from love_market.tills import rules as lease_rules
from tests.counter.network import books, promises
from tests.counter.network.explore import Found, explore, wander
from tests.counter.network.promises import PROMISES
from tests.counter.network.till import Habits
from tests.counter.network.world import Left, Rules
from tests.ordeal.campaign import Rounds

MOST = 3_000_000
ALL_OF = (
    Left(3, 0, ticks=1),
    Left(1, 2, ticks=1),
    Left(0, 1, clocks=1, ticks=2),
    Left(1, 0, clocks=1, ticks=2),
    Left(2, 0, ticks=2),
    Left(2, 1, ticks=1),
)
"""What may happen in the explorations; the first two in every run."""

WHERE_IT_WAITS = tuple(name for name in PROMISES if name != promises.REFUSED)
"""A redemption that was heard and waits inside the server may be booked after its till asked and found none."""


def told(found: Found) -> str:
    """Return how it came about, a step a line."""
    return "\n".join([f"{found.states} states; {found.broken or 'all is kept'}", *map(str, found.way)])


@pytest.mark.ordeal
@pytest.mark.slow
def test_all_that_may_happen_keeps_every_promise(rounds: Rounds) -> None:
    for left in ALL_OF[: rounds(2, len(ALL_OF))]:
        found = explore(left, Rules(), most=MOST)
        sys.stdout.write(f"{left}: {told(found)}\n")
        assert found.broken == "", told(found)


@pytest.mark.ordeal
@pytest.mark.slow
def test_many_ways_with_more_mishaps_keep_every_promise(rounds: Rounds, ordeal_seed: int) -> None:
    chance = random.Random(ordeal_seed)
    for left in (Left(3, 4, ticks=3), Left(3, 4, clocks=1, cut_offs=1, ticks=3)):
        for rules, kept in ((Rules(), tuple(PROMISES)), (Rules(hears_first=True), WHERE_IT_WAITS)):
            found = wander(left, rules, chance, ways=rounds(500, 30_000), promises=kept)
            sys.stdout.write(told(found) + "\n")
            assert found.broken == "", told(found)


CARELESS = {
    "holds_the_lease": (Left(2, 0, ticks=0), promises.SPENT_ONCE),
    "has_a_copy_of_the_term": (Left(2, 0, ticks=1), promises.SPENT_ONCE),
    "writes_before_it_says_so": (Left(1, 1, ticks=0), promises.KEPT),
    "measures_from_the_sending": (Left(0, 0, ticks=2), promises.ONE_SPENDER),
    "times_without_the_clock": (Left(0, 0, clocks=1, ticks=2), promises.ONE_SPENDER),
    "gives_back_in_one_step": (Left(2, 1, ticks=0), promises.SPENT_ONCE),
    "looks_again_when_it_writes": (Left(2, 1, ticks=0), promises.SPENT_ONCE),
    "touches_one_at_a_time": (Left(1, 1, ticks=0), promises.ONE_SPENDER),
    "keeps_points_of_what_it_asked": (Left(2, 1, ticks=0), promises.NO_DISPUTE),
    "waits_where_it_was_not_let_in": (Left(1, 1, cut_offs=1, ticks=0), promises.REFUSED),
    "sends_before_it_asks": (Left(2, 0, ticks=0), promises.SPENT_ONCE),
}


@pytest.mark.parametrize("habit", Habits._fields)
def test_a_till_that_is_careless_is_found(habit: str) -> None:
    left, broken = CARELESS[habit]
    found = explore(left, Rules(habits=Habits()._replace(**{habit: False})), promises=[broken], most=MOST)
    sys.stdout.write(told(found))
    assert found.broken == broken, told(found)


def test_books_that_let_a_late_giving_back_count_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request was heard in time, waited in the server, and its till has been told since that it holds the lease."""
    monkeypatch.setitem(books.ACTS, "give-back", books.give_back_whenever)
    found = explore(Left(1, 2, ticks=0), Rules(hears_first=True), promises=[promises.ONE_SPENDER], most=MOST)
    sys.stdout.write(told(found))
    assert found.broken == promises.ONE_SPENDER, told(found)


def test_books_that_ask_for_no_lease_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_rules, "check_spending", lambda *_, **__: None)
    found = explore(Left(2, 0, ticks=0), Rules(), promises=[promises.SPENT_ONCE], most=MOST)
    sys.stdout.write(told(found))
    assert found.broken == promises.SPENT_ONCE
