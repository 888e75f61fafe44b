"""Publishing the notice, and another vote on rows that the panel did not carry."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.appraisals import queries, service
from love_market.appraisals.forms import AskForm, PublishForm
from love_market.appraisals.rules import SMALLEST_NOTICE_DAYS, Act, RowState, notice_end, step
from love_market.appraisals.rules.refusals import NotDeliberating
from love_market.appraisals.views.room import WRITERS, bp
from love_market.appraisals.views.votes import votes_told
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.places import queries as places
from love_market.web.clock import now


@bp.route("/v/<village_code>/quarters/<quarter>/publish", methods=["GET", "POST"])
def publish(village_code: str, quarter: str) -> ResponseReturnValue:
    """Show what will be public and until when, ask once, publish."""
    guard = staff_guard(village_code, *WRITERS)
    form = PublishForm()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        smallest = max(places.settings(session, guard.market_id).notice_days, SMALLEST_NOTICE_DAYS)
        rows = queries.frozen_rows(session, guard, found.id)
        left = queries.budget_left(session, guard, found.id)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.publish_notice(session, guard, found.quarter, at=now(), days=form.days.data)
            flash(_("公示开始了。请把公示表打印出来，贴到公示栏。"), "good")
            return redirect(url_for("appraisals.quarter", quarter=found.quarter))
        except LoveMarketError as error:
            status = form.refuse(error)
    elif request.method != "POST":
        step(Act.PUBLISH, found.state)
        form.days.data = smallest
    view = queries.NoticeView(found, rows)
    facts: dict[str, Any] = {
        "ends_at": notice_end(now(), form.days.data or smallest),
        "smallest": smallest,
        "left": left,
    }
    return render_template(
        "appraisals/publish.html", form=form, found=found, view=view, RowState=RowState, **facts
    ), status


@bp.route("/v/<village_code>/quarters/<quarter>/held/<uuid:household_id>", methods=["GET", "POST"])
def vote_again(village_code: str, quarter: str, household_id: UUID) -> ResponseReturnValue:
    """Record another vote on a row that the panel did not carry."""
    guard = staff_guard(village_code, *WRITERS)
    form = AskForm()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        household = people.household(session, guard, household_id)
        held = queries.meeting(session, guard, found.id)
        row = next(
            (one for one in queries.frozen_rows(session, guard, found.id) if one.household_id == household_id), None
        )
    if held is None or row is None:
        raise NotDeliberating(words("这个季度还没有记评议会。"))
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                carried = service.vote_again(
                    session, guard, found.quarter, household_id, votes=votes_told(), key=form.key_id, at=now()
                )
            flash(_("记下了：通过，下次认定时一起发。") if carried else _("记下了：没有通过，这一户还是不发。"), "good")
            return redirect(url_for("appraisals.quarter", quarter=found.quarter))
        except LoveMarketError as error:
            status = form.refuse(error)
    recused = next((one for one in held.resolutions if one.household_id == household_id), None)
    eligible = held.present_count - (recused.recused_count if recused else 0)
    page = render_template(
        "appraisals/vote_again.html",
        form=form,
        found=found,
        household=household,
        row=row,
        eligible=eligible,
        told=request.form,
    )
    return page, status
