"""Pages of the rules: the version that stands, older ones, and the minutes of the meetings that adopted them."""

from flask import Response, render_template

from love_market.db import reading
from love_market.deeds import evidence, intake, queries
from love_market.deeds.rules import ADOPTERS, CATEGORIES, NEVER_SCORED, VETO_RECORDERS
from love_market.deeds.views.photos import send_photo
from love_market.deeds.views.records import by_category
from love_market.deeds.views.room import bp, photo_folder
from love_market.errors import words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE


@bp.get("/v/<village_code>/rules", defaults={"number": None})
@bp.get("/v/<village_code>/rules/<int:number>")
def rules(village_code: str, number: int | None) -> str:
    """Show a version of the rules as it hangs on the wall; without a number the one that stands."""
    guard = staff_guard(village_code)
    with reading() as session:
        versions = queries.versions(session, guard)
        standing = versions[0] if versions else None
        version = standing if number is None else queries.version(session, guard, number)
        shown = queries.rules(session, guard, version.id) if version else intake.catalogue()
        vetoes = queries.veto_rules(session, guard, version.id) if version else ()
        minutes = queries.minutes(session, guard, version.id) if version else ()
    return render_template(
        "deeds/rules.html",
        version=version,
        standing=standing,
        versions=versions,
        groups=by_category(shown),
        vetoes=vetoes,
        minutes=minutes,
        total=len(shown) + len(vetoes),
        pictures=CATEGORIES,
        never=NEVER_SCORED,
        may_adopt=bool(guard.roles & ADOPTERS),
        may_veto=bool(guard.roles & VETO_RECORDERS),
    )


@bp.get("/v/<village_code>/rules/<int:number>/minutes/<int:position>")
def minutes(village_code: str, number: int, position: int) -> Response:
    """Send one photo of the minutes to the village's committee."""
    guard = staff_guard(village_code, *COMMITTEE)
    with reading() as session:
        version = queries.version(session, guard, number)
        found = [each.sha256 for each in queries.minutes(session, guard, version.id) if each.position == position]
    if not found:
        raise evidence.PhotoLost(words("这一版没有第 {position} 张会议记录。"), position=position)
    return send_photo(photo_folder(guard), found[0])
