"""The room's blueprint, what its pages share, and the ways to its public pages that other public pages offer."""

from flask import Blueprint, g, url_for
from flask_babel import gettext as _

from love_market.appraisals.papers import committee_name
from love_market.boards import queries
from love_market.boards.rules import FIRST_YEAR, LAST_YEAR, STAR_NAMES
from love_market.db import reading
from love_market.people.rules import Guard
from love_market.places import queries as places

bp = Blueprint("boards", __name__)
YEAR = f"<int(min={FIRST_YEAR}, max={LAST_YEAR}):year>"


def public_guard(village_code: str) -> Guard:
    """Return the guard of anybody, with the village's name at the head of the page."""
    with reading() as session:
        village = places.village(session, village_code)
    g.village = village
    return Guard.public(village.market_id, village_code)


def committee(guard: Guard) -> str:
    """Return who signs what is on a board."""
    with reading() as session:
        level = places.place(session, guard.village_code).level
    return committee_name(level, g.village.short_name)


@bp.app_template_filter("star_name")
def star_name(stars: int) -> str:
    """Say how many stars: 五星."""
    return _(STAR_NAMES[stars])


@bp.app_context_processor
def _beside() -> dict[str, object]:
    """Offer to public pages the ways to the village's other boards."""
    return {"boards_beside": boards_beside}


def boards_beside() -> list[tuple[str, str]]:
    """Return ``(address, label)`` of the boards that the village of this page shows to anybody."""
    guard = Guard.public(g.village.market_id, g.village.code)
    with reading() as session:
        years, warns = queries.published_years(session, guard), queries.is_warning_on(session, guard)
    found = [(url_for("boards.public_stars", year=years[0]), _("%(year)d年星级文明户", year=years[0]))] if years else []
    return [*found, *([(url_for("boards.warning_board"), _("警示榜"))] if warns else [])]
