"""The stock card (库存卡) of one good: everything that moved, and what was left after."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.ledger import queries as ledger
from love_market.ledger.queries import Movement
from love_market.people.models import Staff
from love_market.people.rules import Guard
from love_market.stock.models import Lot
from love_market.stock.queries.goods import GoodRecord, good

_PAGE = 500
TAKEN_BACK_KINDS = frozenset({"receive", "write_off"})
"""The kinds of entries that this room may take back; a redemption is undone at the counter."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """One entry as it moved one good: by ``change``, leaving ``balance_after``.

    ``opposite`` is the kind of account across (supplier, donor, given, spoiled, variance); ``source_name`` says who a
    receipt came from; ``reversed_by`` is the entry that took it back; ``may_take_back`` whether this room still can.
    """

    number: int
    kind: str
    at: datetime
    who: str
    reason: str
    source_name: str
    reverses: int | None
    reversed_by: int | None
    change: int
    balance_after: int
    opposite: str

    @property
    def may_take_back(self) -> bool:
        """Whether this room can still take the entry back."""
        return self.kind in TAKEN_BACK_KINDS and self.reversed_by is None


@dataclass(frozen=True, slots=True)
class StockCard:
    """A good's card, the newest line first; ``before`` continues it where there is more."""

    good: GoodRecord
    balance: int
    lines: Sequence[CardLine]
    before: int | None


def stock_card(
    session: Session, guard: Guard, good_id: UUID, *, before: int | None = None, limit: int = 100
) -> StockCard:
    """Return a good's card: up to ``limit`` entries numbered below ``before``; raise ``NoSuchGood``.

    Balances are counted back from today's, so the newest line's balance is what the ledger holds now.
    """
    one = good(session, guard, good_id)
    lots = {
        lot_id: (entry_number, source_name)
        for lot_id, entry_number, source_name in session.execute(
            select(Lot.id, Lot.entry_number, Lot.source_name).where(
                Lot.market_id == guard.market_id, Lot.good_id == good_id
            )
        )
    }
    balance = after = ledger.totals_by_unit(session, guard.market_id, "shelf").get(good_id, 0)
    sources, reversals, lines = dict(lots.values()), dict[int, int](), list[CardLine]()
    more = None
    for number, legs in groupby(_movements(session, guard, good_id, list(lots)), key=lambda leg: leg.number):
        moved = list(legs)
        change = sum(leg.change for leg in moved)
        if moved[0].reverses is not None:
            reversals[moved[0].reverses] = number
        if before is None or number < before:
            if len(lines) == limit:
                more = lines[-1].number
                break
            lines.append(_line(moved[0], change, after, sources.get(number, ""), reversals.get(number)))
        after -= change
    names = names_of(session, (line.who for line in lines))
    return StockCard(one, balance, [_named(line, names) for line in lines], more)


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Return the names of members of staff by what the books call them (``staff:<hex id>``)."""
    ids = {UUID(hex=actor.removeprefix("staff:")) for actor in set(actors) if actor.startswith("staff:")}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {f"staff:{staff_id.hex}": name for staff_id, name in rows}


def _movements(session: Session, guard: Guard, good_id: UUID, lot_ids: Sequence[UUID]) -> Iterator[Movement]:
    """Yield a good's legs, the newest first, a page at a time; an entry is never cut by the end of a page."""
    before, limit = None, max(_PAGE, 2 * len(lot_ids) + 1)
    while lot_ids:
        page = ledger.movements(session, guard.market_id, lot_ids, good_id, kinds=["shelf"], before=before, limit=limit)
        if len(page) < limit:
            yield from page
            return
        last = page[-1].number
        yield from (leg for leg in page if leg.number != last)
        before = last + 1


def _line(leg: Movement, change: int, after: int, source_name: str, reversed_by: int | None) -> CardLine:
    return CardLine(
        number=leg.number,
        kind=leg.kind,
        at=leg.at,
        who=leg.actor,
        reason=leg.reason,
        source_name=source_name,
        reverses=leg.reverses,
        reversed_by=reversed_by,
        change=change,
        balance_after=after,
        opposite=leg.opposite.kind,
    )


def _named(line: CardLine, names: dict[str, str]) -> CardLine:
    return replace(line, who=names.get(line.who, line.who))
