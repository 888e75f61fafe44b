"""Reading what was entered since: for a page that is open, for undoing, and for whose a cell is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, Score, ScoreChange
from love_market.appraisals.queries.quarter import AppraisalRecord, no_appraisal, record
from love_market.clock import Quarter
from love_market.people.rules import Guard

Cell = tuple[UUID, str]
"""A cell by its household and its rule's code, which stays when the rules are adopted anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """A saved batch: who, when, how (``grid``, ``paste``, ``import``, ``undo``), and the cells it moved."""

    id: UUID
    by: str
    at: datetime
    source: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """A quarter as it stands, and what was saved since a revision, the oldest first."""

    appraisal: AppraisalRecord
    since: tuple[Change, ...]

    @property
    def household_ids(self) -> set[UUID]:
        """Whose rows were touched."""
        return {household for change in self.since for household, _code in change.cells}


@dataclass(frozen=True, slots=True)
class Undoable:
    """The change that is taken back next."""

    id: UUID
    source: str
    at: datetime


def changes(session: Session, guard: Guard, quarter: Quarter, since: int) -> Changes:
    """Return what was saved after a revision, in one question; raise ``NoAppraisal``."""
    rows = session.execute(
        select(Appraisal, ScoreChange)
        .outerjoin(
            ScoreChange,
            (ScoreChange.market_id == Appraisal.market_id)
            & (ScoreChange.appraisal_id == Appraisal.id)
            & (ScoreChange.revision > since),
        )
        .where(
            Appraisal.market_id == guard.market_id,
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter == str(quarter),
        )
        .order_by(ScoreChange.revision)
    ).all()
    if not rows:
        raise no_appraisal(quarter)
    return Changes(record(rows[0][0]), tuple(map(_change, filter(None, (row for _appraisal, row in rows)))))


def entered_by_others(session: Session, guard: Guard, appraisal_id: UUID, revision: int) -> dict[Cell, Change]:
    """Return the cells that others entered after a revision and left so, each with the last change of it."""
    rows = session.scalars(
        select(ScoreChange)
        .where(
            ScoreChange.market_id == guard.market_id,
            ScoreChange.appraisal_id == appraisal_id,
            ScoreChange.revision > revision,
            ScoreChange.made_by != guard.actor,
            ScoreChange.source != "undo",
            ScoreChange.undone_by.is_(None),
        )
        .order_by(ScoreChange.revision)
    )
    return {cell: change for change in map(_change, rows) for cell in change.cells}


def writers(
    session: Session, guard: Guard, appraisal_id: UUID, cells: Collection[tuple[UUID, UUID, str]]
) -> dict[tuple[UUID, UUID], tuple[str, datetime]]:
    """Return who entered what some cells hold, and when; also who cleared one. Cells are household, rule, code."""
    rows = session.execute(
        select(Score.household_id, Score.rule_id, Score.entered_by, Score.entered_at).where(
            Score.market_id == guard.market_id,
            Score.appraisal_id == appraisal_id,
            Score.household_id.in_({household for household, _rule, _code in cells}),
        )
    )
    found = {(household, rule): (by, at) for household, rule, by, at in rows}
    cleared = {
        (household, code): (household, rule) for household, rule, code in cells if (household, rule) not in found
    }
    return found | _clearers(session, guard, appraisal_id, cleared) if cleared else found


def _clearers(
    session: Session, guard: Guard, appraisal_id: UUID, cleared: dict[Cell, tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[str, datetime]]:
    """Return who last changed some cells, read backwards as far as needed."""
    query = (
        select(ScoreChange)
        .where(ScoreChange.market_id == guard.market_id, ScoreChange.appraisal_id == appraisal_id)
        .order_by(ScoreChange.revision.desc())
        .execution_options(yield_per=20)
    )
    found: dict[tuple[UUID, UUID], tuple[str, datetime]] = {}
    with session.scalars(query) as rows:
        for change in map(_change, rows):
            for cell in change.cells:
                if cell in cleared:
                    found[cleared.pop(cell)] = (change.by, change.at)
            if not cleared:
                break
    return found


def undoable(session: Session, guard: Guard, appraisal_id: UUID) -> Undoable | None:
    """Return the last change of mine that was not taken back and is none that takes back."""
    found = session.execute(
        select(ScoreChange.id, ScoreChange.source, ScoreChange.made_at)
        .where(
            ScoreChange.market_id == guard.market_id,
            ScoreChange.appraisal_id == appraisal_id,
            ScoreChange.made_by == guard.actor,
            ScoreChange.undone_by.is_(None),
            ScoreChange.source != "undo",
        )
        .order_by(ScoreChange.revision.desc())
        .limit(1)
    ).first()
    return None if found is None else Undoable(*found)


def _change(row: ScoreChange) -> Change:
    moves: Sequence[Any] = row.cells[1:]
    cells = tuple((UUID(household), str(code)) for household, code, _before, _after in moves)
    return Change(row.id, row.made_by, row.made_at, row.source, cells)
