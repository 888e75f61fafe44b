"""Reading last quarter beside this one: what each household had, to see what is out of line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.appraisals.queries.sheet import few
from love_market.clock import Quarter
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class LastRow:
    """A household's row of last quarter: its points, and what was entered by rule code (0 is left out)."""

    points: int
    entered: Mapping[str, int]


def last_quarter(
    session: Session, guard: Guard, quarter: Quarter, household_ids: Collection[UUID] | None = None
) -> dict[UUID, LastRow]:
    """Return the rows of the quarter before, by household; none where it was not submitted."""
    rows = session.execute(
        select(AppraisalRow.household_id, AppraisalRow.points, AppraisalRow.lines)
        .join(Appraisal, (Appraisal.market_id == AppraisalRow.market_id) & (Appraisal.id == AppraisalRow.appraisal_id))
        .where(
            AppraisalRow.market_id == guard.market_id,
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter == str(quarter.previous()),
            *few(AppraisalRow.household_id, household_ids),
        )
    )
    return {
        household: LastRow(points, {line["code"]: line["entered"] for line in lines})
        for household, points, lines in rows
    }
