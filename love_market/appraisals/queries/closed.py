"""Reading for the pages of deeds which quarters take none over any more: their scores are settled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal
from love_market.clock import Quarter
from love_market.deeds.queries import DeedRecord
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class ClosedQuarters:
    """When each of a village's quarters was submitted: a deed that is accepted later brings it nothing."""

    submitted_at: Mapping[Quarter, datetime]

    def missed_by(self, deed: DeedRecord) -> Quarter | None:
        """Return the quarter that a deed came too late for, or would if it were accepted now; None: it counts."""
        quarter = Quarter.of(deed.done_on)
        submitted_at = self.submitted_at.get(quarter)
        if submitted_at is None or deed.state not in {"claimed", "accepted"}:
            return None
        return quarter if deed.reviewed_at is None or deed.reviewed_at > submitted_at else None

    @property
    def titles(self) -> dict[str, str]:
        """Their titles by ``2026Q3``."""
        return {str(quarter): quarter.title for quarter in self.submitted_at}


def closed_quarters(session: Session, guard: Guard, days: Iterable[date]) -> ClosedQuarters:
    """Return which quarters of some days have frozen rows at the village; one sent back to scoring is not among them.

    Nothing is asked where there are no days.
    """
    asked = {str(Quarter.of(day)) for day in days}
    if not asked:
        return ClosedQuarters({})
    rows = session.execute(
        select(Appraisal.quarter, Appraisal.submitted_at).where(
            Appraisal.market_id == guard.market_id,
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter.in_(sorted(asked)),
            Appraisal.submitted_at.is_not(None),
        )
    )
    return ClosedQuarters({Quarter.parse(quarter): at for quarter, at in rows if at is not None})
