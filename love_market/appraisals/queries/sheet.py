"""Reading the score sheet: one row a household, one column a rule, each cell the typed part and the deeds' part."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from love_market.appraisals.models import Appraisal, AppraisalRow, Score
from love_market.appraisals.queries.quarter import AppraisalRecord, appraisal
from love_market.appraisals.rules import State, tally
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.deeds.queries import RuleRecord
from love_market.people import queries as people
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard

_FEW = 300


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell: what was typed (None: nothing), what records bring, and what of both counts under the cap.

    Records are accepted deeds, or for a penalty's rule the penalties that stand: one cannot be typed.
    """

    typed: int | None
    from_deeds: int
    counted: int

    @property
    def entered(self) -> int | None:
        """The cell's total; None where nothing was typed and no deed accepted."""
        return None if self.typed is None and not self.from_deeds else (self.typed or 0) + self.from_deeds

    @property
    def is_capped(self) -> bool:
        """Whether the cap took something away."""
        return self.entered is not None and self.entered != self.counted


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A household's cells in the order of the sheet's rules, and the points they come to."""

    household: HouseholdRecord
    cells: tuple[SheetCell, ...]
    points: int

    @property
    def filled_count(self) -> int:
        """How many cells hold something."""
        return sum(cell.entered is not None for cell in self.cells)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered for the household at all (未填)."""
        return self.filled_count == 0

    @property
    def is_complete(self) -> bool:
        """Whether every cell holds something."""
        return self.filled_count == len(self.cells)

    @property
    def is_capped(self) -> bool:
        """Whether a cap took something away."""
        return any(cell.is_capped for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """A quarter's score sheet."""

    appraisal: AppraisalRecord
    rules: tuple[RuleRecord, ...]
    rows: tuple[SheetRow, ...]

    @property
    def filled_count(self) -> int:
        """How many households have something entered."""
        return sum(not row.is_empty for row in self.rows)

    @property
    def points(self) -> int:
        """What all rows come to."""
        return sum(row.points for row in self.rows)


def sheet(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    *,
    household_ids: Collection[UUID] | None = None,
    first: int | None = None,
) -> ScoreSheet:
    """Return a quarter's score sheet, of all households, of some, or of the ``first``; raise ``NoAppraisal``.

    While scoring it is what was typed and accepted until now; afterwards what was frozen when it was submitted.
    """
    found = appraisal(session, guard, quarter)
    rules = tuple(deeds.rules(session, guard, found.rule_version_id))
    households = people.households(session, guard, ids=household_ids, limit=first)
    if first is not None:
        household_ids = {household.id for household in households}
    if found.state is not State.SCORING:
        return ScoreSheet(found, rules, tuple(_frozen_rows(session, guard, found, rules, households, household_ids)))
    typed = _typed(session, guard, found.id, rules, household_ids)
    recorded = deeds.points_of_quarter(session, guard, quarter)
    before = counted_before(session, guard, quarter, household_ids)
    rows = tuple(
        _row(household, rules, typed.get(household.id, {}), recorded, before.get(household.id, {}))
        for household in households
    )
    return ScoreSheet(found, rules, rows)


def _row(
    household: HouseholdRecord,
    rules: Sequence[RuleRecord],
    typed: Mapping[str, int],
    recorded: Mapping[tuple[UUID, str], int],
    before: Mapping[str, int],
) -> SheetRow:
    entered = {rule.code: typed.get(rule.code, 0) + recorded.get((household.id, rule.code), 0) for rule in rules}
    row = tally(entered, rules, before)
    counted = {line.code: line.counted for line in row.lines}
    cells = tuple(
        SheetCell(typed.get(rule.code), recorded.get((household.id, rule.code), 0), counted.get(rule.code, 0))
        for rule in rules
    )
    return SheetRow(household, cells, row.points)


def _frozen_rows(
    session: Session,
    guard: Guard,
    found: AppraisalRecord,
    rules: Sequence[RuleRecord],
    households: Sequence[HouseholdRecord],
    household_ids: Collection[UUID] | None,
) -> Iterable[SheetRow]:
    query = select(AppraisalRow).where(
        AppraisalRow.market_id == guard.market_id,
        AppraisalRow.appraisal_id == found.id,
        *few(AppraisalRow.household_id, household_ids),
    )
    rows = {row.household_id: row for row in session.scalars(query)}
    for household in households:
        row = rows.get(household.id)
        if row is None:
            continue
        lines: dict[str, dict[str, Any]] = {line["code"]: line for line in row.lines}
        cells = tuple(_frozen_cell(lines.get(rule.code)) for rule in rules)
        yield SheetRow(household, cells, row.points)


def _frozen_cell(line: Mapping[str, Any] | None) -> SheetCell:
    if line is None:
        return SheetCell(0, 0, 0)
    from_deeds = int(line.get("from_deeds", 0))
    return SheetCell(line["entered"] - from_deeds, from_deeds, line["counted"])


def _typed(
    session: Session,
    guard: Guard,
    appraisal_id: UUID,
    rules: Sequence[RuleRecord],
    household_ids: Collection[UUID] | None,
) -> dict[UUID, dict[str, int]]:
    codes = {rule.id: rule.code for rule in rules}
    query = select(Score.household_id, Score.rule_id, Score.points).where(
        Score.market_id == guard.market_id, Score.appraisal_id == appraisal_id, *few(Score.household_id, household_ids)
    )
    typed: dict[UUID, dict[str, int]] = {}
    for household_id, rule_id, points in session.execute(query):
        if rule_id in codes:  # a penalty that was typed before penalties had to be heard counts for nothing
            typed.setdefault(household_id, {})[codes[rule_id]] = max(points, 0)
    return typed


def few(column: InstrumentedAttribute[UUID], ids: Collection[UUID] | None) -> Sequence[ColumnElement[bool]]:
    """Return what narrows a question to some households; nothing where they are so many that all are read anyway."""
    return () if ids is None or len(ids) > _FEW else (column.in_(ids),)


def counted_before(
    session: Session, guard: Guard, quarter: Quarter, household_ids: Collection[UUID] | None = None
) -> dict[UUID, dict[str, int]]:
    """Return what counted in the confirmed rows of this year's earlier quarters, by household and rule code."""
    rows = session.execute(
        select(AppraisalRow.household_id, AppraisalRow.lines)
        .join(
            Appraisal,
            (Appraisal.market_id == AppraisalRow.market_id) & (Appraisal.id == AppraisalRow.appraisal_id),
        )
        .where(
            AppraisalRow.market_id == guard.market_id,
            AppraisalRow.state == "confirmed",
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter.in_([f"{quarter.year}Q{number}" for number in range(1, quarter.number)]),
            *few(AppraisalRow.household_id, household_ids),
        )
    )
    counted: dict[UUID, dict[str, int]] = {}
    for household_id, lines in rows:
        of_household = counted.setdefault(household_id, {})
        for line in lines:
            of_household[line["code"]] = of_household.get(line["code"], 0) + line["counted"]
    return counted
