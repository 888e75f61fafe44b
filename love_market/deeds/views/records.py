"""Pages of deeds: the list, the form that records one, the register to print."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import TypeVar

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.deeds import evidence, papers, queries, service
from love_market.deeds.forms import DeedForm
from love_market.deeds.queries import DeedRecord, RuleRecord
from love_market.deeds.rules import CATEGORIES, RECORDERS, REVIEWERS, STATES, RuleDraft
from love_market.deeds.views.room import bp, photo_folder
from love_market.errors import Denied, LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import OVERSEERS, Guard
from love_market.places import queries as places
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

_Rule = TypeVar("_Rule", RuleRecord, RuleDraft)
READERS = RECORDERS | OVERSEERS
_SEARCHED = timedelta(days=730)


@bp.get("/v/<village_code>/deeds")
def index(village_code: str) -> str:
    """List the village's deeds, those that wait for a second person first."""
    guard = staff_guard(village_code, *READERS)
    state, asked = request.args.get("state", ""), request.args.get("q", "").strip()
    state = state if state in STATES else ""
    after = request.args.get("after", "")
    since = now() - _SEARCHED if asked else None
    with reading() as session:
        reviews = bool(guard.roles & REVIEWERS)
        return render_template(
            "deeds/index.html",
            waiting=queries.next_to_review(session, guard) if reviews else None,
            page=queries.deeds(session, guard, state=state, asked=asked, after=after, since=since),
            counts=queries.counts(session, guard),
            most=queries.MOST_COUNTED,
            has_rules=queries.current_version(session, guard) is not None,
            states=STATES,
            state=state,
            asked=asked,
            guard=guard,
            may_record=bool(guard.roles & RECORDERS),
            may_review=reviews,
            quarter=Quarter.of(village_date(now())),
        )


@bp.route("/v/<village_code>/deeds/new", methods=["GET", "POST"])
def new(village_code: str) -> ResponseReturnValue:
    """Record a good deed."""
    guard = staff_guard(village_code, *RECORDERS)
    with reading() as session:
        version = queries.current_version(session, guard)
        if version is None:
            return redirect(url_for(".rules"))
        rules = [rule for rule in queries.rules(session, guard, version.id) if rule.points > 0]
        households = queries.household_choices(session, guard)
    today = village_date(now())
    form = DeedForm(done_on=today)
    form.offer(households, rules)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            deed = _record(guard, form)
        except Denied:
            raise
        except LoveMarketError as error:
            form.form_errors.append(sentence_of(error))
            status = status_of(error)
        else:
            # Said by the address, not by a flash: the script that sends the form goes there before the reader does.
            return redirect(url_for(".deed", deed_id=deed.id, recorded=1))
    page = render_template(
        "deeds/new.html",
        form=form,
        households=[
            {
                "id": str(each.id),
                "number": each.number,
                "name": each.head_name,
                "group": each.group_name,
                "members": each.members,
            }
            for each in households
        ],
        groups=by_category(rules),
        pictures=CATEGORIES,
        chosen=next((rule for rule in rules if str(rule.id) == form.rule.data), None),
        today=today,
        most_photos=evidence.MOST_PHOTOS,
    )
    return page, status


def _record(guard: Guard, form: DeedForm) -> DeedRecord:
    """Keep the photos, then write the deed; a photo that no deed names does no harm."""
    photos = evidence.keep(photo_folder(guard), form.uploads())
    with transaction() as session:
        return service.record(
            session,
            guard,
            key=form.key_id,
            household_id=form.household_id,
            rule_id=form.rule_id,
            done_on=form.day,
            times=form.count,
            member_name=form.member_name.data or "",
            words=form.words.data or "",
            photos=photos,
            at=now(),
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
