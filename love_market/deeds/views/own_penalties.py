"""A household's own penalty: what is said of it and on what proof, and its word on it."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.deeds import queries, service
from love_market.deeds.forms import ActForm, ReplyForm
from love_market.deeds.views.penalties import photo_of
from love_market.deeds.views.room import bp
from love_market.errors import LoveMarketError
from love_market.people.access import household_guard
from love_market.places import queries as places
from love_market.web.clock import now


@bp.route("/my/penalties/<uuid:penalty_id>", methods=["GET", "POST"])
def my_penalty(penalty_id: UUID) -> ResponseReturnValue:
    """Show a household one of its penalties, and take its reply."""
    guard = household_guard()
    form = ReplyForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.reply_to_penalty(session, guard, penalty_id, said=form.reply.data or "", at=now())
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            flash(_("收到了。由另一个人来定，定了写在这里。"), "good")
            return redirect(url_for(".my_penalty", penalty_id=penalty_id))
    with reading() as session:
        found = queries.penalty(session, guard, penalty_id)
        days = places.settings(session, guard.market_id).penalty_reply_days
    page = render_template("deeds/my_penalty.html", penalty=found, form=form, act=ActForm(), at=now(), reply_days=days)
    return page, status


@bp.post("/my/penalties/<uuid:penalty_id>/read")
def read_penalty(penalty_id: UUID) -> ResponseReturnValue:
    """Note that the household has read it here: its time to reply begins."""
    guard = household_guard()
    if ActForm().validate_on_submit():
        with transaction() as session:
            service.tell_by_page(session, guard, penalty_id, at=now())
    return redirect(url_for(".my_penalty", penalty_id=penalty_id))


@bp.get("/my/penalties/<uuid:penalty_id>/photos/<int:position>")
def my_penalty_photo(penalty_id: UUID, position: int) -> Response:
    """Send a photo of a penalty to the household that it is about."""
    return photo_of(household_guard(), penalty_id, position)
