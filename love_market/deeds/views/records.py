"""Pages of deeds: the list, and the register to print."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import TypeVar

from flask import Response, render_template, request, send_file

from love_market.clock import Quarter, village_date
from love_market.db import reading
from love_market.deeds import papers, queries
from love_market.deeds.queries import RuleRecord
from love_market.deeds.rules import CATEGORIES, RECORDERS, STATES, RuleDraft
from love_market.deeds.views.room import bp
from love_market.errors import words
from love_market.people.access import staff_guard
from love_market.people.rules import OVERSEERS
from love_market.places import queries as places
from love_market.web.clock import now

_Rule = TypeVar("_Rule", RuleRecord, RuleDraft)
READERS = RECORDERS | OVERSEERS
_SEARCHED = timedelta(days=730)
FIRST = "first"
MY_REVIEWS = {FIRST: words("等我初审"), "second": words("等我复核")}
"""Beside the states, what the list may be narrowed to; where nothing waits for me any more it is whole again."""


@bp.get("/v/<village_code>/deeds")
def index(village_code: str) -> str:
    """List the village's deeds, those that wait for a second person first."""
    guard = staff_guard(village_code, *READERS)
    state, asked = request.args.get("state", ""), request.args.get("q", "").strip()
    after = request.args.get("after", "")
    since = now() - _SEARCHED if asked else None
    with reading() as session:
        waiting = queries.waiting(session, guard)
        mine = [one for one in waiting.values() if guard.staff_id in one.circle.staff_ids]
        by_review = {review: [one for one in mine if one.is_first is (review == FIRST)] for review in MY_REVIEWS}
        state = state if state in STATES or by_review.get(state) else ""
        shown = by_review.get(state)
        page = queries.deeds(
            session,
            guard,
            state="claimed" if shown else state,
            asked=asked,
            after=after,
            since=since,
            of=[one.id for one in shown] if shown else None,
        )
        return render_template(
            "deeds/index.html",
            waiting=waiting,
            mine=next(iter(shown or mine), None),
            reviews={review: (MY_REVIEWS[review], len(found)) for review, found in by_review.items() if found},
            page=page,
            counts=queries.counts(session, guard),
            most=queries.MOST_COUNTED,
            has_rules=queries.current_version(session, guard) is not None,
            states=STATES,
            state=state,
            asked=asked,
            guard=guard,
            may_record=bool(guard.roles & RECORDERS),
            quarter=Quarter.of(village_date(now())),
        )


@bp.get("/v/<village_code>/deeds/register")
def register(village_code: str) -> str:
    """Show the deeds accepted in a quarter as the register that is printed and signed."""
    guard = staff_guard(village_code, *READERS)
    asked = request.args.get("quarter", "")
    today = village_date(now())
    quarter = Quarter.parse(asked) if asked else Quarter.of(today)
    with reading() as session:
        deeds = queries.deeds_between(session, guard, quarter.first_day, quarter.last_day)
    return render_template(
        "deeds/register.html",
        deeds=deeds,
        quarter=quarter,
        next_quarter=quarter.next() if quarter < Quarter.of(today) else None,
        today=today,
        households=len({deed.household_id for deed in deeds}),
    )


@bp.get("/v/<village_code>/deeds/register.pdf")
def register_pdf(village_code: str) -> Response:
    """The register to print, by household, or by day with ``?by=day``."""
    guard = staff_guard(village_code, *READERS)
    asked = request.args.get("quarter", "")
    quarter = Quarter.parse(asked) if asked else Quarter.of(village_date(now()))
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.register(
            session, guard, quarter, at=now(), by="day" if request.args.get("by") == "day" else "household"
        )
    return send_file(
        BytesIO(paper), "application/pdf", download_name=f"{village.short_name}{quarter.title}事迹登记册.pdf"
    )


def by_category(rules: Sequence[_Rule]) -> dict[str, list[_Rule]]:
    """Return rules by category, in the order of categories; categories without a rule are left out."""
    return {name: found for name in CATEGORIES if (found := [rule for rule in rules if rule.category == name])}
