"""The front page, for anybody."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from love_market.db import reading
from love_market.people.access import SignedInHousehold, signed_in_staff
from love_market.people.rules import OVERSEERS
from love_market.reports.queries import front
from love_market.reports.views.room import bp
from love_market.web.clock import now


@bp.get("/")
def front_page() -> ResponseReturnValue:
    """Show what this is and what is on notice; who is signed in goes on to where the work is."""
    staff = signed_in_staff()
    if staff is not None and "stay" not in request.args:
        villages = [code for code, role in staff.grants if role not in OVERSEERS]
        if villages:
            return redirect(url_for("reports.desk", village_code=villages[0]))
        if staff.grants:
            return redirect(url_for("places.overview"))
    if isinstance(current_user._get_current_object(), SignedInHousehold):  # noqa: SLF001 Flask-Login's own way
        return redirect(url_for("reports.my"))
    with reading() as session:
        return render_template("reports/front.html", boards=front.boards(session, at=now()))


@bp.get("/how-to-check")
def how_to_check() -> str:
    """Say in plain words what the head of the book on every paper is good for."""
    return render_template("reports/how_to_check.html")
