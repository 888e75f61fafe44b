"""Reading what the quarters brought one household, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.appraisals.rules import RowState, State
from love_market.clock import Quarter
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class PointLine:
    """One rule's part: what was entered, what of it counted, and what stood there before an objection was upheld."""

    name: str
    entered: int
    counted: int
    corrected_from: int | None

    @property
    def is_capped(self) -> bool:
        """Whether the cap took something away."""
        return self.entered != self.counted


@dataclass(frozen=True, slots=True)
class QuarterPart:
    """A household's row of a quarter that was published: its lines, its points, and how far it is."""

    quarter: Quarter
    state: State
    row_state: RowState
    points: int
    lines: tuple[PointLine, ...]
    award_entry_number: int | None
    notice_ends_at: datetime | None
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        """Whether the points were awarded."""
        return self.row_state is RowState.CONFIRMED

    @property
    def is_on_notice(self) -> bool:
        """Whether the row is on notice, or waits after it."""
        return not self.is_confirmed

    @property
    def spared_points(self) -> int:
        """What penalties would have taken below zero: with it the lines add up to the points."""
        return max(-sum(line.counted for line in self.lines), 0)

    @property
    def counted_lines(self) -> Sequence[PointLine]:
        """The lines that brought or took something."""
        return [line for line in self.lines if line.counted or line.entered]


def quarters_of(
    session: Session, guard: Guard, household_id: UUID, first: Quarter, last: Quarter | None = None
) -> Sequence[QuarterPart]:
    """Return a household's rows of the quarters that were put on notice, from the first on, the newest first."""
    until = [Appraisal.quarter <= str(last)] if last is not None else []
    rows = session.execute(
        select(Appraisal, AppraisalRow)
        .join(
            AppraisalRow,
            (AppraisalRow.market_id == Appraisal.market_id) & (AppraisalRow.appraisal_id == Appraisal.id),
        )
        .where(
            Appraisal.market_id == guard.market_id,
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter >= str(first),
            *until,
            Appraisal.state.in_([State.NOTICE, State.CONFIRMED]),
            AppraisalRow.household_id == household_id,
        )
        .order_by(Appraisal.quarter.desc())
    )
    return [
        QuarterPart(
            quarter=Quarter.parse(appraisal.quarter),
            state=State(appraisal.state),
            row_state=RowState(row.state),
            points=row.points,
            lines=tuple(
                PointLine(line["name"], line["entered"], line["counted"], line.get("corrected_from"))
                for line in row.lines
            ),
            award_entry_number=row.award_entry_number,
            notice_ends_at=appraisal.notice_ends_at,
            confirmed_at=appraisal.confirmed_at,
        )
        for appraisal, row in rows
    ]
