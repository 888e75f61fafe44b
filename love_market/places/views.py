"""Pages of the places room."""

from flask import Blueprint

bp = Blueprint("places", __name__)


@bp.get("/overview")
def overview() -> str:
    """What an overseer sees."""
    return ""
