"""A change that somebody asks for at the meeting: find the household, say which rule, how many points, and why."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from love_market.appraisals import queries, service
from love_market.appraisals.forms import ProposalForm
from love_market.appraisals.queries import NoticeView, ScoreSheet, Sitting
from love_market.appraisals.rules import whole_points
from love_market.appraisals.rules.refusals import NoMeeting
from love_market.appraisals.views.room import WRITERS, bp
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.web.clock import now


@bp.get("/v/<village_code>/quarters/<quarter>/meeting/propose")
def choose_proposal(village_code: str, quarter: str) -> str:
    """Find the household that a change is asked for."""
    guard = staff_guard(village_code, *WRITERS)
    wanted = request.args.get("find", "").strip()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        view = NoticeView(found, queries.frozen_rows(session, guard, found.id))
        rows = view.matching(wanted) if wanted else ()
        households = people.households_by_id(session, guard, [row.household_id for row in rows])
    return render_template(
        "appraisals/propose_choose.html", found=found, rows=rows, households=households, wanted=wanted
    )


@bp.route("/v/<village_code>/quarters/<quarter>/meeting/propose/<uuid:household_id>", methods=["GET", "POST"])
def propose(village_code: str, quarter: str, household_id: UUID) -> ResponseReturnValue:
    """Say what is to be changed, and why."""
    guard = staff_guard(village_code, *WRITERS)
    form = ProposalForm()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        household = people.household(session, guard, household_id)
        sheet = queries.sheet(session, guard, found.quarter, household_ids={household_id})
        sitting = queries.sitting(session, guard, found.id)
    if sitting is None or not sheet.rows:
        raise NoMeeting(words("评议会还没有开始记，或者已经散会。请回这个季度看看。"))
    _offer(form, sheet, sitting)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.propose(
                    session,
                    guard,
                    found.quarter,
                    key=form.key_id,
                    household_id=household_id,
                    rule_id=UUID(form.rule_id.data),
                    points=whole_points(form.points.data or "") or 0,
                    reason=form.reason.data or "",
                    raised_by=UUID(form.raised_by.data),
                    at=now(),
                )
            flash(_("列进议程了，现在表决。"), "good")
            return redirect(url_for("appraisals.hold_meeting", quarter=found.quarter))
        except LoveMarketError as error:
            status = form.refuse(error)
    row = sheet.rows[0]
    cells = list(zip(sheet.rules, row.cells, strict=True))
    page = render_template("appraisals/propose.html", form=form, found=found, household=household, row=row, cells=cells)
    return page, status


def _offer(form: ProposalForm, sheet: ScoreSheet, sitting: Sitting) -> None:
    cells = zip(sheet.rules, sheet.rows[0].cells, strict=True)
    form.rule_id.choices = [
        SelectChoice("", _("请选")),
        *(
            SelectChoice(str(rule.id), _("%(name)s（现在 %(points)d 分）", name=rule.name, points=cell.entered or 0))
            for rule, cell in cells
        ),
    ]
    form.raised_by.choices = [
        SelectChoice("", _("请选")),
        *(SelectChoice(str(one.id), one.name) for one in sitting.members if one.is_here),
    ]
