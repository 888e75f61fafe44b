"""Many at once: one market's writes come one after another, whatever the threads do."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.db import new_id
from love_market.ledger import queries, service
from love_market.ledger.rules import Address, BalanceTooLow, Draft, Leg
from love_market.ledger.verify import verify

RACERS = 16


def _post(engine: Engine, market_id: UUID, key: UUID, moved: list[Leg]) -> str:
    draft = Draft("test", utc_now(), "test", "", key, moved, input=[str(leg) for leg in moved])
    try:
        with Session(engine) as session, session.begin():
            return "replayed" if service.post(session, market_id, draft).replayed else "posted"
    except BalanceTooLow:
        return "refused"


def _race(act: Callable[[int], str]) -> Counter[str]:
    start = Barrier(RACERS)

    def run(index: int) -> str:
        start.wait()
        return act(index)

    with ThreadPoolExecutor(RACERS) as pool:
        return Counter(pool.map(run, range(RACERS)))


def test_sixteen_spend_what_only_one_can(engine: Engine, open_market: Callable[[], UUID]) -> None:
    market_id, voucher = open_market(), Address("voucher", new_id())
    assert _post(engine, market_id, new_id(), [Leg(Address("funding"), voucher, 10)]) == "posted"
    outcome = _race(lambda _: _post(engine, market_id, new_id(), [Leg(voucher, Address("redeemed"), 7)]))
    assert outcome == {"posted": 1, "refused": RACERS - 1}
    with Session(engine) as session:
        assert queries.balance(session, market_id, voucher) == 3
        assert verify(session, market_id).entries == 2


def test_one_key_sent_sixteen_times_is_one_entry(engine: Engine, open_market: Callable[[], UUID]) -> None:
    market_id, key = open_market(), new_id()
    moved = [Leg(Address("funding"), Address("budget", new_id()), 5)]
    assert _race(lambda _: _post(engine, market_id, key, moved)) == {"posted": 1, "replayed": RACERS - 1}
    with Session(engine) as session:
        assert verify(session, market_id).entries == 1


def test_numbers_have_no_gaps_under_a_race(engine: Engine, open_market: Callable[[], UUID]) -> None:
    market_id = open_market()
    moved = [Leg(Address("funding"), Address("budget", new_id()), 1)]
    assert _race(lambda _: _post(engine, market_id, new_id(), moved)) == {"posted": RACERS}
    with Session(engine) as session:
        verdict = verify(session, market_id)
        assert (verdict.verified, verdict.entries) == (True, RACERS)
