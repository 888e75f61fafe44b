"""Score workbooks both ways: the quarter's to be filled in; the file, the preview row by row, confirm."""

from collections.abc import Collection
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.appraisals import papers, queries, service
from love_market.appraisals.forms import PlanForm, UploadForm
from love_market.appraisals.intake import Action, ParsedScores, ScorePlan, parse_scores
from love_market.appraisals.rules import Act, step
from love_market.appraisals.views.room import READERS, WRITERS, bp, said
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.deeds.rules import MeetingWrong, NoQuorum, NotCarried
from love_market.errors import Invalid
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of
from love_market.web.previews import PreviewGone, Previews, send_workbook, uploaded
from love_market.workbook import Mark, read_workbook

PREVIEWS = Previews("score")
ACTIONS: tuple[Action, ...] = ("refused", "changed", "made", "same", "blank")


@bp.route("/v/<village_code>/scores/<quarter>/import", methods=["GET", "POST"])
def import_scores(village_code: str, quarter: str) -> ResponseReturnValue:
    """Hand over a score workbook; what it says is kept until the preview is confirmed, the file only sealed."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
    step(Act.SCORE, found.state)
    form = UploadForm()
    if not form.validate_on_submit():
        page = render_template("appraisals/import.html", form=form, found=found)
        return page, 422 if request.method == "POST" else 200
    upload = uploaded(form.scores.data)
    try:
        parsed = parse_scores(read_workbook(upload.data, upload.filename))
    except Invalid as error:
        form.scores.errors = [*form.scores.errors, sentence_of(error)]
        return render_template("appraisals/import.html", form=form, found=found), 422
    PREVIEWS.keep(form.key_id, _whose(guard, found.quarter), parsed.to_json(), upload)
    return redirect(url_for("appraisals.import_preview", quarter=found.quarter, key=form.key_id))


@bp.get("/v/<village_code>/scores/<quarter>/scores.xlsx")
def export_scores(village_code: str, quarter: str) -> Response:
    """The quarter's score sheet as a workbook, which can be taken in again."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        sheet = queries.sheet(session, guard, Quarter.parse(quarter))
        village = places.village(session, village_code)
    data = papers.score_sheet(village.short_name, sheet, now())
    return send_workbook(data, f"{village.short_name}{sheet.appraisal.quarter.title}评分表")


@bp.get("/v/<village_code>/scores/<quarter>/import/<uuid:key>")
def import_preview(village_code: str, quarter: str, key: UUID) -> str:
    """What the workbook would fill in and change, row by row; nothing is written yet."""
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    parsed = _kept(guard, wanted, key)
    with reading() as session:
        plan = queries.plan_scores(session, guard, wanted, parsed)
    return _preview(plan, parsed, wanted, key)


@bp.get("/v/<village_code>/scores/<quarter>/import/<uuid:key>/marked.xlsx")
def marked_scores(village_code: str, quarter: str, key: UUID) -> Response:
    """The file that was handed over, with what is wrong marked in it (改错表)."""
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    parsed = _kept(guard, wanted, key)
    with reading() as session:
        plan = queries.plan_scores(session, guard, wanted, parsed)
    return PREVIEWS.marked(key, parsed.filename, _marks(plan, parsed), {parsed.sheet: parsed.header_row})


@bp.post("/v/<village_code>/scores/<quarter>/import/<uuid:key>")
def apply_import(village_code: str, quarter: str, key: UUID) -> ResponseReturnValue:
    """Carry out the plan that was read; where the sheet changed since, show it again instead."""
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    form = PlanForm()
    form.validate_on_submit()
    try:
        parsed = _kept(guard, wanted, key)
    except PreviewGone as gone:
        flash(sentence_of(gone), "info")
        return redirect(url_for("appraisals.grid", quarter=wanted))
    names = frozenset(request.form.getlist("new_rule"))
    meeting = form.meeting() if names else None
    with reading() as session:
        plan = queries.plan_scores(session, guard, wanted, parsed)
    if plan.digest == form.digest.data and names and meeting is None:
        return _preview(plan, parsed, wanted, key, form=form, names=names), 422
    try:
        with transaction() as session:
            plan = queries.plan_scores(session, guard, wanted, parsed)
            same = plan.digest == form.digest.data
            if same:
                service.apply_scores(
                    session, guard, wanted, plan, make_new_rules=names, meeting=meeting, at=now(), key=key
                )
    except (MeetingWrong, NoQuorum, NotCarried) as error:
        form.form_errors.append(sentence_of(error))
        return _preview(plan, parsed, wanted, key, form=form, names=names), status_of(error)
    if not same:
        return _preview(plan, parsed, wanted, key, _("评分表在这之间变过了。请再看一遍，再按“照此填入”。")), 409
    PREVIEWS.drop(key)
    told = _(
        "填好了 %(households)d 户、%(scores)d 格分；%(refused)d 行没有收。可以撤销。",
        households=plan.households,
        scores=plan.scores - plan.penalties,
        refused=plan.refused,
    )
    if plan.penalties:
        told += _("%(count)d 格扣分记在“扣分”里，等着补凭据、告知户里，现在没有扣。", count=plan.penalties)
    flash(told, "good")
    return redirect(url_for("appraisals.grid", quarter=wanted))


def _preview(
    plan: ScorePlan,
    parsed: ParsedScores,
    wanted: Quarter,
    key: UUID,
    warning: str = "",
    *,
    form: PlanForm | None = None,
    names: Collection[str] = (),
) -> str:
    counts = {action: plan.count(action) for action in ACTIONS}
    first = next((action for action, count in counts.items() if count), "same")
    shown = request.args.get("show", first)
    form = form or PlanForm(formdata=None)
    form.digest.data = plan.digest
    marks = _marks(plan, parsed)
    return render_template(
        "appraisals/import_preview.html",
        plan=plan,
        rows=sorted((row for row in plan.rows if row.action == shown), key=lambda row: not row.replaced),
        counts=counts,
        shown=shown,
        form=form,
        names=names,
        key=key,
        quarter=wanted,
        said=said,
        warning=warning,
        marks=marks if marks and PREVIEWS.is_mine(key) else [],
    )


def _kept(guard: Guard, wanted: Quarter, key: UUID) -> ParsedScores:
    """Return what was kept for this village's quarter; raise ``PreviewGone``."""
    return ParsedScores.from_json(PREVIEWS.says(key, _whose(guard, wanted)))


def _whose(guard: Guard, wanted: Quarter) -> dict[str, str]:
    return {"market": guard.market_id.hex, "village": guard.village_code, "quarter": str(wanted)}


def _marks(plan: ScorePlan, parsed: ParsedScores) -> list[Mark]:
    """Return what is to be corrected in the file: the reasons of the rows that cannot be taken in."""
    return [
        Mark(parsed.sheet, each.row or row.row_number, each.column, said(each))
        for row in plan.rows
        if row.action == "refused"
        for each in row.sayings
    ]
