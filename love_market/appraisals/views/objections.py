"""Objections as the committee sees them: who said what, and the answer."""

from io import BytesIO
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.appraisals import papers, queries, service
from love_market.appraisals.forms import ReplyForm
from love_market.appraisals.queries import SheetRow
from love_market.appraisals.rules import whole_points
from love_market.appraisals.views.room import READERS, WRITERS, bp
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.deeds import queries as deeds
from love_market.deeds.queries import RuleRecord
from love_market.errors import LoveMarketError
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.places import queries as places
from love_market.web.clock import now

_FORMS = 5
_MOST_FORMS = 40
_LAST_FORM = 960


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
        is_kin = deeds.is_kin(session, guard, household.id)
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
            status = form.refuse(error)
    page = render_template(
        "appraisals/reply.html",
        form=form,
        found=found,
        raised=raised,
        is_kin=is_kin,
        household=household,
        row=row,
        cells=list(zip(sheet.rules, row.cells, strict=True)),
        told=request.form,
    )
    return page, status


@bp.get("/v/<village_code>/quarters/<quarter>/objection-forms.pdf")
def objection_forms_pdf(village_code: str, quarter: str) -> Response:
    """Blank forms to lay out beside the notice: ``?count=`` of them, numbered from ``?first=``."""
    guard = staff_guard(village_code, *READERS)
    wanted = Quarter.parse(quarter)
    count = min(max(request.args.get("count", _FORMS, int), 1), _MOST_FORMS)
    first = min(max(request.args.get("first", 1, int), 1), _LAST_FORM)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.objection_forms(session, guard, wanted, first=first, count=count, at=now())
    return send_file(
        BytesIO(paper), "application/pdf", download_name=f"{village.short_name}{wanted.title}异议登记表.pdf"
    )


@bp.get("/v/<village_code>/quarters/<quarter>/objections/<uuid:objection_id>/form.pdf")
def objection_pdf(village_code: str, quarter: str, objection_id: UUID) -> Response:
    """An objection that was entered, on the form, to sign and to keep."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        paper = papers.objection(session, guard, Quarter.parse(quarter), objection_id, at=now())
    return send_file(BytesIO(paper), "application/pdf", download_name="异议登记表.pdf")


@bp.get("/v/<village_code>/quarters/<quarter>/objections/<uuid:objection_id>/reply.pdf")
def reply_pdf(village_code: str, quarter: str, objection_id: UUID) -> Response:
    """The written reply, to hand over against a signature."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        paper = papers.objection_reply(session, guard, Quarter.parse(quarter), objection_id, at=now())
    return send_file(BytesIO(paper), "application/pdf", download_name="异议答复书.pdf")


def _corrections(rules: tuple[RuleRecord, ...], row: SheetRow) -> dict[UUID, int]:
    """Return the totals that were changed on the page; an emptied field is 0."""
    corrected: dict[UUID, int] = {}
    for rule, cell in zip(rules, row.cells, strict=True):
        text = request.form.get(f"points-{rule.id}")
        if text is not None and (points := whole_points(text) or 0) != (cell.entered or 0):
            corrected[rule.id] = points
    return corrected
