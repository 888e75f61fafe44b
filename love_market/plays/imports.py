"""The two imports as the shell does them: read the file, plan, write what can be."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from love_market.appraisals import intake as score_intake
from love_market.appraisals import queries as appraisals
from love_market.appraisals import service as appraisals_service
from love_market.appraisals.intake import ScorePlan
from love_market.clock import Quarter
from love_market.deeds.rules import Meeting
from love_market.people import queries as people
from love_market.people import service as people_service
from love_market.people.intake import RosterPlan, parse_roster
from love_market.people.rules import Guard
from love_market.plays.stage import key_of
from love_market.workbook import MAX_FILE_BYTES, Workbook, read_workbook
from love_market.workbook.rules import too_large


def take_roster(session: Session, guard: Guard, path: Path, *, at: datetime) -> RosterPlan:
    """Read a roster and write what can be; return the plan that says which."""
    plan = people.plan_roster(session, guard, parse_roster(_read(path)))
    people_service.import_roster(session, guard, plan, at=at)
    return plan


def preview_scores(session: Session, guard: Guard, quarter: Quarter, path: Path) -> ScorePlan:
    """Read a score workbook; return what taking it in would do to the quarter."""
    return appraisals.plan_scores(session, guard, quarter, score_intake.parse_scores(_read(path)))


def take_scores(
    session: Session, guard: Guard, quarter: Quarter, path: Path, *, at: datetime, meeting: Meeting | None
) -> ScorePlan:
    """Read a score workbook and write what can be; return the plan that says which.

    Columns that no rule matches become new rules of the quarter's version, where a ``meeting`` adopted them. Raises
    ``ScoringClosed`` once the quarter is beyond scoring.
    """
    plan = preview_scores(session, guard, quarter, path)
    key = key_of(guard.market_id, guard.village_code, quarter, "scores", plan.digest)
    appraisals_service.apply_scores(
        session, guard, quarter, plan, make_new_rules=meeting is not None, meeting=meeting, at=at, key=key
    )
    return plan


def _read(path: Path) -> Workbook:
    size_bytes = path.stat().st_size
    if size_bytes > MAX_FILE_BYTES:  # told before its bytes fill the memory
        raise too_large(path.name, size_bytes)
    return read_workbook(path.read_bytes(), path.name)
