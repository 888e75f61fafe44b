"""Taking in a roster: choose the file, read the preview row by row, confirm."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.errors import Invalid
from love_market.people import queries, service
from love_market.people.access import staff_guard
from love_market.people.forms import PlanForm, UploadForm
from love_market.people.intake import ParsedRoster, RosterPlan, parse_roster
from love_market.people.rules import COMMITTEE, Guard
from love_market.people.views.households import Page
from love_market.people.views.room import bp, said
from love_market.places import queries as places
from love_market.web.clock import now
from love_market.web.errors import sentence_of
from love_market.web.previews import PreviewGone, Previews, send_workbook, uploaded
from love_market.workbook import Mark, SheetToWrite, read_workbook, write_workbook

WRITERS = tuple(COMMITTEE)
PREVIEWS = Previews("roster")
TEMPLATE_HEADINGS = ("户编号", "户主姓名", "家庭人口", "联系电话", "村民小组", "所属网格", "备注")


@bp.get("/v/<village_code>/households/roster")
def roster(village_code: str) -> str:
    """Where a roster is handed over."""
    staff_guard(village_code, *WRITERS)
    return render_template("people/roster.html", form=UploadForm())


@bp.post("/v/<village_code>/households/roster")
def read_roster(village_code: str) -> ResponseReturnValue:
    """Read a workbook and keep what it says, without identity numbers, until the preview is confirmed."""
    guard = staff_guard(village_code, *WRITERS)
    form = UploadForm()
    if not form.validate_on_submit():
        return render_template("people/roster.html", form=form), 422
    upload = uploaded(form.roster.data)
    try:
        parsed = parse_roster(read_workbook(upload.data, upload.filename))
    except Invalid as error:
        form.roster.errors = [*form.roster.errors, sentence_of(error)]
        return render_template("people/roster.html", form=form), 422
    PREVIEWS.keep(form.key_id, _whose(guard), parsed.to_json(), upload)
    return redirect(url_for("people.roster_preview", key=form.key_id))


@bp.get("/v/<village_code>/households/roster/<uuid:key>")
def roster_preview(village_code: str, key: UUID) -> str:
    """What the roster would make and change, row by row; nothing is written yet."""
    guard = staff_guard(village_code, *WRITERS)
    parsed = _kept(guard, key)
    with reading() as session:
        plan = queries.plan_roster(session, guard, parsed)
    return _preview(plan, key)


@bp.post("/v/<village_code>/households/roster/<uuid:key>")
def import_roster(village_code: str, key: UUID) -> ResponseReturnValue:
    """Write the plan that was read; where the books changed since, show it again instead."""
    guard = staff_guard(village_code, *WRITERS)
    form = PlanForm()
    form.validate_on_submit()
    try:
        parsed = _kept(guard, key)
    except PreviewGone as gone:
        flash(sentence_of(gone), "info")
        return redirect(url_for("people.index"))
    result = None
    with transaction() as session:
        plan = queries.plan_roster(session, guard, parsed)
        if plan.digest == form.digest.data:
            result = service.import_roster(session, guard, plan, at=now())
    if result is None:
        return _preview(plan, key, _("户册在这之间变过了。请再看一遍，再按“照此导入”。")), 409
    PREVIEWS.drop(key)
    flash(
        _(
            "导入好了：新增 %(made)d 户，改动 %(changed)d 户，不变 %(same)d 户，没有收 %(refused)d 行。",
            made=result.made,
            changed=result.changed,
            same=result.same,
            refused=result.refused,
        ),
        "good",
    )
    return redirect(url_for("people.index"))


@bp.get("/v/<village_code>/households/roster/<uuid:key>/marked.xlsx")
def marked_roster(village_code: str, key: UUID) -> Response:
    """The file that was handed over, with what is wrong marked in it (改错表)."""
    guard = staff_guard(village_code, *WRITERS)
    parsed = _kept(guard, key)
    with reading() as session:
        plan = queries.plan_roster(session, guard, parsed)
    return PREVIEWS.marked(key, parsed.filename, _marks(plan), parsed.header_rows)


@bp.get("/v/<village_code>/households/roster/template.xlsx")
def roster_template(village_code: str) -> Response:
    """An empty roster to fill in, or the village's own to correct."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        village = places.village(session, village_code)
        rows = [
            (h.number, h.head_name, h.member_count, h.phone or "无", h.group_name, h.grid_name, h.note)
            for h in queries.households(session, guard)
        ]
    sheet = SheetToWrite(
        "花名册",
        TEMPLATE_HEADINGS,
        rows or [("", "", None, "", "", "", "")] * 20,
        title=f"{village.short_name}农户花名册",
        footer=("说明：一行一户。电话没有的填“无”。不要填身份证号，填了也不会保存。",),
        landscape=True,
    )
    return send_workbook(write_workbook([sheet]), f"{village.short_name}花名册")


def _preview(plan: RosterPlan, key: UUID, warning: str = "") -> str:
    counts = {action: plan.count(action) for action in ("made", "changed", "refused", "same")}
    first = next((action for action in ("refused", "changed", "made", "same") if counts[action]), "same")
    shown: Any = request.args.get("show") if request.args.get("show") in counts else first
    form = PlanForm()
    form.digest.data = plan.digest
    marks = _marks(plan)
    return render_template(
        "people/roster_preview.html",
        plan=plan,
        page=Page([row for row in plan.rows if row.action == shown], request.args.get("page")),
        counts=counts,
        shown=shown,
        form=form,
        key=key,
        said=said,
        warning=warning,
        sheets=len({row.sheet for row in plan.rows}),
        marks=marks if marks and PREVIEWS.is_mine(key) else [],
    )


def _whose(guard: Guard) -> dict[str, str]:
    return {"market": guard.market_id.hex, "village": guard.village_code}


def _kept(guard: Guard, key: UUID) -> ParsedRoster:
    """Return what was kept for this village; raise ``PreviewGone``."""
    return ParsedRoster.from_json(PREVIEWS.says(key, _whose(guard)))


def _marks(plan: RosterPlan) -> list[Mark]:
    """Return what is to be corrected in the file: the reasons of refused rows, and cells that were not taken in."""
    return [
        Mark(row.sheet, each.row or row.row_number, each.column, said(each))
        for row in plan.rows
        for each in row.sayings
        if row.action == "refused" or each.column is not None
    ]
