"""Model rules (示范细则): what a township or county publishes, on a page of its overseers."""

from collections.abc import Sequence
from io import BytesIO

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.deeds import intake, papers, queries, service
from love_market.deeds.forms import RulesForm
from love_market.deeds.rules import (
    CATEGORIES,
    NEVER_SCORED,
    NoSuchVersion,
    NotKnowingly,
    RuleDraft,
    VersionMovedOn,
)
from love_market.deeds.views.editing import taken_in
from love_market.deeds.views.editor import Desk, moved_on, preview, table
from love_market.deeds.views.records import by_category
from love_market.deeds.views.room import bp
from love_market.deeds.views.workbooks import XLSX
from love_market.errors import Denied, LoveMarketError, words
from love_market.people.queries import StaffRecord
from love_market.people.rules import OVERSEERS, RoleMissing
from love_market.people.views.places import overseer
from love_market.places import queries as places
from love_market.places.queries import PlaceRecord
from love_market.web.clock import now
from love_market.web.errors import sentence_of


@bp.get("/overview/<place_code>/rules", defaults={"number": None})
@bp.get("/overview/<place_code>/rules/<int:number>")
def model_rules(place_code: str, number: int | None) -> str:
    """Show a place's model rules: those that stand, or an older version."""
    _staff, place = _publisher(place_code)
    with reading() as session:
        versions = queries.models_of(session, [place_code])
        shown = next((each for each in versions if number in {None, each.number}), None)
        drafts = queries.model_drafts(session, shown.id) if shown else []
    if number is not None and shown is None:
        raise NoSuchVersion(words("这里的示范细则没有第 {number} 版。"), number=number)
    return render_template(
        "deeds/model.html",
        place=place,
        versions=versions,
        shown=shown,
        groups=by_category(drafts),
        vetoes=[rule for rule in drafts if rule.veto_days],
        total=len(drafts),
        pictures=CATEGORIES,
        never=NEVER_SCORED,
    )


@bp.get("/overview/<place_code>/rules/new")
def new_model(place_code: str) -> ResponseReturnValue:
    """Show the table in which the next model rules are drafted, filled with what stands, at first the catalogue."""
    _staff, place = _publisher(place_code)
    desk, form = _desk(place), RulesForm(formdata=None)
    form.begin(desk.number, desk.standing or intake.catalogue())
    return table(desk, form)


@bp.post("/overview/<place_code>/rules/new")
def next_model(place_code: str) -> ResponseReturnValue:
    """Take the table: to look at what changes, to go back and write on, or to publish it."""
    staff, place = _publisher(place_code)
    desk, form = _desk(place), RulesForm()
    step = request.form.get("step", "preview")
    if not form.validate_on_submit() or step == "edit":
        return table(desk, form, 422 if form.errors else 200)
    try:
        drafts = intake.settle(form.drafts())
        return _publish(staff, place, desk, form, drafts) if step == "adopt" else preview(desk, form, drafts)
    except Denied:
        raise
    except VersionMovedOn as error:
        return moved_on(desk, form, error)
    except LoveMarketError as error:
        return table(desk, form, form.refuse(error))


def _publish(
    staff: StaffRecord, place: PlaceRecord, desk: Desk, form: RulesForm, drafts: Sequence[RuleDraft]
) -> ResponseReturnValue:
    try:
        with transaction() as session:
            service.publish_model(
                session,
                staff,
                place.code,
                drafts,
                note=form.note.data or "",
                at=now(),
                key=form.key_id,
                based_on=form.begun_from,
                knowingly=bool(form.knowingly.data),
            )
    except NotKnowingly as error:
        form.knowingly.errors = [sentence_of(error)]
        return preview(desk, form, drafts)
    flash(_("示范细则发布了，下面的村定细则时就能看见。已经定了的村不受影响。"), "good")
    return redirect(url_for(".model_rules", place_code=place.code))


@bp.post("/overview/<place_code>/rules/workbook")
def take_in_model(place_code: str) -> ResponseReturnValue:
    """Read a workbook into the table of the next model rules."""
    _staff, place = _publisher(place_code)
    return taken_in(_desk(place))


@bp.get("/overview/<place_code>/rules/rules.xlsx")
def model_workbook(place_code: str) -> Response:
    """The model rules that stand as a workbook, the built-in ones before any."""
    _staff, place = _publisher(place_code)
    desk = _desk(place)
    book = papers.rules_workbook(f"{place.name}示范细则", desk.standing or intake.catalogue(), now())
    return send_file(BytesIO(book), XLSX, as_attachment=True, download_name=f"{place.name}示范细则.xlsx")


def _publisher(place_code: str) -> tuple[StaffRecord, PlaceRecord]:
    """Return the overseer who is signed in and their place; raise ``RoleMissing`` for a place that is not theirs."""
    staff = overseer()
    if not any(code == place_code and role in OVERSEERS for code, role in staff.grants):
        raise RoleMissing(words("示范细则由管这个地方的乡镇或县里的账号发布。"))
    with reading() as session:
        return staff, places.place(session, place_code)


def _desk(place: PlaceRecord) -> Desk:
    with reading() as session:
        versions = queries.models_of(session, [place.code])
        drafts = queries.model_drafts(session, versions[0].id) if versions else []
    return Desk(
        number=versions[0].number if versions else 0,
        standing=drafts,
        address=url_for(".next_model", place_code=place.code),
        back=url_for(".model_rules", place_code=place.code),
        take_in=url_for(".take_in_model", place_code=place.code),
        given_out=url_for(".model_workbook", place_code=place.code),
        begin="",
        by_meeting=False,
    )
