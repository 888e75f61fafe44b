"""Writing scores: a batch of cells at once, with what stood there before, so that it can be taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, Score, ScoreChange
from love_market.appraisals.rules import Act, State, step
from love_market.appraisals.rules.refusals import ChangedSince, KeyOfOther, NothingToUndo
from love_market.appraisals.service.cells import CellInput, Place, RefusedCell, code_of, typed_parts
from love_market.appraisals.service.opening import locked
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard

_CHUNK = 300


@dataclass(frozen=True, slots=True)
class SavedChange:
    """A saved batch: its id (the key), the sheet's revision after it, its households, and cells not saved."""

    id: UUID
    revision: int
    household_ids: tuple[UUID, ...]
    refused: tuple[RefusedCell, ...] = ()


def save_scores(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    cells: Sequence[CellInput],
    *,
    source: str,
    at: datetime,
    key: UUID,
    keep_good: bool = False,
) -> SavedChange:
    """Save cells in one go; the same key with the same cells is saved once.

    A bad cell refuses the whole batch with its own error, or with ``keep_good`` is left out and told. Raises
    ``ScoringClosed``, ``UnknownHousehold``, ``UnknownRule``, ``PointsNotWhole``, ``PointsTooLarge``, ``WrongSign``,
    ``BelowDeeds``, ``KeyOfOther``.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    rules = {rule.id: rule for rule in deeds.rules(session, guard, row.rule_version_id)}
    given = [[cell.household_id.hex, code_of(rules, cell.rule_id), cell.points] for cell in cells]
    before = session.get(ScoreChange, (guard.market_id, key))
    if before is not None:
        return _replayed(before, given)
    step(Act.SCORE, State(row.state))
    wanted, refused = typed_parts(session, guard, quarter, cells, rules, keep_good=keep_good)
    changed = _write(session, guard, row, wanted, at)
    change = ScoreChange(
        market_id=guard.market_id,
        id=key,
        appraisal_id=row.id,
        made_by=guard.actor,
        made_at=at,
        revision=row.revision + 1,
        source=source,
        cells=[
            {"given": given},
            *([place[0].hex, rules[place[1]].code, old, new] for place, (old, new) in changed.items()),
        ],
    )
    return _record(session, row, change, [cell.household_id for cell in cells], refused)


def undo_change(
    session: Session, guard: Guard, quarter: Quarter, *, change_id: UUID | None = None, at: datetime, key: UUID
) -> SavedChange:
    """Put back what stood before a change: a given one, or the last of mine; the same key undoes once.

    Raises ``NothingToUndo``, ``ChangedSince`` where a cell was changed again, ``ScoringClosed``.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    before = session.get(ScoreChange, (guard.market_id, key))
    if before is not None:
        return _replayed(before, [])
    step(Act.SCORE, State(row.state))
    wanted_id = change_id or queries.undoable(session, guard, row.id)
    change = session.get(ScoreChange, (guard.market_id, wanted_id)) if wanted_id else None
    if change is None or change.appraisal_id != row.id or change.undone_by is not None or change.source == "undo":
        raise NothingToUndo(words("没有可以撤销的修改了。"))
    ids = {rule.code: rule.id for rule in deeds.rules(session, guard, row.rule_version_id)}
    moves = [(UUID(household), code, old, new) for household, code, old, new in _moves(change) if code in ids]
    now = _current(session, guard, row, [(household, ids[code]) for household, code, _, _ in moves])
    if any(now.get((household, ids[code])) != new for household, code, _, new in moves):
        raise ChangedSince(words("这些格子后来又改过，撤销会盖掉新的分。请直接改。"))
    _write(session, guard, row, {(household, ids[code]): old for household, code, old, _ in moves}, at)
    change.undone_by = key
    undoing = ScoreChange(
        market_id=guard.market_id,
        id=key,
        appraisal_id=row.id,
        made_by=guard.actor,
        made_at=at,
        revision=row.revision + 1,
        source="undo",
        cells=[{"given": []}, *([household.hex, code, new, old] for household, code, old, new in moves)],
    )
    return _record(session, row, undoing, [household for household, *_ in moves], ())


def imported_before(session: Session, guard: Guard, quarter: Quarter, key: UUID) -> SavedChange | None:
    """Return what an import under this key saved; an import looks at the sheet, so its cells differ the second time."""
    row = locked(session, guard, quarter)
    change = session.get(ScoreChange, (guard.market_id, key))
    if change is None or change.source != "import" or change.appraisal_id != row.id:
        return None
    return _replayed(change, change.cells[0]["given"])


def _write(
    session: Session, guard: Guard, row: Appraisal, wanted: Mapping[Place, int | None], at: datetime
) -> dict[Place, tuple[int | None, int | None]]:
    """Store typed parts; return what each changed cell held before and holds now."""
    now = _current(session, guard, row, list(wanted))
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


def _current(session: Session, guard: Guard, row: Appraisal, places: Sequence[Place]) -> dict[Place, int]:
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


def _record(
    session: Session,
    row: Appraisal,
    change: ScoreChange,
    household_ids: Iterable[UUID],
    refused: tuple[RefusedCell, ...],
) -> SavedChange:
    session.add(change)
    row.revision = change.revision
    session.flush()
    return SavedChange(change.id, change.revision, tuple(dict.fromkeys(household_ids)), refused)


def _replayed(change: ScoreChange, given: Sequence[object]) -> SavedChange:
    if change.cells[0]["given"] != given:
        raise KeyOfOther(words("这个操作号已经用在另一次修改上了，请刷新页面再来一次。"))
    households = [UUID(household) for household, *_ in change.cells[0]["given"] or _moves(change)]
    return SavedChange(change.id, change.revision, tuple(dict.fromkeys(households)))


def _moves(change: ScoreChange) -> Sequence[Any]:
    """Return the cells a change moved: ``[household hex, rule code, before, after]``."""
    return change.cells[1:]
