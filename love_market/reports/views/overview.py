"""What an overseer sees: a page of places, with what their markets come to."""

from flask import render_template

from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.people.queries.overseers import names_at
from love_market.people.rules import OVERSEERS
from love_market.people.views.places import overseer
from love_market.places import queries as places
from love_market.places.views import bp
from love_market.reports import rollups
from love_market.reports.queries.overview import figures
from love_market.web.clock import now


@bp.get("/overview")
def overview() -> str:
    """What an overseer sees: the places below, in the order of their codes, which have a market, and their points."""
    staff, at = overseer(), now()
    with reading() as session:
        held = [
            (places.place(session, code), role, places.branches(session, code))
            for code, role in staff.grants
            if role in OVERSEERS
        ]
        shown = {village.market_id for *_, branches in held for branch in branches for village in branch.served}
        overseers = names_at(session, {branch.place.code for *_, branches in held for branch in branches})
        due = rollups.due(session, sorted(shown), at)
    for market_id in due:
        with transaction() as session:
            rollups.refresh(session, market_id, at=at)
    with reading() as session:
        sums = {
            place.code: figures(session, {each.market_id for branch in branches for each in branch.served}, at)
            for place, _role, branches in held
        }
    return render_template(
        "places/overview.html",
        held=held,
        overseers=overseers,
        sums=sums,
        at=at,
        quarter=Quarter.of(village_date(at)).previous(),
    )
