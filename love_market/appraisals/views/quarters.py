"""The village's quarters: the list, opening one, how far one is, its budget, submitting it and sending it back."""

from datetime import datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from love_market.appraisals import queries, service
from love_market.appraisals.forms import AskForm, BudgetForm, OpenForm, SubmitForm
from love_market.appraisals.rules import Act, RowState, step
from love_market.appraisals.views.room import READERS, STATE_WORDS, WRITERS, bp, shown_steps
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, Role
from love_market.places import queries as places
from love_market.web.clock import now

_A_PAGE = 12


@bp.get("/v/<village_code>/quarters")
def index(village_code: str) -> str:
    """The village's quarters with the state of each."""
    guard = staff_guard(village_code, *READERS)
    asked = request.args.get("before", "")
    before = Quarter.parse(asked) if asked else None
    with reading() as session:
        more = queries.appraisals(session, guard, before=before, limit=_A_PAGE + 1)
        found = more[:_A_PAGE]
        steps = {
            one.id: shown_steps(queries.progress(session, guard, one, now())) for one in found[: 0 if before else 1]
        }
    return render_template(
        "appraisals/index.html",
        quarters=found,
        before=found[-1].quarter if len(more) > _A_PAGE else None,
        steps=steps,
        state_words=STATE_WORDS,
        may_open=bool(guard.roles & set(WRITERS)),
    )


@bp.route("/v/<village_code>/quarters/open", methods=["GET", "POST"])
def open_quarter(village_code: str) -> ResponseReturnValue:
    """Open a quarter with a budget."""
    guard = staff_guard(village_code, *WRITERS)
    at = now()
    form = OpenForm()
    with reading() as session:
        opened = {one.quarter for one in queries.appraisals(session, guard, limit=_A_PAGE)}
        budget = places.settings(session, guard.market_id).quarter_budget_points
    form.quarter.choices = [SelectChoice(str(one), one.title) for one in _offered(at) if one not in opened]
    if form.budget_points.data is None:
        form.budget_points.data = budget
    if not form.validate_on_submit():
        return render_template("appraisals/open.html", form=form), 422 if request.method == "POST" else 200
    quarter = Quarter.parse(form.quarter.data)
    try:
        with transaction() as session:
            service.open_quarter(
                session, guard, quarter, budget_points=form.budget_points.data or 0, at=at, key=form.key_id
            )
    except LoveMarketError as error:
        status = form.refuse(error)
        return render_template("appraisals/open.html", form=form), status
    return redirect(url_for("appraisals.grid", quarter=quarter))


def _offered(at: datetime) -> list[Quarter]:
    """Return the quarters that may be opened, the likeliest first: the last one, this one, two earlier ones."""
    here = Quarter.of(village_date(at))
    last = here.previous()
    return [last, here, last.previous(), last.previous().previous()]


@bp.get("/v/<village_code>/quarters/<quarter>")
def quarter(village_code: str, quarter: str) -> str:
    """How far a quarter is, with dates, and the one next step."""
    guard = staff_guard(village_code, *READERS)
    at = now()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        sheet = queries.sheet(session, guard, found.quarter)
        rows = queries.frozen_rows(session, guard, found.id)
        view = queries.NoticeView(found, rows)
        return render_template(
            "appraisals/quarter.html",
            found=found,
            steps=shown_steps(queries.progress(session, guard, found, at)),
            sheet=sheet,
            view=view,
            RowState=RowState,
            objections=queries.objections(session, guard, found.id),
            minutes=queries.meeting(session, guard, found.id),
            budget_left=queries.budget_left(session, guard, found.id),
            state_words=STATE_WORDS,
            writes=bool(guard.roles & set(WRITERS)),
            may_confirm=Role.CHAIR in guard.roles and guard.actor not in queries.recorders(session, guard, found.id),
            has_vouchers="vouchers.index" in current_app.view_functions,
            may_print=bool(guard.roles & (COMMITTEE | OVERSEERS)),
            at=at,
        )


@bp.route("/v/<village_code>/quarters/<quarter>/budget", methods=["GET", "POST"])
def add_budget(village_code: str, quarter: str) -> ResponseReturnValue:
    """Grant more points to a quarter."""
    guard = staff_guard(village_code, *WRITERS)
    form = BudgetForm()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        left = queries.budget_left(session, guard, found.id)
    if form.validate_on_submit():
        with transaction() as session:
            service.add_budget(
                session,
                guard,
                found.quarter,
                amount_points=form.amount_points.data or 0,
                reason=form.reason.data or "",
                at=now(),
                key=form.key_id,
            )
        flash(_("额度追加了 %(points)s 分，账上记了一笔。", points=f"{form.amount_points.data:,}"), "good")
        return redirect(url_for("appraisals.quarter", quarter=found.quarter))
    page = render_template("appraisals/budget.html", form=form, found=found, left=left)
    return page, 422 if request.method == "POST" else 200


@bp.route("/v/<village_code>/scores/<quarter>/submit", methods=["GET", "POST"])
def submit(village_code: str, quarter: str) -> ResponseReturnValue:
    """Ask once, then submit the sheet to the panel."""
    guard = staff_guard(village_code, *WRITERS)
    form = SubmitForm()
    with reading() as session:
        sheet = queries.sheet(session, guard, Quarter.parse(quarter))
    missing = [row.household for row in sheet.rows if row.is_empty]
    if form.validate_on_submit():
        if missing and not form.agreed.data:
            form.agreed.errors = [_("还有 %(count)d 户一格也没填。补上，或者勾上“按 0 分算”。", count=len(missing))]
        else:
            with transaction() as session:
                service.submit(session, guard, sheet.appraisal.quarter, at=now())
            return redirect(url_for("appraisals.quarter", quarter=sheet.appraisal.quarter))
    page = render_template("appraisals/submit.html", form=form, sheet=sheet, missing=missing)
    return page, 422 if request.method == "POST" else 200


@bp.route("/v/<village_code>/scores/<quarter>/return", methods=["GET", "POST"])
def return_to_scoring(village_code: str, quarter: str) -> ResponseReturnValue:
    """Ask once, then send the sheet back to scoring."""
    guard = staff_guard(village_code, *WRITERS)
    form = AskForm()
    wanted = Quarter.parse(quarter)
    if form.validate_on_submit():
        with transaction() as session:
            service.return_to_scoring(session, guard, wanted, at=now())
        return redirect(url_for("appraisals.grid", quarter=wanted))
    return _ask_return(guard, wanted, form)


def _ask_return(guard: Guard, wanted: Quarter, form: AskForm) -> str:
    with reading() as session:
        found = queries.appraisal(session, guard, wanted)
    step(Act.RETURN, found.state)
    return render_template(
        "web/confirm.html",
        title=_("退回评分"),
        facts=[(_("季度"), found.quarter.title), (_("现在"), _(STATE_WORDS[found.state]))],
        words=_("退回以后可以改分，改完要重新提交评议。"),
        form=form,
        verb=_("退回评分"),
        back_url=url_for("appraisals.quarter", quarter=found.quarter),
    )
