"""The desk: what waits for me."""

from flask import render_template

from love_market.db import reading
from love_market.deeds.rules import RECORDERS
from love_market.ledger import queries as ledger
from love_market.people.access import staff_guard
from love_market.people.rules import VILLAGE_STAFF, Role
from love_market.reports.queries import desk as queries
from love_market.reports.rules import split_first, when
from love_market.reports.views.counting import count_on
from love_market.reports.views.room import bp
from love_market.web.clock import now


@bp.get("/v/<village_code>/")
def desk(village_code: str) -> str:
    """Show what waits for the signed-in person, in order of deadline, and how far the quarter is."""
    guard, at = staff_guard(village_code), now()
    count_on(guard.market_id, at)
    with reading() as session:
        found = queries.desk(session, guard, at=at)
        head = ledger.head(session, guard.market_id)
    is_clerk = Role.CLERK in guard.roles
    first, rest = (None, found.cases) if is_clerk else split_first(found.cases, at)
    return render_template(
        "reports/desk.html",
        desk=found,
        head=head,
        first=first,
        first_when=when(first, at) if first else None,
        cases=[(case, when(case, at), case.is_ready(at)) for case in rest],
        others=[(case, when(case, at)) for case in found.others],
        may_record=bool(guard.roles & RECORDERS),
        is_watching=not guard.roles & VILLAGE_STAFF,
        at=at,
        is_clerk=is_clerk,
    )
