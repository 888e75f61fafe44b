"""What the sheet's cells hold: reading them, writing them, and the change that keeps what stood before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, Score, ScoreChange
from love_market.appraisals.service.cells import Place, RefusedCell
from love_market.deeds.service import TakenBack
from love_market.people.rules import Guard

_CHUNK = 300
Move = tuple[UUID, str, int | None, int | None]
"""A cell that a change moved: household, rule code, before, after."""


@dataclass(frozen=True, slots=True)
class EnteredMeanwhile:
    """A cell left as it is, since somebody else entered it meanwhile (``by`` as the books name them)."""

    household_id: UUID
    rule_id: UUID
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SavedChange:
    """A saved batch: its id (the key), the sheet's revision after it, its households, and cells not saved.

    ``penalties`` are those that an undone import had noted, where it had any.
    """

    id: UUID
    revision: int
    household_ids: tuple[UUID, ...]
    refused: tuple[RefusedCell, ...] = ()
    meanwhile: tuple[EnteredMeanwhile, ...] = ()
    penalties: TakenBack | None = None


def moves_of(change: ScoreChange) -> list[Move]:
    """Return the cells a change moved."""
    return [(UUID(household), str(code), old, new) for household, code, old, new in change.cells[1:]]


def note_with(session: Session, guard: Guard, change_id: UUID, penalty_ids: Sequence[UUID]) -> None:
    """Write beside a change, an import, the penalties that it noted, so that undoing it takes them back."""
    change = session.get_one(ScoreChange, (guard.market_id, change_id))
    change.cells = [{**change.cells[0], "noted": [one.hex for one in penalty_ids]}, *change.cells[1:]]
    change.undone_by = None
    session.flush()


def noted_with(change: ScoreChange) -> list[UUID]:
    """Return the penalties that a change, an import, noted beside its cells."""
    return [UUID(penalty) for penalty in change.cells[0].get("noted", ())]


def write(
    session: Session, guard: Guard, row: Appraisal, wanted: Mapping[Place, int | None], at: datetime
) -> dict[Place, tuple[int | None, int | None]]:
    """Store typed parts; return what each changed cell held before and holds now."""
    now = current(session, guard, row, list(wanted))
    changed = {place: (now.get(place), typed) for place, typed in wanted.items() if now.get(place) != typed}
    keys = {"market_id": guard.market_id, "appraisal_id": row.id}
    entered = {"entered_by": guard.actor, "entered_at": at}
    new, moved, gone = [], [], []
    for place, (old, typed) in changed.items():
        where = {**keys, "household_id": place[0], "rule_id": place[1]}
        if typed is None:
            gone.append(place)
        elif old is None:
            new.append({**where, **entered, "points": typed})
        else:
            moved.append({**where, **entered, "points": typed})
    for start in range(0, len(gone), _CHUNK):
        session.execute(delete(Score).where(*_of(guard, row), _places(gone[start : start + _CHUNK])))
    if new:
        session.execute(insert(Score), new)
    if moved:
        session.execute(update(Score), moved)
    session.expire_all()
    return changed


def current(session: Session, guard: Guard, row: Appraisal, places: Sequence[Place]) -> dict[Place, int]:
    """Return what was typed into some cells until now."""
    query = select(Score.household_id, Score.rule_id, Score.points).where(*_of(guard, row))
    if len(places) <= _CHUNK:
        query = query.where(_places(places))
    wanted = set(places)
    return {
        (household_id, rule_id): points
        for household_id, rule_id, points in session.execute(query)
        if (household_id, rule_id) in wanted
    }


def _of(guard: Guard, row: Appraisal) -> tuple[ColumnElement[bool], ...]:
    return (Score.market_id == guard.market_id, Score.appraisal_id == row.id)


def _places(places: Sequence[Place]) -> ColumnElement[bool]:
    return tuple_(Score.household_id, Score.rule_id).in_(places)


def record(
    session: Session,
    guard: Guard,
    row: Appraisal,
    moves: Sequence[Move],
    *,
    key: UUID,
    source: str,
    at: datetime,
    head: Mapping[str, object],
) -> ScoreChange:
    """Keep a change under the sheet's next revision. One that moved nothing leaves nothing to undo.

    ``head`` is what must be known of it beside the cells: what was ``given``, or what an undo answered.
    """
    change = ScoreChange(
        market_id=guard.market_id,
        id=key,
        appraisal_id=row.id,
        made_by=guard.actor,
        made_at=at,
        revision=row.revision + 1,
        source=source,
        cells=[dict(head), *([household.hex, code, old, new] for household, code, old, new in moves)],
        undone_by=None if moves else key,
    )
    session.add(change)
    row.revision = change.revision
    session.flush()
    return change


def distinct(household_ids: Iterable[UUID]) -> tuple[UUID, ...]:
    """Return households each once, in their order."""
    return tuple(dict.fromkeys(household_ids))
