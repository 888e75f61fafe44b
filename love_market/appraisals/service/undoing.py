"""Taking a change of scores back, without what somebody else entered since; an import with the penalties it noted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, ScoreChange
from love_market.appraisals.rules import Act, State, step
from love_market.appraisals.rules.refusals import ChangedSince, KeyOfOther, NothingToUndo
from love_market.appraisals.service.opening import locked
from love_market.appraisals.service.stored import (
    EnteredMeanwhile,
    SavedChange,
    current,
    distinct,
    moves_of,
    noted_with,
    record,
    write,
)
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.deeds.service import TakenBack
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard

WHY_DROPPED = "带来这条扣分的导入撤销了"


def undo_change(
    session: Session, guard: Guard, quarter: Quarter, *, change_id: UUID | None = None, at: datetime, key: UUID
) -> SavedChange:
    """Put back what stood before a change: a given one, or the last of mine; the same key undoes once.

    Cells that somebody else entered since stay as they are, and are told. Of the penalties that an import noted, those
    that the household was told of stay, and are told too. Raises ``NothingToUndo``, ``ScoringClosed``, and
    ``ChangedSince`` where I changed a cell again after a given change: that is to be taken back first.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    ids = {rule.code: rule.id for rule in deeds.rules(session, guard, row.rule_version_id)}
    before = session.get(ScoreChange, (guard.market_id, key))
    if before is not None:
        return _answered(before, ids)
    step(Act.SCORE, State(row.state))
    change = _to_undo(session, guard, row, change_id)
    moves = [move for move in moves_of(change) if move[1] in ids]
    others = queries.entered_by_others(session, guard, row.id, change.revision)
    mine = [move for move in moves if move[:2] not in others]
    now = current(session, guard, row, [(household, ids[code]) for household, code, *_ in mine])
    stands = [move for move in mine if now.get((move[0], ids[move[1]])) == move[3]]
    if change_id is not None and stands != mine:
        raise ChangedSince(words("这些格子后来又改过，撤销会盖掉新的分。请直接改。"))
    write(session, guard, row, {(household, ids[code]): old for household, code, old, _ in stands}, at)
    noted = noted_with(change)
    gone = deeds_service.take_back_noted(session, guard, noted, reason=WHY_DROPPED, at=at)
    change.undone_by = key
    back = [(household, code, new, old) for household, code, old, new in stands]
    left = {(household, code) for household, code, *_ in moves} & set(others)
    head = {
        "households": [household.hex for household in distinct(household for household, *_ in moves)],
        "left": [
            [household.hex, code, others[household, code].by, others[household, code].at.isoformat()]
            for household, code in sorted(left)
        ],
        "penalties": [gone.gone, [one.hex for one in gone.told]] if noted else None,
    }
    return _answered(record(session, guard, row, back, key=key, source="undo", at=at, head=head), ids)


def _to_undo(session: Session, guard: Guard, row: Appraisal, change_id: UUID | None) -> ScoreChange:
    last = queries.undoable(session, guard, row.id) if change_id is None else None
    wanted_id = last.id if last else change_id
    change = session.get(ScoreChange, (guard.market_id, wanted_id)) if wanted_id else None
    if change is None or change.appraisal_id != row.id or change.undone_by is not None or change.source == "undo":
        raise NothingToUndo(words("没有可以撤销的修改了。"))
    return change


def _answered(undoing: ScoreChange, ids: Mapping[str, UUID]) -> SavedChange:
    """Return what was undone as it was told then, so that the same key is told the same."""
    if undoing.source != "undo":
        raise KeyOfOther(words("这个操作号已经用在另一次修改上了，请刷新页面再来一次。"))
    told: Mapping[str, Any] = undoing.cells[0]
    households: Sequence[str] = told.get("households") or [household.hex for household, *_ in moves_of(undoing)]
    left = tuple(
        EnteredMeanwhile(UUID(household), ids[code], by, datetime.fromisoformat(at))
        for household, code, by, at in told.get("left", ())
        if code in ids
    )
    penalties = told.get("penalties")
    return SavedChange(
        undoing.id,
        undoing.revision,
        distinct(UUID(household) for household in households),
        meanwhile=left,
        penalties=TakenBack(penalties[0], tuple(UUID(one) for one in penalties[1])) if penalties else None,
    )
