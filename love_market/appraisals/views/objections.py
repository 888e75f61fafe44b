"""Objections as the committee sees them: who said what, and the answer."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.appraisals import queries, service
from love_market.appraisals.forms import ReplyForm
from love_market.appraisals.queries import SheetRow
from love_market.appraisals.rules import whole_points
from love_market.appraisals.views.room import READERS, WRITERS, bp
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.deeds.queries import RuleRecord
from love_market.errors import LoveMarketError
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of


@bp.get("/v/<village_code>/quarters/<quarter>/objections")
def objections(village_code: str, quarter: str) -> str:
    """All objections of a quarter, those that wait first."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        raised = queries.objections(session, guard, found.id)
        households = people.households_by_id(session, guard, {one.household_id for one in raised})
    writes = bool(guard.roles & set(WRITERS))
    return render_template(
        "appraisals/objections.html", found=found, raised=raised, households=households, writes=writes
    )


@bp.route("/v/<village_code>/quarters/<quarter>/objections/<uuid:objection_id>", methods=["GET", "POST"])
def reply(village_code: str, quarter: str, objection_id: UUID) -> ResponseReturnValue:
    """Read an objection beside the row it is about, and answer it."""
    guard = staff_guard(village_code, *WRITERS)
    form = ReplyForm()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        raised = queries.objection(session, guard, found.id, objection_id)
        household = people.household(session, guard, raised.household_id)
        sheet = queries.sheet(session, guard, found.quarter, household_ids={household.id})
    row = sheet.rows[0]
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        upheld = form.upheld.data == "yes"
        try:
            with transaction() as session:
                service.reply(
                    session,
                    guard,
                    objection_id,
                    upheld=upheld,
                    reply=form.reply.data or "",
                    corrections=_corrections(sheet.rules, row) if upheld else {},
                    at=now(),
                )
            flash(_("答复了，这一户可以认定了。"), "good")
            return redirect(url_for("appraisals.objections", quarter=found.quarter))
        except LoveMarketError as error:
            form.form_errors.append(sentence_of(error))
            status = status_of(error)
    page = render_template(
        "appraisals/reply.html",
        form=form,
        found=found,
        raised=raised,
        household=household,
        row=row,
        cells=list(zip(sheet.rules, row.cells, strict=True)),
        told=request.form,
    )
    return page, status


def _corrections(rules: tuple[RuleRecord, ...], row: SheetRow) -> dict[UUID, int]:
    """Return the totals that were changed on the page; an emptied field is 0."""
    corrected: dict[UUID, int] = {}
    for rule, cell in zip(rules, row.cells, strict=True):
        text = request.form.get(f"points-{rule.id}")
        if text is not None and (points := whole_points(text) or 0) != (cell.entered or 0):
            corrected[rule.id] = points
    return corrected
