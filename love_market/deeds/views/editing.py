"""Drafting a village's next version: from what stands, the built-in or model rules, or a workbook; then the meeting."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are a version behind

from love_market.db import reading, transaction
from love_market.deeds import evidence, intake, queries, service
from love_market.deeds.forms import PickForm, RulesForm, WorkbookForm
from love_market.deeds.rules import ADOPTERS, CATEGORIES, NotKnowingly, RuleDraft, VersionMovedOn
from love_market.deeds.views.editor import Desk, moved_on, preview, table
from love_market.deeds.views.room import bp, photo_folder
from love_market.deeds.views.workbooks import GIVEN_OUT, draft_given_out
from love_market.errors import Denied, Invalid, LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of
from love_market.workbook import MAX_FILE_BYTES, read_workbook


@bp.get("/v/<village_code>/rules/new")
def new_version(village_code: str) -> ResponseReturnValue:
    """Show the table in which the next version is drafted, filled with what stands, at first with the catalogue."""
    desk = _desk(staff_guard(village_code, *ADOPTERS))
    return _begun(desk, desk.standing or intake.catalogue())


@bp.post("/v/<village_code>/rules/new")
def next_version(village_code: str) -> ResponseReturnValue:
    """Take the table: to look at what changes, to take it to a meeting, to write on, or to adopt it."""
    guard = staff_guard(village_code, *ADOPTERS)
    desk, form = _desk(guard), RulesForm()
    step = request.form.get("step", "preview")
    if not form.validate_on_submit() or step == "edit":
        return table(desk, form, 422 if form.errors else 200)
    try:
        drafts = intake.settle(form.drafts())
        if step in GIVEN_OUT:
            return draft_given_out(guard, step, drafts)
        return _adopt(guard, desk, form, drafts) if step == "adopt" else preview(desk, form, drafts)
    except Denied:
        raise
    except VersionMovedOn as error:
        return moved_on(desk, form, error)
    except LoveMarketError as error:
        return table(desk, form, form.refuse(error))


def _adopt(guard: Guard, desk: Desk, form: RulesForm, drafts: Sequence[RuleDraft]) -> ResponseReturnValue:
    """Adopt what was looked at; what is wrong with the meeting is told beside it."""
    meeting = form.meeting()
    if meeting is None:
        return preview(desk, form, drafts)
    try:
        minutes = evidence.keep(photo_folder(guard), form.uploads())
        with transaction() as session:
            service.adopt_version(
                session,
                guard,
                drafts,
                meeting=meeting,
                note=form.note.data or "",
                at=now(),
                key=form.key_id,
                based_on=form.begun_from,
                minutes=minutes,
                knowingly=bool(form.knowingly.data),
            )
    except NotKnowingly as error:
        form.knowingly.errors = [sentence_of(error)]
        return preview(desk, form, drafts)
    except (Denied, VersionMovedOn):
        raise
    except LoveMarketError as error:
        status = form.refuse(error)
        page, _status = preview(desk, form, drafts)
        return page, status
    flash(_("新一版细则通过了。已经评过的季度还按原来的版本。"), "good")
    return redirect(url_for(".rules"))


@bp.get("/v/<village_code>/rules/begin")
def begin_rules(village_code: str) -> str:
    """Choose what the next version begins from."""
    guard = staff_guard(village_code, *ADOPTERS)
    with reading() as session:
        standing = queries.current_version(session, guard)
        models = queries.models_for(session, guard)
    return render_template(
        "deeds/begin.html", standing=standing, models=models, total=len(intake.catalogue()), form=WorkbookForm()
    )


@bp.route("/v/<village_code>/rules/model", methods=["GET", "POST"], defaults={"catalogue_id": None})
@bp.route("/v/<village_code>/rules/model/<uuid:catalogue_id>", methods=["GET", "POST"])
def pick_model(village_code: str, catalogue_id: UUID | None) -> ResponseReturnValue:
    """Tick model rules, those built in where none are named, and go on in the table with them beside what stands."""
    guard = staff_guard(village_code, *ADOPTERS)
    desk = _desk(guard)
    model, offered = None, intake.catalogue()
    if catalogue_id is not None:
        with reading() as session:
            above = [place.code for place in places.lineage(session, guard.village_code)[1:]]
            model = queries.model(session, above, catalogue_id)
            offered = queries.model_drafts(session, catalogue_id)
    form = PickForm()
    form.codes.choices = [SelectChoice(rule.code, rule.name) for rule in offered]
    picked = set(form.codes.data or ())
    if form.validate_on_submit():
        return _begun(desk, intake.merged(desk.standing, [one for one in offered if one.code in picked]))
    known = {rule.code: same for rule in offered if (same := intake.same_rule(desk.standing, rule))}
    changed = intake.difference(desk.standing, intake.merged(desk.standing, offered)).changed
    page = render_template(
        "deeds/pick.html",
        form=form,
        model=model,
        offered=offered,
        known=known,
        otherwise={change.before.code for change in changed},
        chosen=picked if request.method == "POST" else {one.code for one in offered if one.code not in known},
        pictures=CATEGORIES,
    )
    return page, 422 if form.errors else 200


@bp.post("/v/<village_code>/rules/workbook")
def take_in_rules(village_code: str) -> ResponseReturnValue:
    """Read a workbook into the table; nothing is adopted, and what could not be read is named there."""
    guard = staff_guard(village_code, *ADOPTERS)
    return taken_in(_desk(guard))


def taken_in(desk: Desk) -> ResponseReturnValue:
    """Return the table with what the workbook that was sent says; where it cannot be read, with what stands."""
    upload = WorkbookForm()
    form = RulesForm(formdata=None)
    if not upload.validate_on_submit():
        form.begin(desk.number, desk.standing)
        form.form_errors = [str(error) for errors in upload.errors.values() for error in errors]
        return table(desk, form, 422)
    sent = upload.rules.data
    try:
        book = read_workbook(sent.stream.read(MAX_FILE_BYTES + 1), sent.filename or "表格")
        parsed = intake.parse_rules(book, desk.standing)
    except Invalid as error:
        form.begin(desk.number, desk.standing)
        form.form_errors = [sentence_of(error)]
        return table(desk, form, status_of(error))
    form.begin(desk.number, parsed.drafts)
    form.mark(parsed.problems)
    return table(desk, form, problems=parsed.problems, filename=parsed.filename)


def _begun(desk: Desk, drafts: Sequence[RuleDraft]) -> ResponseReturnValue:
    form = RulesForm(formdata=None)
    form.begin(desk.number, drafts)
    return table(desk, form)


def _desk(guard: Guard) -> Desk:
    with reading() as session:
        standing = queries.current_version(session, guard)
        drafts = queries.drafts(session, guard, standing.id) if standing else []
    return Desk(
        number=standing.number if standing else 0,
        standing=drafts,
        address=url_for(".next_version"),
        back=url_for(".rules"),
        take_in=url_for(".take_in_rules"),
        given_out=url_for(".rules_workbook"),
        begin=url_for(".begin_rules"),
        by_meeting=True,
    )
