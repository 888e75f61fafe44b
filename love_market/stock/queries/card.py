"""The stock card (库存卡) of one good: everything that moved, and what was left after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.ledger import queries as ledger
from love_market.ledger.models import Entry, LegRow
from love_market.ledger.queries import Movement
from love_market.ledger.rules import NOBODY
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.stock.models import Lot
from love_market.stock.queries.goods import GoodRecord, good
from love_market.stock.queries.left import quantities_left

_ACROSS = ("given", "spoiled", "variance", "supplier", "donor")
_SPARE = 50
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
    balance = quantities_left(session, guard.market_id).get(good_id, 0)
    after = balance if before is None else balance - _moved_since(session, guard, good_id, before)
    entries = _entries(session, guard, good_id, before, limit + 1)
    numbers = [legs[0].number for legs in entries[:limit]]
    sources, reversals = _sources(session, guard, entries[:limit]), _reversals(session, guard, numbers)
    lines = list[CardLine]()
    for legs in entries[:limit]:
        change, number = -sum(leg.change for leg in legs), legs[0].number
        lines.append(_line(legs[0], change, after, sources.get(number, ""), reversals.get(number)))
        after -= change
    names = people.names_by_actor(session, (line.who for line in lines))
    more = numbers[-1] if len(entries) > limit else None
    return StockCard(one, balance, [_named(line, names) for line in lines], more)


def _entries(
    session: Session, guard: Guard, good_id: UUID, before: int | None, count: int
) -> Sequence[Sequence[Movement]]:
    """Return the legs of up to so many entries that moved a good, the newest first, each entry whole.

    Every leg of a good has the shelf at one end and at the other the one account that its market has for all pieces
    given, spoiled, bought, donated or missed: these are followed, so that lots long gone cost nothing.
    """
    limit = count + _SPARE
    while True:
        legs = ledger.movements(session, guard.market_id, [NOBODY], good_id, kinds=_ACROSS, before=before, limit=limit)
        entries = [list(moved) for _, moved in groupby(legs, key=lambda leg: leg.number)]
        if len(legs) < limit:
            return entries[:count]
        if len(entries) > count:  # the last may be cut by the limit
            return entries[:count]
        limit *= 2


def _moved_since(session: Session, guard: Guard, good_id: UUID, number: int) -> int:
    """Return by how much a good's quantity changed from one entry on: for a page that continues another."""
    ends = ((LegRow.destination_owner, LegRow.destination_kind), (LegRow.source_owner, LegRow.source_kind))
    out, into = (
        session.scalar(
            select(func.coalesce(func.sum(LegRow.amount), 0)).where(
                LegRow.market_id == guard.market_id,
                LegRow.unit == good_id,
                owner == NOBODY,
                kind.in_(_ACROSS),
                LegRow.entry_number >= number,
            )
        )
        for owner, kind in ends
    )
    return int(into or 0) - int(out or 0)


def _sources(session: Session, guard: Guard, entries: Sequence[Sequence[Movement]]) -> dict[int, str]:
    lots = {legs[0].opposite.owner: legs[0].number for legs in entries if legs[0].kind == "receive"}
    rows = session.execute(
        select(Lot.id, Lot.source_name).where(Lot.market_id == guard.market_id, Lot.id.in_(list(lots)))
    )
    return {lots[lot_id]: source_name for lot_id, source_name in rows}


def _reversals(session: Session, guard: Guard, numbers: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(Entry.reverses, Entry.number).where(Entry.market_id == guard.market_id, Entry.reverses.in_(numbers))
    )
    return {reverses: number for reverses, number in rows if reverses is not None}


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
        opposite=leg.account_kind,
    )


def _named(line: CardLine, names: dict[str, str]) -> CardLine:
    return replace(line, who=names.get(line.who, line.who))
