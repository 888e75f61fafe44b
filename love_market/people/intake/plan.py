"""A plan of taking a roster in: what would be made, changed, left as it is, and what cannot be. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from love_market.people.intake.roster import ParsedMember
from love_market.people.intake.sayings import Saying

Action = Literal["made", "changed", "same", "refused"]
_ACTION_WORDS: Mapping[Action, str] = {"made": "新增", "changed": "改动", "same": "不变", "refused": "没有收"}


@dataclass(frozen=True, slots=True)
class KnownHousehold:
    """A household as the books have it."""

    id: UUID
    number: str
    head_name: str
    group_name: str
    grid_name: str
    phone: str
    note: str
    member_count: int
    members: tuple[ParsedMember, ...]
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changes: ``label`` is the translators' key of the field."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the preview. ``household`` is what will be written, whole; None for a refused row.

    ``household_id`` is the household in the books that it is; None for a new one.
    """

    row_number: int
    sheet: str
    action: Action
    number: str
    head_name: str
    group_name: str = ""
    sayings: tuple[Saying, ...] = ()
    changes: tuple[Change, ...] = ()
    household: KnownHousehold | None = None
    household_id: UUID | None = None

    @property
    def text(self) -> str:
        """The line in Chinese, as the shell prints it."""
        changed = [f"{c.label}：{c.before or '空'} → {c.after or '空'}" for c in self.changes]
        return "；".join([*changed, *(saying.text for saying in self.sayings)])


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """What taking a roster in would do; ``missing`` are the village's households that the roster does not name."""

    filename: str
    rows: tuple[PlanRow, ...]
    missing: tuple[KnownHousehold, ...]
    notes: tuple[Saying, ...]
    identity_numbers_dropped: int

    @property
    def households(self) -> int:
        """How many households the roster brings: made, changed and the same."""
        return sum(row.household is not None for row in self.rows)

    @property
    def members(self) -> int:
        """How many people live in them."""
        return sum(row.household.member_count for row in self.rows if row.household is not None)

    @property
    def refused(self) -> int:
        """How many rows, or households of a list of persons, cannot be taken in."""
        return self.count("refused")

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to write."""
        return self.count("made") + self.count("changed") == 0

    def count(self, action: Action) -> int:
        """How many rows have this action."""
        return sum(row.action == action for row in self.rows)

    @property
    def digest(self) -> str:
        """What this plan would do, as a hash: the preview that was read and the write must agree."""
        seen = [(row.row_number, row.sheet, row.action, row.text, str(row.household_id or "")) for row in self.rows]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()


def roster_lines(plan: RosterPlan) -> list[str]:
    """Return the preview as the shell prints it; the last line is the count, in English for programs to read."""
    lines = [f"{plan.filename}：{saying.text}" for saying in plan.notes]
    sheets = {row.sheet for row in plan.rows}
    for row in plan.rows:
        where = f"{row.sheet} 第 {row.row_number} 行" if len(sheets) > 1 else f"第 {row.row_number} 行"
        who = f"{row.number or '—'} {row.head_name}".rstrip()
        lines.append(f"{where}  {_ACTION_WORDS[row.action]}  {who}  {row.text}".rstrip())
    lines += [f"册上有、表里没有（不会删）：{each.number} {each.head_name}" for each in plan.missing]
    lines.append(
        f"新增 {plan.count('made')}，改动 {plan.count('changed')}，不变 {plan.count('same')}，没有收 {plan.refused}"
    )
    return [*lines, f"{plan.households} households, {plan.members} members, {plan.refused} refused"]
