"""Reading honour points (荣誉分): all that was awarded in a year, whatever became of it since."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.appraisals.rules import RowState
from love_market.clock import Quarter
from love_market.people.rules import Guard


def honour_points(
    session: Session, guard: Guard, year: int, *, upto_entry: int | None = None, household_id: UUID | None = None
) -> Mapping[UUID, int]:
    """Return the honour points of a year by household, of all or of one, from the rows that are confirmed.

    ``upto_entry``: as the book stood with that entry, so that what is confirmed later changes nothing. Households
    without any are left out then.
    """
    query = (
        select(AppraisalRow.household_id, func.sum(AppraisalRow.points))
        .join(
            Appraisal,
            (Appraisal.market_id == AppraisalRow.market_id) & (Appraisal.id == AppraisalRow.appraisal_id),
        )
        .where(
            AppraisalRow.market_id == guard.market_id,
            AppraisalRow.state == RowState.CONFIRMED,
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter.between(str(Quarter(year, 1)), str(Quarter(year, 4))),
        )
        .group_by(AppraisalRow.household_id)
    )
    if upto_entry is not None:
        query = query.where(AppraisalRow.award_entry_number <= upto_entry)
    if household_id is not None:
        query = query.where(AppraisalRow.household_id == household_id)
    return {one: int(points) for one, points in session.execute(query)}
