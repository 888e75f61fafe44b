"""The statement of a household: its own page, and the same for the committee to print for those with paper only."""

from uuid import UUID

from flask import render_template

from love_market.db import reading
from love_market.people.access import household_guard, staff_guard
from love_market.people.rules import COMMITTEE, Role
from love_market.reports.queries.statement import statement as read_statement
from love_market.reports.views.room import bp
from love_market.web.clock import now


@bp.get("/my")
def my() -> str:
    """Show a villager what the household has, why, and what it buys today."""
    guard = household_guard()
    with reading() as session:
        found = read_statement(session, guard, guard.household_id or UUID(int=0), at=now())
    return render_template("reports/my.html", statement=found, own=True)


@bp.get("/v/<village_code>/households/<uuid:household_id>/statement")
def statement(village_code: str, household_id: UUID) -> str:
    """Show the committee a household's statement, to read out or to print in large type."""
    guard = staff_guard(village_code, *COMMITTEE, Role.GRID_WORKER)
    with reading() as session:
        found = read_statement(session, guard, household_id, at=now())
    return render_template("reports/my.html", statement=found, own=False)
