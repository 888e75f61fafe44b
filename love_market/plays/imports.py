"""The two imports as the shell does them: read, plan, tell, write."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from love_market.appraisals import intake as score_intake
from love_market.appraisals import queries as appraisals
from love_market.appraisals import service as appraisals_service
from love_market.appraisals.intake import ScorePlan
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.people import queries as people
from love_market.people import service as people_service
from love_market.people.intake import RosterPlan, parse_roster
from love_market.people.rules import Guard
from love_market.plays.stage import key_of
from love_market.workbook import read_workbook


def preview_roster(session: Session, guard: Guard, path: Path) -> RosterPlan:
    """Read a roster; return what taking it in would do."""
    return people.plan_roster(session, guard, parse_roster(read_workbook(path.read_bytes(), path.name)))


def preview_scores(session: Session, guard: Guard, quarter: Quarter, path: Path) -> ScorePlan:
    """Read a score workbook; return what taking it in would do to the quarter."""
    parsed = score_intake.parse_scores(read_workbook(path.read_bytes(), path.name))
    return appraisals.plan_scores(session, guard, quarter, parsed)


def bring_roster(guard: Guard, path: Path, *, at: datetime, dry_run: bool = False) -> RosterPlan:
    """Read a roster and, unless it is a dry run, write what can be; return the plan that says which."""
    if dry_run:
        with reading() as session:
            return preview_roster(session, guard, path)
    with transaction() as session:
        plan = preview_roster(session, guard, path)
        people_service.import_roster(session, guard, plan, at=at)
    return plan


def bring_scores(
    guard: Guard, quarter: Quarter, path: Path, *, at: datetime, new_rules: bool = True, dry_run: bool = False
) -> ScorePlan:
    """Read a score workbook and, unless it is a dry run, write what can be; return the plan that says which.

    Columns that no rule matches become new rules of the quarter's version, where ``new_rules`` says so.
    """
    if dry_run:
        with reading() as session:
            plan = preview_scores(session, guard, quarter, path)
    else:
        with transaction() as session:
            plan = preview_scores(session, guard, quarter, path)
            appraisals_service.apply_scores(
                session,
                guard,
                quarter,
                plan,
                make_new_rules=new_rules,
                at=at,
                key=key_of(guard.market_id, guard.village_code, quarter, "scores", plan.digest),
            )
    return plan
