"""The warning board: its switch for the village's own, and the board itself where the village turned it on."""

from flask import Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.boards import queries, service
from love_market.boards.forms import AskOnceForm
from love_market.boards.views.room import bp, committee
from love_market.db import reading, transaction
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.places import queries as places
from love_market.web.clock import now


@bp.get("/board/<village_code>/warnings")
def warning_board(village_code: str) -> Response:
    """What stands on the board now; without a board there is no such page. Nobody keeps or lists it."""
    with reading() as session:
        village = places.village(session, village_code)
        guard = Guard.public(village.market_id, village_code)
        if not queries.is_warning_on(session, guard):
            abort(404)
        shown = queries.warned(session, guard, at=now())
    g.village = village
    answer = make_response(render_template("boards/warning_board.html", shown=shown, committee=committee(guard)))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


@bp.get("/v/<village_code>/warning-board")
def warning_switch(village_code: str) -> str:
    """Whether the village has the board, what the law says, who turned it when, and what is or would be on it."""
    guard = staff_guard(village_code, *COMMITTEE)
    with reading() as session:
        turns = queries.turns(session, guard)
        shown = queries.warned(session, guard, at=now())
    return render_template(
        "boards/warning_switch.html",
        turns=turns,
        shown=shown,
        is_on=bool(turns and turns[0].is_on),
        is_chair=Role.CHAIR in guard.roles,
    )


@bp.route("/v/<village_code>/warning-board/<any(on, off):way>", methods=["GET", "POST"])
def turn_warning_board(village_code: str, way: str) -> ResponseReturnValue:
    """Ask once, then turn the board on or off."""
    guard, form = staff_guard(village_code, Role.CHAIR), AskOnceForm()
    if form.validate_on_submit():
        with transaction() as session:
            service.turn_warning_board(session, guard, on=way == "on", at=now(), key=form.key_id)
        flash(_("警示榜打开了。") if way == "on" else _("警示榜关了，谁也看不到了。"), "good")
        return redirect(url_for(".warning_switch"))
    with reading() as session:
        count = len(queries.warned(session, guard, at=now()))
    page = render_template("boards/warning_turn.html", form=form, on=way == "on", count=count)
    return page, 422 if request.method == "POST" else 200
