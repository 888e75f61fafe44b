"""What taking a workbook in would do, row by row. Pure."""

import hashlib
import json
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from love_market.people.intake import Change, Saying

Action = Literal["made", "changed", "same", "refused"]
Written = TypeVar("Written")


@dataclass(frozen=True, slots=True)
class PlanRow(Generic[Written]):
    """One line of the preview; ``written`` is what will be, whole; None where nothing is to be written."""

    row_number: int
    action: Action
    title: str
    sayings: tuple[Saying, ...] = ()
    changes: tuple[Change, ...] = ()
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Plan(Generic[Written]):
    """What a workbook would do; ``header_row`` is the last row of the head on ``sheet``."""

    filename: str
    sheet: str
    header_row: int
    rows: tuple[PlanRow[Written], ...]
    notes: tuple[Saying, ...] = ()

    def count(self, action: Action) -> int:
        """How many rows have this action."""
        return sum(row.action == action for row in self.rows)

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to write."""
        return all(row.written is None for row in self.rows)

    @property
    def digest(self) -> str:
        """What this plan would do, as a hash: the preview that was read and the write must agree."""
        seen = [
            [row.row_number, row.action, row.title, repr(row.written), [saying.text for saying in row.sayings]]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()
