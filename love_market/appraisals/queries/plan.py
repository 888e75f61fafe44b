"""What an import of scores would do, held against the village's roster, its rules and the sheet as it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals.intake import (
    Action,
    ParsedScores,
    PlannedRow,
    ScorePlan,
    ScoreRow,
    match_columns,
    penalty_key,
)
from love_market.appraisals.queries.sheet import ScoreSheet, SheetCell, SheetRow, counted_before, sheet
from love_market.appraisals.rules import PointsRule, typed_part
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.deeds.rules import counted_together
from love_market.errors import LoveMarketError, words
from love_market.people.intake.sayings import Saying, say
from love_market.people.rules import Guard
from love_market.workbook import column_number

_MOST_TOLD = 8  # of a row's cells that hold other points now


def plan_scores(session: Session, guard: Guard, quarter: Quarter, parsed: ParsedScores) -> ScorePlan:
    """Compare a score workbook with the village's roster and rules; writes nothing. Raises ``NoAppraisal``."""
    found = sheet(session, guard, quarter)
    columns, new_rules, notes = match_columns(parsed, found.rules)
    planner = _Planner(parsed, found, columns, counted_before(session, guard, quarter))
    planner.noted = deeds.noted_before(session, guard, planner.penalty_keys())
    rows = tuple(planner.row(row) for row in parsed.rows)
    if any(row.total_unread for row in parsed.rows):
        notes.append(say(words("合计列是公式，没有算出的值，没法比对；合计由程序重新算。")))
    named = {row.household_id for row in rows}
    missing = tuple(
        (row.household.number, row.household.head_name) for row in found.rows if row.household.id not in named
    )
    return ScorePlan(parsed.filename, rows, new_rules, tuple(notes), missing)


class _Planner:
    """Turns a parsed row into a planned one."""

    def __init__(
        self,
        parsed: ParsedScores,
        found: ScoreSheet,
        columns: Mapping[str, PointsRule],
        before: Mapping[UUID, Mapping[str, int]],
    ) -> None:
        self.parsed, self.appraisal_id = parsed, found.appraisal.id
        self.noted: Mapping[UUID, int] = {}
        self.has_number, self.household_column = parsed.has_number, parsed.household_column
        self.columns = columns
        self.before = before
        self.codes = [rule.code for rule in found.rules]
        self.by_number = {row.household.number: row for row in found.rows}
        self.by_plain_number = {row.household.number.lstrip("0"): row for row in found.rows}
        self.by_name: dict[str, list[SheetRow]] = {}
        for row in found.rows:
            self.by_name.setdefault(row.household.head_name, []).append(row)
        self.times = Counter(match.household.id for row in parsed.rows if (match := self._match(row)))

    def penalty_keys(self) -> list[UUID]:
        """Return the ids of the penalties that the workbook's cells are."""
        return [
            penalty_key(self.appraisal_id, match.household.id, rule.code)
            for row in self.parsed.rows
            if (match := self._match(row))
            for key, rule in self.columns.items()
            if (row.points.get(key) or 0) < 0
        ]

    def row(self, row: ScoreRow) -> PlannedRow:
        """Return what would become of a row."""
        match = self._match(row)
        unplaced = self._wrong_household(row, match)
        wrong = [*row.wrong, *(each.at(row.row_number, self.household_column) for each in unplaced)]
        cells = {rule.code: row.points.get(key) for key, rule in self.columns.items()}
        if match is not None:
            wrong += self._wrong_cells(row, match)
        household_id = match.household.id if match else None
        points = sum(value for value in cells.values() if value)
        if wrong or match is None:
            return self._planned(row, "refused", points, household_id, {}, wrong)
        if row.is_blank:
            return self._planned(row, "blank", 0, household_id, {}, [])
        replaced = self._replaced(row, match)
        told = [*replaced[:_MOST_TOLD], *self._capped(row, match), *self._noted_otherwise(row, match)]
        if len(replaced) > _MOST_TOLD:
            told.insert(_MOST_TOLD, say(words("还有 {count} 格也改。"), count=len(replaced) - _MOST_TOLD))
        if row.total is not None and row.total != points:
            told.append(say(words("表上合计 {total}，各项相加是 {points}，按各项算。"), total=row.total, points=points))
        planned = self._planned(row, self._action(match, cells), points, household_id, cells, told)
        return replace(planned, penalties=self._penalties(match, cells), replaced=len(replaced))

    @staticmethod
    def _planned(
        row: ScoreRow,
        action: Action,
        points: int,
        household_id: UUID | None,
        cells: Mapping[str, int | None],
        sayings: Sequence[Saying],
    ) -> PlannedRow:
        return PlannedRow(
            row.row_number, row.number, row.head_name, action, points, household_id, cells, tuple(sayings)
        )

    def _match(self, row: ScoreRow) -> SheetRow | None:
        if row.number:
            return self.by_number.get(row.number) or self.by_plain_number.get(row.number.lstrip("0"))
        same = self.by_name.get(row.head_name, [])
        return same[0] if len(same) == 1 and not self.has_number else None

    def _wrong_household(self, row: ScoreRow, match: SheetRow | None) -> list[Saying]:
        if match is None:
            return [] if row.wrong else [self._unknown(row)]
        household = match.household
        if self.times[household.id] > 1:
            return [say(words("{number} 户在表里不止一行。请只留一行。"), number=household.number)]
        if row.head_name and row.head_name != household.head_name:
            return [
                say(
                    words("{number} 户，表上户主是“{told}”，花名册上是“{known}”。请核对是哪一户。"),
                    number=household.number,
                    told=row.head_name,
                    known=household.head_name,
                )
            ]
        return []

    def _unknown(self, row: ScoreRow) -> Saying:
        if row.number:
            return say(
                words("花名册里没有 {number} 户（{name}）。请先把这一户加进花名册。"),
                number=row.number,
                name=row.head_name,
            )
        if self.has_number:
            return say(words("这一行没有户号（{name}）。请补上户号。"), name=row.head_name)
        if row.head_name in self.by_name:
            return say(words("花名册里有几户户主都叫“{name}”。请加上户号。"), name=row.head_name)
        return say(words("花名册里没有户主“{name}”。请先把这一户加进花名册。"), name=row.head_name)

    def _wrong_cells(self, row: ScoreRow, match: SheetRow) -> list[Saying]:
        records = {code: cell.from_deeds for code, cell in zip(self.codes, match.cells, strict=True)}
        wrong = []
        for key, rule in self.columns.items():
            points = row.points.get(key)
            if points is None:
                continue
            try:
                typed_part(points, records.get(rule.code, 0) if rule.points > 0 else 0, rule)
            except LoveMarketError as error:
                why = say(words("{address}：{why}"), address=f"{key}{row.row_number}", why=str(error))
                wrong.append(why.at(row.row_number, column_number(key)))
        return wrong

    def _replaced(self, row: ScoreRow, match: SheetRow) -> list[Saying]:
        """Say which cells hold other points now: they may have been entered since the workbook was given out."""
        standing = dict(zip(self.codes, match.cells, strict=True))
        told = []
        for key, rule in self.columns.items():
            stated, cell = row.points.get(key), standing.get(rule.code)
            if cell is None or rule.points < 0 or not cell.entered:
                continue
            points = cell.from_deeds if stated is None else stated
            if points != cell.entered:
                template = words("{address}：{name}现在 {now} 分，会改成 {points} 分。")
                if stated is None:
                    template = words("{address}：{name}现在 {now} 分，表里空着，会改成 {points} 分。")
                place = {"address": f"{key}{row.row_number}", "name": rule.name}
                told.append(say(template, **place, now=cell.entered, points=points))
        return told

    def _noted_otherwise(self, row: ScoreRow, match: SheetRow) -> list[Saying]:
        """Say which penalties were noted from this sheet with other points, or withdrawn since: those stay so."""
        told = []
        for key, rule in self.columns.items():
            points = row.points.get(key) or 0
            known = self.noted.get(penalty_key(self.appraisal_id, match.household.id, rule.code))
            if points < 0 and known == 0:
                told.append(
                    say(
                        words("{address}：{name}的这条扣分撤销过，不再记。真要扣，请到“扣分”里另记一条。"),
                        address=f"{key}{row.row_number}",
                        name=rule.name,
                    )
                )
            elif points < 0 and known not in {None, points}:
                told.append(
                    say(
                        words("{address}：{name}已经记成扣分 {known} 分，不再改成 {points} 分。请到“扣分”里改。"),
                        address=f"{key}{row.row_number}",
                        name=rule.name,
                        known=known,
                        points=points,
                    )
                )
        return told

    def _capped(self, row: ScoreRow, match: SheetRow) -> list[Saying]:
        """Say which cells are above a cap: they are taken as written, and count for less."""
        entered_by_code = {rule.code: row.points.get(key) or 0 for key, rule in self.columns.items()}
        together = counted_together(entered_by_code, self.columns.values(), self.before.get(match.household.id, {}))
        told = []
        for key, rule in self.columns.items():
            entered, counts = entered_by_code[rule.code], together[rule.code]
            if counts != entered and entered > 0:
                told.append(
                    say(
                        words("{address}：{name}填了 {points} 分，封顶后算 {counts} 分。"),
                        address=f"{key}{row.row_number}",
                        name=rule.name,
                        points=entered,
                        counts=counts,
                    )
                )
        return told

    def _action(self, match: SheetRow, cells: Mapping[str, int | None]) -> Action:
        if match.is_empty:
            return "made"
        now = dict(zip(self.codes, match.cells, strict=True))
        same = match.is_complete and all(
            code in now and self._stands(match.household.id, code, now[code], points) for code, points in cells.items()
        )
        return "same" if same else "changed"

    def _penalties(self, match: SheetRow, cells: Mapping[str, int | None]) -> int:
        """Return how many cells take points off that neither stand nor were noted before."""
        now = dict(zip(self.codes, match.cells, strict=True))
        return sum(
            (points or 0) < 0 and not (code in now and self._stands(match.household.id, code, now[code], points))
            for code, points in cells.items()
        )

    def _stands(self, household_id: UUID, code: str, cell: SheetCell, points: int | None) -> bool:
        if points is not None and points < 0 and points != cell.from_deeds:
            return penalty_key(self.appraisal_id, household_id, code) in self.noted
        return cell.entered == (cell.from_deeds if points is None else points)
