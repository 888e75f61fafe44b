"""The front page, for anybody."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from love_market.db import reading
from love_market.people.access import SignedInHousehold, signed_in_staff
from love_market.people.rules import OVERSEERS
from love_market.people.token import village_of_card
from love_market.reports.forms import CardForm
from love_market.reports.queries import front
from love_market.reports.views.room import bp
from love_market.web.clock import now


@bp.get("/", endpoint="front")
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
    return _page(CardForm())


@bp.post("/", endpoint="scan_card")
def scan_card() -> ResponseReturnValue:
    """Open the door of the household whose card was scanned into the page."""
    form = CardForm()
    if form.validate_on_submit():
        card_key = (form.scanned.data or "").strip().rpartition("/")[2].upper()
        if village_of_card(card_key) is not None:
            return redirect(url_for("people.card", card_key=card_key))
        form.scanned.errors = [_("这不是户卡上的码。请对准户卡正面的方码再扫一次。")]
    return _page(form), 422


@bp.get("/how-to-check")
def how_to_check() -> str:
    """Say in plain words what the head of the book on every paper is good for."""
    return render_template("reports/how_to_check.html")


def _page(form: CardForm) -> str:
    with reading() as session:
        return render_template("reports/front.html", boards=front.boards(session, at=now()), form=form)
