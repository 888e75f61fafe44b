"""The blueprint that the pages of the quarter hang on, and what they share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint
from flask_babel import gettext as _

from love_market.appraisals import queries
from love_market.appraisals.queries import ClosedQuarters, Step
from love_market.appraisals.rules import State
from love_market.db import reading
from love_market.errors import words
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, Role
from love_market.people.views.room import said as said

bp = Blueprint("appraisals", __name__)

WRITERS = tuple(COMMITTEE)
PANEL = tuple(COMMITTEE | {Role.PANEL_MEMBER})
READERS = tuple(COMMITTEE | OVERSEERS | {Role.PANEL_MEMBER})

STATE_WORDS = {
    State.SCORING: words("正在评分"),
    State.DELIBERATING: words("等评议会"),
    State.DECIDED: words("评议通过，等公示"),
    State.NOTICE: words("正在公示"),
    State.CONFIRMED: words("已认定"),
}


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as ``ui.steps`` shows it."""

    label: str
    state: str
    text: str


def shown_steps(steps: Sequence[Step]) -> list[ShownStep]:
    """Return a quarter's steps in the reader's language."""
    return [ShownStep(_(step.label), step.state, said(step.told)) for step in steps]


@bp.app_context_processor
def _settled() -> dict[str, object]:
    """Offer to the pages of deeds which quarters are settled: deeds know none themselves."""
    return {"closed_quarters": closed_quarters}


def closed_quarters(guard: Guard, days: Iterable[date]) -> ClosedQuarters:
    """Return which quarters of some days take no deed of the village over any more."""
    with reading() as session:
        return queries.closed_quarters(session, guard, days)
