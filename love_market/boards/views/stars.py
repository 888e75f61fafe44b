"""A year's star households for the village's own: the count, how stars are given, publishing and withdrawing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.boards import queries, service
from love_market.boards.forms import AskOnceForm, CorrectForm, StarRuleForm
from love_market.boards.rules import NoStarList, is_over
from love_market.boards.views.room import YEAR, bp
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.deeds.rules import VETO_JUDGES
from love_market.errors import Denied, LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard, Role
from love_market.web.clock import now

READERS = tuple(VETO_JUDGES)


@bp.get("/v/<village_code>/stars", endpoint="stars")
def this_year(village_code: str) -> ResponseReturnValue:
    """Lead to the latest year that something was confirmed for."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        known = queries.years(session, guard)
    return redirect(url_for(".stars_of_year", year=known[0] if known else village_date(now()).year))


@bp.get(f"/v/<village_code>/stars/{YEAR}")
def stars_of_year(village_code: str, year: int) -> str:
    """A year's households with their points and stars, those barred and why; published, or as it stands today."""
    guard, at = staff_guard(village_code, *READERS), now()
    with reading() as session:
        lists = queries.lists_of_year(session, guard, year)
        listed = next((one for one in lists if one.withdrawn_at is None), None)
        stars = listed.stars if listed else queries.standing_rule(session, guard)
        today = queries.count_stars(session, guard, year, stars, at=at)
        rows = (
            queries.count_stars(session, guard, year, stars, at=listed.published_at, upto_entry=listed.entry_number)
            if listed
            else today
        )
        homes = queries.homes_of(session, guard, listed) if listed else [row for row in rows if row.stars]
        quarters = queries.quarters_of_year(session, guard, year)
        known = queries.years(session, guard)
    before = {home.household_id: home.stars for home in homes if isinstance(home, queries.ListedHome)}
    after = {row.household.id: row.stars for row in today if row.stars}
    is_ready = bool(quarters) and all(one.is_confirmed for one in quarters) and is_over(year, village_date(at))
    return render_template(
        "boards/stars.html",
        year=year,
        years=sorted({*known, year}, reverse=True),
        stars=stars,
        listed=listed,
        lists=lists,
        grouped=[(count, needed, [home for home in homes if home.stars == count]) for count, needed in stars.steps],
        barred=[row for row in rows if row.bars],
        starless=[row for row in rows if not row.stars and not row.bars],
        changed=len(set(before.items()) ^ set(after.items())) if listed else 0,
        quarters=quarters,
        is_over=is_over(year, village_date(at)),
        is_ready=is_ready,
        is_chair=Role.CHAIR in guard.roles,
    )


@bp.route("/v/<village_code>/stars/rule", methods=["GET", "POST"])
def star_rule(village_code: str) -> ResponseReturnValue:
    """Set how many points make stars."""
    guard = staff_guard(village_code, Role.CHAIR)
    with reading() as session:
        form = StarRuleForm(obj=queries.standing_rule(session, guard))
        settings = queries.rule_settings(session, guard)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.set_star_rule(session, guard, form.stars, at=now(), key=form.key_id)
        except Denied:
            raise
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            flash(_("定好了，从现在起照新的算。公布过的不变。"), "good")
            return redirect(url_for(".stars"))
    return render_template("boards/star_rule.html", form=form, settings=settings), status


@bp.route(f"/v/<village_code>/stars/{YEAR}/publish", methods=["GET", "POST"])
def publish_stars(village_code: str, year: int) -> ResponseReturnValue:
    """Ask once, then publish a year's list."""
    guard = staff_guard(village_code, Role.CHAIR)
    with reading() as session:
        stars = queries.standing_rule(session, guard)
        rows = queries.count_stars(session, guard, year, stars, at=now())
        quarters = queries.quarters_of_year(session, guard, year)
    counts = {each: sum(row.stars == each for row in rows) for each in (5, 4, 3)}
    opened = {one.quarter.number for one in quarters}

    def act(session: Any, key: UUID) -> None:  # noqa: ANN401 a session
        service.publish_stars(session, guard, year, at=now(), key=key)

    return _ask(
        year,
        act,
        _("公布了。请打印贴出去，各户的页面上也看得到。"),
        template="boards/star_publish.html",
        counts=counts,
        stars=stars,
        barred=sum(bool(row.bars) for row in rows),
        missing=[Quarter(year, number) for number in range(1, 5) if number not in opened],
        waiting=sum(one.waiting for one in quarters),
    )


@bp.route(f"/v/<village_code>/stars/{YEAR}/withdraw", methods=["GET", "POST"])
def withdraw_stars(village_code: str, year: int) -> ResponseReturnValue:
    """Ask once, then withdraw a year's list."""
    guard = staff_guard(village_code, Role.CHAIR)
    listed = _listed(guard, year)

    def act(session: Any, _key: UUID) -> None:  # noqa: ANN401 a session
        service.withdraw_stars(session, guard, listed.id, at=now())

    done = _("撤下来了。墙上贴的请揭下来。")
    return _ask(year, act, done, template="boards/star_withdraw.html", listed=listed)


@bp.route(f"/v/<village_code>/stars/{YEAR}/correct", methods=["GET", "POST"])
def correct_stars(village_code: str, year: int) -> ResponseReturnValue:
    """Ask why, then publish a year's list anew in place of the one that stands."""
    guard, form = staff_guard(village_code, Role.CHAIR), CorrectForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        list_id = _id_of(request.form.get("list_id", ""))
        try:
            with transaction() as session:
                service.correct_stars(session, guard, list_id, reason=form.reason.data or "", at=now(), key=form.key_id)
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            flash(_("更正公布了。请打印新的一份贴出去，原来的一份还能看。"), "good")
            return redirect(url_for(".stars_of_year", year=year))
    listed = _listed(guard, year)
    with reading() as session:
        before = {home.household_id: home.stars for home in queries.homes_of(session, guard, listed)}
        rows = queries.count_stars(session, guard, year, queries.standing_rule(session, guard), at=now())
    after = {row.household.id: row.stars for row in rows if row.stars}
    page = render_template(
        "boards/star_correct.html",
        form=form,
        year=year,
        listed=listed,
        counts=(len(before), len(after), len(set(before.items()) ^ set(after.items()))),
    )
    return page, status


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NoStarList(words("没有这份名单。请刷新页面。")) from error


def _listed(guard: Guard, year: int) -> queries.Published:
    with reading() as session:
        found = queries.published(session, guard, year)
    if found is None:
        raise NoStarList(words("{year}年的名单没有公布，不用撤。"), year=year)
    return found


def _ask(
    year: int,
    act: Callable[[Any, UUID], None],
    done: str,
    *,
    template: str,
    **shown: Any,  # noqa: ANN401 what the template takes
) -> ResponseReturnValue:
    """Show the page that asks, or do it and go back to the year."""
    form = AskOnceForm()
    if form.validate_on_submit():
        with transaction() as session:
            act(session, form.key_id)
        flash(done, "good")
        return redirect(url_for(".stars_of_year", year=year))
    page = render_template(template, form=form, year=year, **shown)
    return page, 422 if request.method == "POST" else 200
