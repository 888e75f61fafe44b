"""The public notice: anybody reads it and objects, with no sign-in; and the paper to pin up."""

from io import BytesIO
from typing import Literal
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.appraisals import papers, queries, service
from love_market.appraisals.forms import ObjectForm
from love_market.appraisals.papers import REPLY_DAYS
from love_market.appraisals.queries import NoticeView
from love_market.appraisals.rules import RowState
from love_market.appraisals.rules.refusals import UnknownHousehold
from love_market.appraisals.views.room import bp
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.web.clock import now


def _public(village_code: str) -> Guard:
    """Return the guard of anybody, with the village's name at the head of the page."""
    with reading() as session:
        village = places.village(session, village_code)
    g.village = village
    return Guard.public(village.market_id, village_code)


def _view(guard: Guard, quarter: str) -> NoticeView:
    with reading() as session:
        return queries.notice(session, guard, Quarter.parse(quarter))


def _shows_lines(guard: Guard, view: NoticeView) -> bool:
    with reading() as session:
        return view.shows_lines(places.settings(session, guard.market_id).penalty_public_days, now())


@bp.get("/board/<village_code>/<quarter>")
def board(village_code: str, quarter: str) -> str:
    """The notice: how long it runs, every household's points with what they are made of, how to object."""
    guard = _public(village_code)
    view = _view(guard, quarter)
    wanted = request.args.get("find", "")
    with reading() as session:
        raised = queries.objections(session, guard, view.appraisal.id)
        level = places.place(session, village_code).level
    replies: dict[UUID, list[str]] = {}
    for one in raised:
        if one.reply:
            replies.setdefault(one.household_id, []).append(one.reply)
    return render_template(
        "appraisals/board.html",
        view=view,
        found=view.appraisal,
        committee=papers.committee_name(level, g.village.short_name),
        rows=view.matching(wanted),
        wanted=wanted.strip(),
        left=queries.days_left(view.appraisal, now()),
        is_last_day=view.appraisal.notice_ends_at is not None
        and village_date(view.appraisal.notice_ends_at) == village_date(now()),
        open=view.appraisal.takes_objections(now()),
        replies=replies,
        shows_lines=_shows_lines(guard, view),
        RowState=RowState,
    )


@bp.get("/board/<village_code>/<quarter>/object")
def choose_row(village_code: str, quarter: str) -> str:
    """Find the household that an objection is about."""
    guard = _public(village_code)
    view = _view(guard, quarter)
    wanted = request.args.get("find", "")
    rows = view.matching(wanted) if wanted.strip() else ()
    return render_template(
        "appraisals/choose.html", found=view.appraisal, rows=rows, wanted=wanted.strip(), reply_days=REPLY_DAYS
    )


@bp.route("/board/<village_code>/<quarter>/object/<uuid:household_id>", methods=["GET", "POST"])
def object_to(village_code: str, quarter: str, household_id: UUID) -> ResponseReturnValue:
    """Say what is wrong with a row."""
    guard = _public(village_code)
    view = _view(guard, quarter)
    row = view.row(household_id)
    if row is None:
        raise UnknownHousehold(words("公示名单里没有这一户。请核对户号。"))
    form = ObjectForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.object_to(
                    session,
                    guard,
                    view.appraisal.quarter,
                    household_id,
                    raised_by=form.raised_by.data or "",
                    words=form.words.data or "",
                    contact=form.contact.data or "",
                    at=now(),
                    key=form.key_id,
                )
            flash(_("收到了。这一户先不发，%(days)d 个工作日内答复您，其余的户照常。", days=REPLY_DAYS), "good")
            return redirect(url_for("appraisals.board", quarter=view.appraisal.quarter, find=row.number))
        except LoveMarketError as error:
            status = form.refuse(error)
    page = render_template(
        "appraisals/object.html",
        form=form,
        found=view.appraisal,
        row=row,
        shows_lines=_shows_lines(guard, view),
        open=view.appraisal.takes_objections(now()),
        reply_days=REPLY_DAYS,
    )
    return page, status


@bp.get("/board/<village_code>/<quarter>/check")
def check(village_code: str, quarter: str) -> str:
    """What the head of the book is, and how anybody can see that nothing was changed afterwards."""
    guard = _public(village_code)
    return render_template("appraisals/check.html", found=_view(guard, quarter).appraisal)


@bp.get("/board/<village_code>/<quarter>/notice.pdf")
def notice_pdf(village_code: str, quarter: str) -> Response:
    """The notice to print and pin up, on A4, or A3 with ``?size=a3``."""
    guard = _public(village_code)
    wanted = Quarter.parse(quarter)
    with_lines = _shows_lines(guard, _view(guard, quarter))
    size: Literal["a4", "a3"] = "a3" if request.args.get("size") == "a3" else "a4"
    url = url_for("appraisals.board", quarter=wanted, _external=True)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.notice(session, guard, wanted, at=now(), url=url, paper_size=size, with_lines=with_lines)
    name = f"{village.short_name}{wanted.title}公示.pdf"
    return send_file(BytesIO(paper), "application/pdf", download_name=name)
