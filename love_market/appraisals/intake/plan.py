"""A plan of taking scores in: which columns are which rules, and what becomes of each row. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

from love_market.appraisals.intake.parse import ParsedScores, ScoreColumn, category_of, usual_points
from love_market.appraisals.rules import PointsRule
from love_market.deeds.rules import match_rule, never_scored
from love_market.errors import words
from love_market.people.intake.sayings import Saying, say

Action = Literal["made", "changed", "same", "blank", "refused"]
_ACTION_WORDS: Mapping[Action, str] = {
    "made": "填入",
    "changed": "改动",
    "same": "不变",
    "blank": "空着",
    "refused": "没有收",
}


@dataclass(frozen=True, slots=True)
class NewRule:
    """A column that no rule of the version matches: ``points`` are its most common ones, below 0 for a penalty."""

    column_key: str
    category: str
    name: str
    points: int
    households: int
    cap_points: int | None = None
    cap_period: str | None = None
    family: str = ""

    @property
    def id(self) -> UUID:
        """No rule yet."""
        return UUID(int=0)

    @property
    def code(self) -> str:
        """What its cells are known by until the rule is made."""
        return self.column_key


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the preview; ``cells`` are the totals it states by rule code or new column (None: blank).

    ``penalties`` of them take points off that neither stand nor were noted before; ``replaced`` write over other points
    than these.
    """

    row_number: int
    number: str
    head_name: str
    action: Action
    points: int
    household_id: UUID | None
    cells: Mapping[str, int | None]
    sayings: tuple[Saying, ...]
    penalties: int = 0
    replaced: int = 0

    @property
    def text(self) -> str:
        """The line in Chinese, as the shell prints it."""
        return "；".join(saying.text for saying in self.sayings)


@dataclass(frozen=True, slots=True)
class ScorePlan:
    """What an import would do; ``missing`` are ``(number, head_name)`` of households that the sheet does not name."""

    filename: str
    rows: tuple[PlannedRow, ...]
    new_rules: tuple[NewRule, ...]
    notes: tuple[Saying, ...]
    missing: tuple[tuple[str, str], ...]

    @property
    def good_rows(self) -> Sequence[PlannedRow]:
        """The rows that are taken in."""
        return [row for row in self.rows if row.action not in {"refused", "blank"}]

    @property
    def households(self) -> int:
        """How many households the sheet brings."""
        return len(self.good_rows)

    @property
    def scores(self) -> int:
        """How many cells hold points."""
        return sum(bool(points) for row in self.good_rows for points in row.cells.values())

    @property
    def penalties(self) -> int:
        """How many cells become penalties to be heard; they deduct nothing by themselves."""
        return sum(row.penalties for row in self.good_rows)

    @property
    def replaced(self) -> int:
        """How many cells hold other points now, which somebody may just have entered."""
        return sum(row.replaced for row in self.good_rows)

    @property
    def refused(self) -> int:
        """How many rows cannot be taken in."""
        return self.count("refused")

    def count(self, action: Action) -> int:
        """How many rows have this action."""
        return sum(row.action == action for row in self.rows)

    @property
    def digest(self) -> str:
        """What this plan would do, as a hash: the preview that was read and the write must agree."""
        seen = [
            [[row.row_number, row.action, row.text, str(row.household_id), dict(row.cells)] for row in self.rows],
            [[rule.column_key, rule.name, rule.points] for rule in self.new_rules],
        ]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()


def penalty_key(appraisal_id: UUID, household_id: UUID, rule_code: str) -> UUID:
    """Return the id of the penalty that a household's cell of a quarter's sheet is: the same for the same cell."""
    return uuid5(appraisal_id, f"{household_id.hex}/{rule_code}")


def score_lines(plan: ScorePlan) -> list[str]:
    """Return the preview as the shell prints it; the last line is the count, in English for programs to read."""
    lines = [f"{plan.filename}：{note.text}" for note in plan.notes]
    lines += [
        f"新项目：{rule.column_key} 列“{rule.name}”（{rule.category}），每次 {rule.points} 分，{rule.households} 户有分"
        for rule in plan.new_rules
    ]
    lines += [
        f"第 {row.row_number} 行  {_ACTION_WORDS[row.action]}  {row.number or '—'} {row.head_name}  {row.text}".rstrip()
        for row in plan.rows
    ]
    if plan.penalties:
        lines.append(f"扣分：{plan.penalties} 格，不直接扣；记成扣分，补凭据、告知户里、听了答复、认定了才算")
    lines += [f"册上有、表里没有（不会动）：{number} {head_name}" for number, head_name in plan.missing]
    return [*lines, f"{plan.households} households, {plan.scores} scores, {plan.refused} refused"]


def match_columns(
    parsed: ParsedScores, rules: Sequence[PointsRule]
) -> tuple[dict[str, PointsRule], tuple[NewRule, ...], list[Saying]]:
    """Return the rule of each column that is taken in, the new rules among them, and what is to be said."""
    taken: dict[str, PointsRule] = {}
    new: list[NewRule] = []
    notes: list[Saying] = []
    headings: dict[str, str] = {}
    for column in parsed.columns:
        rule = match_rule(column.heading, rules)
        name = rule.name if rule else column.heading
        if name in headings:
            notes.append(
                say(
                    words("{second} 列和 {first} 列都是“{name}”，只收 {first} 列。请把两列合成一列再传。"),
                    first=headings[name],
                    second=column.key,
                    name=name,
                )
            )
            continue
        known: PointsRule | None = rule or _new_rule(parsed, column, notes)
        if known is None:
            continue
        headings[name] = column.key
        taken[column.key] = known
        if isinstance(known, NewRule):
            new.append(known)
    return taken, tuple(new), notes


def _new_rule(parsed: ParsedScores, column: ScoreColumn, notes: list[Saying]) -> NewRule | None:
    values = parsed.values(column.key)
    if not values:
        notes.append(say(words("{key} 列“{name}”没有分，略过。"), key=column.key, name=column.heading))
        return None
    topic = never_scored(column.heading)
    if topic is not None:
        notes.append(
            say(
                words("{key} 列“{name}”涉及{topic}，不得计分，没有收。"),
                key=column.key,
                name=column.heading,
                topic=topic,
            )
        )
        return None
    points = usual_points(values)
    category = category_of(column.heading, column.category, points)
    return NewRule(column.key, category, " ".join(column.heading.split())[:30], points, len(values))
