"""Taking in a score workbook: choose the file, read the preview row by row, confirm."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.appraisals import queries, service
from love_market.appraisals.forms import PlanForm, UploadForm
from love_market.appraisals.intake import Action, ParsedScores, ScorePlan, parse_scores
from love_market.appraisals.rules import Act, step
from love_market.appraisals.views.room import WRITERS, bp, said
from love_market.clock import Quarter
from love_market.config import Settings
from love_market.db import reading, transaction
from love_market.errors import Invalid, NotFound, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now
from love_market.web.errors import sentence_of
from love_market.workbook import MAX_FILE_BYTES, read_workbook

KEPT_FOR = timedelta(days=1)
ACTIONS: tuple[Action, ...] = ("refused", "changed", "made", "same")


class PreviewGone(NotFound):
    """A preview was carried out already, or was left lying for more than a day."""


@bp.route("/v/<village_code>/scores/<quarter>/import", methods=["GET", "POST"])
def import_scores(village_code: str, quarter: str) -> ResponseReturnValue:
    """Hand over a score workbook; what it says is kept until the preview is confirmed, the file is not."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
    step(Act.SCORE, found.state)
    form = UploadForm()
    if not form.validate_on_submit():
        page = render_template("appraisals/import.html", form=form, found=found)
        return page, 422 if request.method == "POST" else 200
    upload = form.scores.data
    try:
        parsed = parse_scores(read_workbook(upload.stream.read(MAX_FILE_BYTES + 1), upload.filename or "表格"))
    except Invalid as error:
        form.scores.errors = [*form.scores.errors, sentence_of(error)]
        return render_template("appraisals/import.html", form=form, found=found), 422
    _keep(guard, found.quarter, form.key_id, parsed, now())
    return redirect(url_for("appraisals.import_preview", quarter=found.quarter, key=form.key_id))


@bp.get("/v/<village_code>/scores/<quarter>/import/<uuid:key>")
def import_preview(village_code: str, quarter: str, key: UUID) -> str:
    """What the workbook would fill in and change, row by row; nothing is written yet."""
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    with reading() as session:
        plan = queries.plan_scores(session, guard, wanted, _kept(guard, wanted, key))
    return _preview(plan, wanted, key)


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
    with transaction() as session:
        plan = queries.plan_scores(session, guard, wanted, parsed)
        same = plan.digest == form.digest.data
        if same:
            service.apply_scores(session, guard, wanted, plan, make_new_rules=names, at=now(), key=key)
    if not same:
        return _preview(plan, wanted, key, _("评分表在这之间变过了。请再看一遍，再按“照此填入”。")), 409
    _folder().joinpath(f"{key.hex}.json").unlink(missing_ok=True)
    flash(
        _(
            "填好了 %(households)d 户、%(scores)d 格分；%(refused)d 行没有收。可以撤销。",
            households=plan.households,
            scores=plan.scores,
            refused=plan.refused,
        ),
        "good",
    )
    return redirect(url_for("appraisals.grid", quarter=wanted))


def _preview(plan: ScorePlan, wanted: Quarter, key: UUID, warning: str = "") -> str:
    counts = {action: plan.count(action) for action in ACTIONS}
    first = next((action for action, count in counts.items() if count), "same")
    shown = request.args.get("show", first)
    form = PlanForm()
    form.digest.data = plan.digest
    return render_template(
        "appraisals/import_preview.html",
        plan=plan,
        rows=[row for row in plan.rows if row.action == shown],
        differing=[row for row in plan.good_rows if row.sayings],
        counts=counts,
        shown=shown,
        form=form,
        key=key,
        quarter=wanted,
        said=said,
        warning=warning,
    )


def _folder() -> Path:
    settings: Settings = current_app.extensions["love_market_settings"]
    folder = settings.instance / "score-previews"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _keep(guard: Guard, wanted: Quarter, key: UUID, parsed: ParsedScores, at: datetime) -> None:
    """Keep what a workbook says; throw away what was never confirmed."""
    oldest = (at - KEPT_FOR).timestamp()
    for old in _folder().glob("*.json"):
        if old.stat().st_mtime < oldest:
            old.unlink(missing_ok=True)
    kept = {**_whose(guard, wanted), "scores": parsed.to_json()}
    path = _folder() / f"{key.hex}.json"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False)
    os.utime(path, (at.timestamp(), at.timestamp()))


def _kept(guard: Guard, wanted: Quarter, key: UUID) -> ParsedScores:
    """Return what was kept for this village's quarter; raise ``PreviewGone``."""
    try:
        kept = json.loads(_folder().joinpath(f"{key.hex}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        kept = {}
    if not _whose(guard, wanted).items() <= kept.items():
        raise PreviewGone(words("这份预览已经填入过，或者放得太久了。请重新上传评分表。"))
    return ParsedScores.from_json(kept["scores"])


def _whose(guard: Guard, wanted: Quarter) -> dict[str, str]:
    return {"market": guard.market_id.hex, "village": guard.village_code, "quarter": str(wanted)}
