"""The blueprint that the pages of the people room hang on."""

from flask import Blueprint, g
from flask_babel import gettext as _

from love_market.people.access import signed_in_staff
from love_market.people.intake import Saying
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, Role

bp = Blueprint("people", __name__)


def said(saying: Saying) -> str:
    """Return a sentence of a preview in the reader's language; every room's previews say theirs by it."""
    template = _(saying.message) if saying.message else ""
    return template.format(**saying.values) if saying.values else template


@bp.app_context_processor
def _roles() -> dict[str, object]:
    """Tell templates which of the room's ways the signed-in person may go."""
    guard: Guard | None = g.get("guard")
    held = guard.roles if guard else frozenset()
    return {
        "standing": {
            "staff": signed_in_staff() is not None,
            "chair": Role.CHAIR in held,
            "recorder": Role.RECORDER in held,
            "committee": bool(held & COMMITTEE),
            "overseer": bool(held & OVERSEERS),
        }
    }
