"""Taking in workbooks: of goods, and of a stocktake's counts. Choose the file, read the preview, confirm."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.errors import Invalid
from love_market.people.rules import Guard
from love_market.people.views.room import said
from love_market.stock import queries, service
from love_market.stock.forms import PlanForm, UploadForm
from love_market.stock.intake import Action, ParsedCounts, ParsedGoods, Plan, parse_counts, parse_goods
from love_market.stock.views.room import bp, keeper
from love_market.web.clock import now
from love_market.web.errors import sentence_of
from love_market.web.previews import PreviewGone, Previews, uploaded
from love_market.workbook import Mark, read_workbook

GOODS, COUNTS = Previews("goods"), Previews("count")
ACTIONS: tuple[Action, ...] = ("refused", "changed", "made", "same")


@bp.route("/v/<village_code>/stock/import", methods=["GET", "POST"])
def import_goods(village_code: str) -> ResponseReturnValue:
    """Hand over a list of goods; what it says is kept until the preview is confirmed."""
    guard, form = keeper(village_code), UploadForm()
    if form.validate_on_submit():
        upload = uploaded(form.workbook.data)
        try:
            parsed = parse_goods(read_workbook(upload.data, upload.filename))
        except Invalid as error:
            form.workbook.errors = [*form.workbook.errors, sentence_of(error)]
        else:
            GOODS.keep(form.key_id, _whose(guard), parsed.to_json(), upload)
            return redirect(url_for(".goods_preview", key=form.key_id))
    return render_template("stock/goods_import.html", form=form), 422 if request.method == "POST" else 200


@bp.get("/v/<village_code>/stock/import/<uuid:key>")
def goods_preview(village_code: str, key: UUID) -> str:
    """What a list of goods would make and change; nothing is written yet."""
    return _goods_page(_goods_plan(keeper(village_code), key), key)


@bp.get("/v/<village_code>/stock/import/<uuid:key>/marked.xlsx")
def marked_goods(village_code: str, key: UUID) -> Response:
    """The file that was handed over, with what is wrong marked in it (改错表)."""
    plan = _goods_plan(keeper(village_code), key)
    return GOODS.marked(key, plan.filename, _marks(plan), {plan.sheet: plan.header_row})


@bp.post("/v/<village_code>/stock/import/<uuid:key>")
def apply_goods(village_code: str, key: UUID) -> ResponseReturnValue:
    """Carry out the plan that was read; where the shelf changed since, show it again instead."""
    guard, form = keeper(village_code), PlanForm()
    form.validate_on_submit()
    try:
        parsed = ParsedGoods.from_json(GOODS.says(key, _whose(guard)))
    except PreviewGone as gone:
        flash(sentence_of(gone), "info")
        return redirect(url_for(".index"))
    with transaction() as session:
        plan, done = service.import_goods(session, guard, parsed, digest=form.digest.data or "", at=now())
    if not done:
        return _goods_page(plan, key, _("商品在这之间变过了。请再看一遍，再按“照此导入”。")), 409
    GOODS.drop(key)
    flash(
        _(
            "导入好了：新增 %(made)d 样，改动 %(changed)d 样，不变 %(same)d 样，没有收 %(refused)d 行。",
            **{action: plan.count(action) for action in ACTIONS},
        ),
        "good",
    )
    return redirect(url_for(".index"))


@bp.route("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/import", methods=["GET", "POST"])
def import_counts(village_code: str, stocktake_id: UUID) -> ResponseReturnValue:
    """Hand over a stocktake's sheet that was counted on."""
    guard, form = keeper(village_code), UploadForm()
    with reading() as session:
        record = queries.stocktake(session, guard, stocktake_id)
    if record.state != "open":
        return redirect(url_for(".stocktake", stocktake_id=stocktake_id))
    if form.validate_on_submit():
        upload = uploaded(form.workbook.data)
        try:
            parsed = parse_counts(read_workbook(upload.data, upload.filename))
            with reading() as session:
                queries.plan_counts(session, guard, stocktake_id, parsed)
        except Invalid as error:
            form.workbook.errors = [*form.workbook.errors, sentence_of(error)]
        else:
            COUNTS.keep(form.key_id, _whose(guard, stocktake_id), parsed.to_json(), upload)
            return redirect(url_for(".counts_preview", stocktake_id=stocktake_id, key=form.key_id))
    page = render_template("stock/counts_import.html", form=form, stocktake=record)
    return page, 422 if request.method == "POST" else 200


@bp.get("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/import/<uuid:key>")
def counts_preview(village_code: str, stocktake_id: UUID, key: UUID) -> str:
    """What a counted sheet would write down; nothing of the book's is shown."""
    guard = keeper(village_code)
    with reading() as session:
        plan = queries.plan_counts(session, guard, stocktake_id, _counts(guard, stocktake_id, key))
    return _counts_page(plan, stocktake_id, key)


@bp.get("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/import/<uuid:key>/marked.xlsx")
def marked_counts(village_code: str, stocktake_id: UUID, key: UUID) -> Response:
    """The sheet that was handed over, with what is wrong marked in it (改错表)."""
    guard = keeper(village_code)
    with reading() as session:
        plan = queries.plan_counts(session, guard, stocktake_id, _counts(guard, stocktake_id, key))
    return COUNTS.marked(key, plan.filename, _marks(plan), {plan.sheet: plan.header_row})


@bp.post("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/import/<uuid:key>")
def apply_counts(village_code: str, stocktake_id: UUID, key: UUID) -> ResponseReturnValue:
    """Write down what was counted; where something was counted since, show it again instead."""
    guard, form = keeper(village_code), PlanForm()
    form.validate_on_submit()
    back = redirect(url_for(".stocktake", stocktake_id=stocktake_id))
    try:
        parsed = _counts(guard, stocktake_id, key)
    except PreviewGone as gone:
        flash(sentence_of(gone), "info")
        return back
    digest = form.digest.data or ""
    with transaction() as session:
        plan, done = service.import_counts(session, guard, stocktake_id, parsed, digest=digest)
    if not done:
        warning = _("这之间有人点过货。请再看一遍，再按“照此记下”。")
        return _counts_page(plan, stocktake_id, key, warning), 409
    COUNTS.drop(key)
    flash(_("记下了 %(count)d 批。", count=plan.count("made") + plan.count("changed")), "good")
    return back


def _whose(guard: Guard, stocktake_id: UUID | None = None) -> dict[str, str]:
    return {"market": guard.market_id.hex, "stocktake": stocktake_id.hex if stocktake_id else ""}


def _goods_plan(guard: Guard, key: UUID) -> Plan[Any]:
    parsed = ParsedGoods.from_json(GOODS.says(key, _whose(guard)))
    with reading() as session:
        return queries.plan_goods(session, guard, parsed)


def _counts(guard: Guard, stocktake_id: UUID, key: UUID) -> ParsedCounts:
    return ParsedCounts.from_json(COUNTS.says(key, _whose(guard, stocktake_id)))


def _marks(plan: Plan[Any]) -> list[Mark]:
    return [
        Mark(plan.sheet, each.row or row.row_number, each.column, said(each))
        for row in plan.rows
        if row.action == "refused"
        for each in row.sayings
    ]


def _goods_page(plan: Plan[Any], key: UUID, warning: str = "") -> str:
    page = url_for(".goods_preview", key=key)
    return render_template("stock/goods_preview.html", **_shown(plan, GOODS, key, page, warning))


def _counts_page(plan: Plan[Any], stocktake_id: UUID, key: UUID, warning: str = "") -> str:
    page = url_for(".counts_preview", stocktake_id=stocktake_id, key=key)
    shown = _shown(plan, COUNTS, key, page, warning)
    return render_template("stock/counts_preview.html", stocktake_id=stocktake_id, **shown)


def _shown(plan: Plan[Any], previews: Previews, key: UUID, page: str, warning: str) -> dict[str, Any]:
    """Return what both previews read; ``page`` is the preview's own address."""
    counts = {action: plan.count(action) for action in ACTIONS}
    first = next((action for action in ACTIONS if counts[action]), "same")
    shown = request.args.get("show") if request.args.get("show") in counts else first
    form, marks = PlanForm(), _marks(plan)
    form.digest.data = plan.digest
    return {
        "plan": plan,
        "rows": [row for row in plan.rows if row.action == shown],
        "counts": counts,
        "shown": shown,
        "form": form,
        "page": page,
        "warning": warning,
        "said": said,
        "marks": marks if marks and previews.is_mine(key) else [],
    }
