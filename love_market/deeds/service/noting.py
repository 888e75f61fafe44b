"""Penalties that a workbook brings: noted without proof, and taken back with the import as long as nobody was told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.deeds import queries
from love_market.deeds.models import Penalty
from love_market.deeds.rules import PenaltyAct, PenaltyState, next_state
from love_market.ledger.service import lock_book
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Noted:
    """A penalty as a workbook has it: the id that makes it one however often it is brought, and points (negative)."""

    id: UUID
    household_id: UUID
    rule_id: UUID
    rule_code: str
    times: int
    points: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of noted penalties: how many are gone, and the ids of those that stay, since they were told."""

    gone: int
    told: tuple[UUID, ...]


def note_penalties(
    session: Session, guard: Guard, noted: Sequence[Noted], *, source: str, at: datetime
) -> tuple[UUID, ...]:
    """Note penalties that have no proof yet, each once; return the new ones' ids. ``source`` is where they stood."""
    lock_book(session, guard.market_id)
    before = queries.noted_before(session, guard, [one.id for one in noted])
    new = [
        Penalty(
            market_id=guard.market_id,
            village_code=guard.village_code,
            state=PenaltyState.NOTED,
            noted_by=guard.staff_id,
            noted_at=at,
            words=source,
            **asdict(one),
        )
        for one in noted
        if one.id not in before
    ]
    session.add_all(new)
    session.flush()
    return tuple(one.id for one in new)


def take_back_noted(
    session: Session, guard: Guard, penalty_ids: Sequence[UUID], *, reason: str, at: datetime
) -> TakenBack:
    """Take back penalties that an import noted, unless the household was told; those dropped before are left out.

    One without proof is a cell of the workbook and goes as if it had never come, so that the right workbook can bring
    it again. One that somebody completed since stays in the list as withdrawn, with the ``reason`` (200 characters).
    """
    if not penalty_ids:
        return TakenBack(0, ())
    lock_book(session, guard.market_id)
    query = select(Penalty).where(*queries.of_guard(guard), Penalty.id.in_(penalty_ids)).order_by(Penalty.id)
    rows = [row for row in session.scalars(query) if row.state != PenaltyState.WITHDRAWN]
    untold = [row for row in rows if row.told_at is None]
    for row in untold:
        if row.state == PenaltyState.NOTED:
            session.delete(row)
        else:
            row.state = next_state(PenaltyAct.DROP, PenaltyState(row.state))
            row.decided_by, row.decided_at, row.decision = guard.require_staff(), at, reason[:200]
    session.flush()
    return TakenBack(len(untold), tuple(row.id for row in rows if row.told_at is not None))
