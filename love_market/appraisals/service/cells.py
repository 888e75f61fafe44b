"""Cells as they are stated, and what is to be stored for them once they are checked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals.rules import typed_part
from love_market.appraisals.rules.refusals import PenaltyTyped, PointsNotWhole, UnknownHousehold, UnknownRule
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.deeds.queries import RuleRecord
from love_market.errors import LoveMarketError, words
from love_market.people import queries as people
from love_market.people.rules import Guard

Place = tuple[UUID, UUID]
"""A cell of the sheet: household, rule."""


@dataclass(frozen=True, slots=True)
class CellInput:
    """A cell's total as stated: ``points`` include what accepted deeds bring; None clears what was typed."""

    household_id: UUID
    rule_id: UUID
    points: int | None


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell that was not saved, and why."""

    household_id: UUID
    rule_id: UUID
    error: LoveMarketError

    @property
    def place(self) -> Place:
        """The cell."""
        return self.household_id, self.rule_id


def code_of(rules: Mapping[UUID, RuleRecord], rule_id: UUID) -> str:
    """Return a rule's code, or its id where it is none of the quarter's."""
    return rules[rule_id].code if rule_id in rules else rule_id.hex


def typed_parts(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    cells: Sequence[CellInput],
    rules: Mapping[UUID, RuleRecord],
    *,
    keep_good: bool,
) -> tuple[dict[Place, int | None], tuple[RefusedCell, ...]]:
    """Return what is to be stored in each cell, the last word for a cell named twice, and the cells refused.

    With ``keep_good`` each refused cell comes with why; without it the first raises it: ``UnknownHousehold``,
    ``UnknownRule``, ``PointsNotWhole``, ``PenaltyTyped``, or what a cell's total may raise.
    """
    asked = {cell.household_id for cell in cells}
    households = {household.id for household in people.households(session, guard, ids=asked)}
    recorded = deeds.points_of_quarter(session, guard, quarter)
    wanted: dict[Place, int | None] = {}
    refused: list[RefusedCell] = []
    for cell in cells:
        try:
            wanted[cell.household_id, cell.rule_id] = _typed(cell, households, recorded, rules)
        except LoveMarketError as error:
            if not keep_good:
                raise
            refused.append(RefusedCell(cell.household_id, cell.rule_id, error))
    return wanted, tuple(refused)


def _typed(
    cell: CellInput,
    households: Collection[UUID],
    recorded: Mapping[tuple[UUID, str], int],
    rules: Mapping[UUID, RuleRecord],
) -> int | None:
    if cell.household_id not in households:
        raise UnknownHousehold(words("本村没有这一户，分没有存。请刷新页面。"))
    rule = rules.get(cell.rule_id)
    if rule is None:
        raise UnknownRule(words("这一项不在本季的细则里，分没有存。请刷新页面。"))
    if cell.points is None:
        return None
    if type(cell.points) is not int:
        raise PointsNotWhole(words("“{text}”不是整数。积分只填整数，比如 10。"), text=str(cell.points)[:12])
    from_records = recorded.get((cell.household_id, rule.code), 0)
    if rule.points < 0 and cell.points <= 0 and cell.points != from_records:
        raise PenaltyTyped(words("扣分不在这里直接填。先记下来、告知户里、听了答复，由另一个人认定，才会扣在这里。"))
    return typed_part(cell.points, from_records, rule)
