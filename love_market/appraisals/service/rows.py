"""A household's row as it is kept once the sheet is submitted: its points, and the lines they come from."""

from collections.abc import Mapping, Sequence
from typing import Any

from love_market.appraisals.queries import SheetRow
from love_market.appraisals.rules import Line, tally
from love_market.deeds.queries import RuleRecord


def row_of(row: SheetRow, rules: Sequence[RuleRecord], counted_before: Mapping[str, int]) -> dict[str, Any]:
    """Return ``points`` and ``lines`` of a household's row as they are kept."""
    cells = {rule.code: cell for rule, cell in zip(rules, row.cells, strict=True)}
    categories = {rule.code: rule.category for rule in rules}
    counted = tally({code: cell.entered or 0 for code, cell in cells.items()}, rules, counted_before)
    lines = [line_of(line, categories[line.code], cells[line.code].from_deeds) for line in counted.lines]
    return {"points": counted.points, "lines": lines}


def line_of(line: Line, category: str, from_deeds: int) -> dict[str, Any]:
    """Return one line as it is kept (see ``models.AppraisalRow``)."""
    return {
        "rule_id": str(line.rule_id),
        "code": line.code,
        "name": line.name,
        "category": category,
        "entered": line.entered,
        "counted": line.counted,
        "from_deeds": from_deeds,
    }
