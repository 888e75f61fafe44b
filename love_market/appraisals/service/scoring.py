"""Writing scores: a batch of cells at once, with what stood there before, so that it can be taken back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import Appraisal, ScoreChange
from love_market.appraisals.rules import Act, State, step
from love_market.appraisals.rules.refusals import KeyOfOther
from love_market.appraisals.service.cells import CellInput, Place, code_of, typed_parts
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
from love_market.deeds.queries import RuleRecord
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard

Seen = Mapping[Place, int | None]
"""What the writer saw typed in some cells when they were filled in; None: nothing."""


def save_scores(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    cells: Sequence[CellInput],
    *,
    source: str,
    at: datetime,
    key: UUID,
    seen: Seen | None = None,
    keep_good: bool = False,
) -> SavedChange:
    """Save cells in one go; the same key with the same cells is saved once.

    A cell that is neither as it was ``seen`` nor as it is to be stays as it is, and is told with who entered it
    meanwhile. A bad cell refuses the whole batch with its own error, or with ``keep_good`` is left out and told.
    Raises ``ScoringClosed``, ``UnknownHousehold``, ``UnknownRule``, ``PointsNotWhole``, ``PointsTooLarge``,
    ``WrongSign``, ``BelowDeeds``, ``PenaltyTyped``, ``KeyOfOther``.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    rules = {rule.id: rule for rule in deeds.rules(session, guard, row.rule_version_id)}
    given = [[cell.household_id.hex, code_of(rules, cell.rule_id), cell.points] for cell in cells]
    before = session.get(ScoreChange, (guard.market_id, key))
    if before is None:
        step(Act.SCORE, State(row.state))
    elif before.cells[0]["given"] != given:
        raise _key_of_other()
    wanted, refused = typed_parts(session, guard, quarter, cells, rules, keep_good=keep_good or before is not None)
    households = distinct(cell.household_id for cell in cells)
    if before is not None:
        moved = {(household, code) for household, code, *_ in moves_of(before)}
        rest = {place: typed for place, typed in wanted.items() if (place[0], rules[place[1]].code) not in moved}
        kept = _moved_meanwhile(session, guard, row, rest, seen or {})
        return SavedChange(key, before.revision, households, refused, _told(session, guard, row, kept, rules))
    kept = _moved_meanwhile(session, guard, row, wanted, seen or {})
    changed = write(session, guard, row, {place: typed for place, typed in wanted.items() if place not in kept}, at)
    moves = [(household, rules[rule].code, old, new) for (household, rule), (old, new) in changed.items()]
    change = record(session, guard, row, moves, key=key, source=source, at=at, head={"given": given})
    return SavedChange(key, change.revision, households, refused, _told(session, guard, row, kept, rules))


def imported_before(session: Session, guard: Guard, quarter: Quarter, key: UUID) -> SavedChange | None:
    """Return what an import under this key saved; an import looks at the sheet, so its cells differ the second time."""
    row = locked(session, guard, quarter)
    change = session.get(ScoreChange, (guard.market_id, key))
    if change is None or change.source != "import" or change.appraisal_id != row.id:
        return None
    given = change.cells[0]["given"]
    return SavedChange(change.id, change.revision, distinct(UUID(household) for household, *_ in given))


def _moved_meanwhile(
    session: Session, guard: Guard, row: Appraisal, wanted: Mapping[Place, int | None], seen: Seen
) -> set[Place]:
    """Return the cells that hold neither what was seen in them nor what is wanted.

    A penalty that was typed before penalties had to be heard is seen as 0.
    """
    compared = [place for place in wanted if place in seen]
    now = current(session, guard, row, compared) if compared else {}
    shown = {place: max(points, 0) for place, points in now.items()}
    return {place for place in compared if shown.get(place) not in (seen[place], wanted[place])}


def _told(
    session: Session, guard: Guard, row: Appraisal, kept: Collection[Place], rules: Mapping[UUID, RuleRecord]
) -> tuple[EnteredMeanwhile, ...]:
    if not kept:
        return ()
    cells = [(household, rule, rules[rule].code) for household, rule in kept]
    found = queries.writers(session, guard, row.id, cells)
    return tuple(EnteredMeanwhile(*place, *found[place]) for place in kept if place in found)


def _key_of_other() -> KeyOfOther:
    return KeyOfOther(words("这个操作号已经用在另一次修改上了，请刷新页面再来一次。"))
