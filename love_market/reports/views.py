"""Pages that only read: the front page, the desk, the books, the public board."""

from flask import Blueprint, render_template

from love_market.people.access import staff_guard

bp = Blueprint("reports", __name__)


@bp.get("/")
def front() -> str:
    """The front page."""
    return render_template("web/error.html", title="爱心超市", sentence="", status=200)


@bp.get("/v/<village_code>/")
def desk(village_code: str) -> str:
    """The desk."""
    staff_guard(village_code)
    return ""
