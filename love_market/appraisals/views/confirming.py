"""Confirming: what will be awarded and who waits, asked once; then the seal."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from love_market.appraisals import queries, service
from love_market.appraisals.forms import AskForm
from love_market.appraisals.rules import Act, RowState, step
from love_market.appraisals.views.room import bp
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import Guard, Role
from love_market.web.clock import now


@bp.route("/v/<village_code>/quarters/<quarter>/confirm", methods=["GET", "POST"])
def confirm(village_code: str, quarter: str) -> ResponseReturnValue:
    """Show households, points, what is left of the budget and who waits; ask once; confirm."""
    guard = staff_guard(village_code, Role.CHAIR)
    form = AskForm()
    wanted = Quarter.parse(quarter)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.confirm(session, guard, wanted, at=now(), key=form.key_id)
            return redirect(url_for("appraisals.quarter", quarter=wanted))
        except LoveMarketError as error:
            status = form.refuse(error)
    facts = _facts(guard, wanted)
    if request.method != "POST":
        step(Act.CONFIRM, facts["found"].state)
    return render_template("appraisals/confirm.html", form=form, RowState=RowState, at=now(), **facts), status


def _facts(guard: Guard, wanted: Quarter) -> dict[str, Any]:
    with reading() as session:
        found = queries.appraisal(session, guard, wanted)
        recorders = queries.recorders(session, guard, found.id)
        return {
            "found": found,
            "view": queries.NoticeView(found, queries.frozen_rows(session, guard, found.id)),
            "left": queries.budget_left(session, guard, found.id),
            "recorder_names": queries.names_of(session, recorders),
            "is_own": guard.actor in recorders,
            "raised": queries.objections(session, guard, found.id),
        }
