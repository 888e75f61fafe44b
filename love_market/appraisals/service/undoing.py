"""Taking a change of scores back, without what somebody else entered since."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import ScoreChange
from love_market.appraisals.rules import Act, State, step
from love_market.appraisals.rules.refusals import ChangedSince, KeyOfOther, NothingToUndo
from love_market.appraisals.service.opening import locked
from love_market.appraisals.service.stored import (
    EnteredMeanwhile,
    SavedChange,
    current,
    distinct,
    moves_of,
    record,
    write,
)
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard


def undo_change(
    session: Session, guard: Guard, quarter: Quarter, *, change_id: UUID | None = None, at: datetime, key: UUID
) -> SavedChange:
    """Put back what stood before a change: a given one, or the last of mine; the same key undoes once.

    Cells that somebody else entered since stay as they are, and are told. Raises ``NothingToUndo``, ``ScoringClosed``,
    and ``ChangedSince`` where I changed a cell again after a given change: that is to be taken back first.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    before = session.get(ScoreChange, (guard.market_id, key))
    if before is not None:
        if before.source != "undo":
            raise KeyOfOther(words("这个操作号已经用在另一次修改上了，请刷新页面再来一次。"))
        return SavedChange(key, before.revision, distinct(household for household, *_ in moves_of(before)))
    step(Act.SCORE, State(row.state))
    last = queries.undoable(session, guard, row.id) if change_id is None else None
    wanted_id = last.id if last else change_id
    change = session.get(ScoreChange, (guard.market_id, wanted_id)) if wanted_id else None
    if change is None or change.appraisal_id != row.id or change.undone_by is not None or change.source == "undo":
        raise NothingToUndo(words("没有可以撤销的修改了。"))
    ids = {rule.code: rule.id for rule in deeds.rules(session, guard, row.rule_version_id)}
    moves = [move for move in moves_of(change) if move[1] in ids]
    others = queries.entered_by_others(session, guard, row.id, change.revision)
    mine = [move for move in moves if move[:2] not in others]
    now = current(session, guard, row, [(household, ids[code]) for household, code, *_ in mine])
    stands = [move for move in mine if now.get((move[0], ids[move[1]])) == move[3]]
    if change_id is not None and stands != mine:
        raise ChangedSince(words("这些格子后来又改过，撤销会盖掉新的分。请直接改。"))
    write(session, guard, row, {(household, ids[code]): old for household, code, old, _ in stands}, at)
    change.undone_by = key
    back = [(household, code, new, old) for household, code, old, new in stands]
    undoing = record(session, guard, row, back, key=key, source="undo", at=at)
    kept = tuple(
        EnteredMeanwhile(household, ids[code], others[household, code].by, others[household, code].at)
        for household, code, *_ in moves
        if (household, code) in others
    )
    return SavedChange(key, undoing.revision, distinct(household for household, *_ in moves), (), kept)
