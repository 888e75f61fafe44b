"""Reading how accounts changed, the newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, literal_column, not_, select, union_all
from sqlalchemy.orm import Session

from love_market.ledger.models import Entry, LegRow
from love_market.ledger.queries.entries import leg_of
from love_market.ledger.rules import POINTS, Address


@dataclass(frozen=True, slots=True)
class Movement:
    """One leg seen from an account of a kind: by how much it changed, and which account stood opposite."""

    number: int
    kind: str
    at: datetime
    actor: str
    reason: str
    reverses: int | None
    change: int
    opposite: Address
    account_kind: str


def movements(
    session: Session,
    market_id: UUID,
    owners: Sequence[UUID],
    unit: UUID = POINTS,
    *,
    kinds: Sequence[str] = (),
    before: int | None = None,
    after: int = 0,
    limit: int = 200,
) -> Sequence[Movement]:
    """Return how some owners' accounts in one unit changed, the newest first; of all kinds, or only some.

    ``before`` continues a page: only entries numbered below it; and only those numbered above ``after``. What leaves
    and what comes are read apart, each along its own index, and not past ``limit``.
    """
    out = and_(LegRow.source_owner.in_(owners), *([LegRow.source_kind.in_(kinds)] if kinds else []))
    into = and_(LegRow.destination_owner.in_(owners), *([LegRow.destination_kind.in_(kinds)] if kinds else []))
    ends: list[ColumnElement[bool]] = [LegRow.market_id == market_id, LegRow.unit == unit]
    ends += [LegRow.entry_number < before] if before is not None else []
    ends += [LegRow.entry_number > after] if after else []
    # Spelled out: a plan made for any limit would sort all that an account ever did.
    most: ColumnElement[int] = literal_column(str(limit))
    newest = LegRow.entry_number.desc(), LegRow.position.desc()
    halves = [
        select(LegRow.entry_number, LegRow.position, literal(outward).label("outward"))
        .where(*ends, *which)
        .order_by(LegRow.entry_number.desc())  # the index's own order, and no more: nothing is sorted
        .limit(most)
        .subquery()
        for outward, which in ((1, [out]), (0, [into, not_(out)]))
    ]
    found = union_all(*(select(half) for half in halves)).subquery()
    query: Select[LegRow, Entry, int] = (
        select(LegRow, Entry, found.c.outward)
        .join(found, and_(LegRow.entry_number == found.c.entry_number, LegRow.position == found.c.position))
        .join(Entry, and_(Entry.market_id == LegRow.market_id, Entry.number == LegRow.entry_number))
        .where(LegRow.market_id == market_id)
        .order_by(*newest)
        .limit(most)
    )
    return [_movement(row, row_entry, bool(outward)) for row, row_entry, outward in session.execute(query)]


def _movement(row: LegRow, row_entry: Entry, outward: bool) -> Movement:  # noqa: FBT001 in or out
    leg = leg_of(row)
    return Movement(
        number=row.entry_number,
        kind=row_entry.kind,
        at=row_entry.at,
        actor=row_entry.actor,
        reason=row_entry.reason,
        reverses=row_entry.reverses,
        change=-leg.amount if outward else leg.amount,
        opposite=leg.destination if outward else leg.source,
        account_kind=(leg.source if outward else leg.destination).kind,
    )
