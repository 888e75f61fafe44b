"""An auditor who stays: looks at what is new after each blow, so that hundreds of looks cost little."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import Engine, NullPool, create_engine, select
from sqlalchemy.orm import Session

from love_market.db import prepare_engine
from love_market.ledger import queries as books
from love_market.ledger.models import Book
from love_market.ledger.queries import EntryRecord
from love_market.ledger.rules import GENESIS, Draft, entry_hash
from tests.ordeal.clerks import Acknowledged
from tests.ordeal.rooms import booked_late, told_otherwise, voucher_faults, written_down_otherwise

_PAGE = 500


def open_books(database_url: str) -> Engine:
    """Return an engine whose every session sees one state of the books; it keeps no connection open."""
    if database_url.startswith("sqlite"):
        engine = create_engine(database_url, poolclass=NullPool)
        prepare_engine(engine)
        return engine
    return create_engine(database_url, poolclass=NullPool, isolation_level="REPEATABLE READ")


class Auditor:
    """Remembers how far it has read each market's book, and which keys it met on the way.

    ``booked_unanswered`` counts redemptions found in the books while their clerks were still asking.
    """

    def __init__(self, database_url: str) -> None:
        self._engine = open_books(database_url)
        self._heads: dict[UUID, tuple[int, str]] = {}
        self._booked: dict[str, tuple[UUID, int]] = {}
        self._told: set[str] = set()
        self.booked_unanswered = 0

    def look(self, acknowledged: Sequence[Acknowledged], in_flight: int) -> list[str]:
        """Return what is wrong with what is new; ``acknowledged`` is everything that clerks were told so far, and
        may grow meanwhile.

        More redemptions than ``in_flight`` that nobody was told of are too many.
        """
        told = list(acknowledged)  # before the books are opened: what comes after may not be in them yet
        with Session(self._engine) as session:
            faults = [
                fault
                for market_id in session.scalars(select(Book.market_id)).all()
                for fault in self._look_at(session, market_id)
            ]
            new = [one for one in told[len(self._told) :] if one.key not in self._told]
            faults += [f"lost: {one.key}" for one in new if one.key not in self._booked]
            for market_id in {UUID(one.market_id) for one in new}:
                here = [one for one in new if one.market_id == str(market_id) and one.key in self._booked]
                numbers = {one.key: self._booked[one.key][1] for one in here}
                faults += [f"lost: {key}" for key in booked_late(session, market_id, numbers, here)]
                faults += [f"half_done: {fault}" for fault in told_otherwise(session, market_id, numbers, here)]
        self._told |= {one.key for one in new}
        answered_meanwhile = {one.key for one in acknowledged[len(told) :]}
        self.booked_unanswered = len(self._booked.keys() - self._told - answered_meanwhile)
        if self.booked_unanswered > in_flight:
            faults.append(f"unasked: {self.booked_unanswered} redemptions, and only {in_flight} can be on their way")
        return faults

    def _look_at(self, session: Session, market_id: UUID) -> Iterator[str]:
        number, previous = self._heads.get(market_id, (0, GENESIS))
        begun = number
        known = books.entry(session, market_id, number)
        if number and (known is None or known.hash != previous):
            yield f"unverified: entry {number} of market {market_id} was there and is gone"
        vouchers: set[UUID] = set()
        while page := books.entries(session, market_id, after=number, limit=_PAGE):
            for entry in page:
                if not entry.legs:
                    yield f"half_done: entry {entry.number} of market {market_id} moves nothing"
                elif _chained(market_id, entry, number, previous) != entry.hash:
                    yield f"unverified: entry {entry.number} of market {market_id} does not follow {number}"
                number, previous = entry.number, entry.hash
                if entry.kind == "redeem":
                    if str(entry.key) in self._booked:
                        yield f"doubled: {entry.key}"
                    self._booked[str(entry.key)] = market_id, number
                    vouchers |= {leg.source.owner for leg in entry.legs if leg.source.kind == "voucher"}
        head = books.head(session, market_id)
        if (head.number, head.hash) != (number, previous):
            yield f"unverified: the head of market {market_id} is not its last entry"
        yield from (f"half_done: {fault}" for fault in written_down_otherwise(session, market_id, begun))
        yield from (f"half_done: {fault}" for fault in voucher_faults(session, market_id, sorted(vouchers)))
        self._heads[market_id] = number, previous


def _chained(market_id: UUID, entry: EntryRecord, number: int, previous: str) -> str:
    draft = Draft(entry.kind, entry.at, entry.actor, entry.reason, entry.key, entry.legs, reverses=entry.reverses)
    return entry_hash(market_id, number + 1, draft, entry.input_hash, previous)
