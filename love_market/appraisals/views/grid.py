"""The score grid: the page, all its rows, and what was entered since."""

from collections.abc import Sequence

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from love_market.appraisals import queries
from love_market.appraisals.queries import ScoreSheet
from love_market.appraisals.views.room import READERS, bp, shown_steps
from love_market.appraisals.views.sheet_json import embedded, encode, news, sheet_of, since, undoable_words, why_closed
from love_market.clock import Quarter
from love_market.db import reading
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.web.clock import now

FIRST_ROWS = 40


@bp.get("/v/<village_code>/scores/<quarter>")
def grid(village_code: str, quarter: str) -> str:
    """The score sheet of a quarter, to fill in while scoring and to read afterwards; its first rows come with it."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        sheet = queries.sheet(session, guard, Quarter.parse(quarter), first=FIRST_ROWS)
        last = queries.last_quarter(session, guard, sheet.appraisal.quarter, [row.household.id for row in sheet.rows])
        household_count = people.count_households(session, guard)
        steps = shown_steps(queries.progress(session, guard, sheet.appraisal, now()))
        undoable = queries.undoable(session, guard, sheet.appraisal.id)
    closed = why_closed(guard, sheet.appraisal)
    return render_template(
        "appraisals/grid.html",
        sheet=sheet,
        household_count=max(household_count, len(sheet.rows)),
        data=embedded(sheet_of(sheet, last)),
        steps=steps,
        writes=not closed,
        closed=closed,
        undoable=undoable_words(undoable),
        whose=f"{sheet.appraisal.id.hex} {guard.actor}",
        groups=_categories(sheet),
    )


@bp.get("/v/<village_code>/scores/<quarter>/rows")
def rows(village_code: str, quarter: str) -> Response:
    """All rows of the sheet, as the script reads them."""
    guard = staff_guard(village_code, *READERS)
    wanted = Quarter.parse(quarter)
    with reading() as session:
        sheet = queries.sheet(session, guard, wanted)
        last = queries.last_quarter(session, guard, wanted)
    return Response(encode(sheet_of(sheet, last)), mimetype="application/json")


@bp.get("/v/<village_code>/scores/<quarter>/changes")
def changes(village_code: str, quarter: str) -> ResponseReturnValue:
    """What was entered since the revision that the page has: asked every few seconds, mostly in vain."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        return jsonify(news(session, guard, Quarter.parse(quarter), since(request.args.get("since"))))


def _categories(sheet: ScoreSheet) -> Sequence[tuple[str, int]]:
    """Return the categories above the columns, each with how many columns it spans."""
    groups: list[tuple[str, int]] = []
    for rule in sheet.rules:
        if groups and groups[-1][0] == rule.category:
            groups[-1] = (rule.category, groups[-1][1] + 1)
        else:
            groups.append((rule.category, 1))
    return groups
