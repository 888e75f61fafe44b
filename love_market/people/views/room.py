"""The blueprint that the pages of the people room hang on."""

from flask import Blueprint, g

from love_market.people.access import signed_in_staff
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, Role

bp = Blueprint("people", __name__)


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
