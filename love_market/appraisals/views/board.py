"""The public notice: anybody reads it and objects, with no sign-in; and the paper to pin up."""

from typing import Literal
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.appraisals import queries, service
from love_market.appraisals.forms import ObjectForm
from love_market.appraisals.queries import NoticeView
from love_market.appraisals.rules import RowState
from love_market.appraisals.rules.refusals import UnknownHousehold
from love_market.appraisals.sheet import NoticeRow as PaperRow
from love_market.appraisals.sheet import NoticeText, lay_out_notice
from love_market.appraisals.views.room import bp
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

PAPER_STATES: dict[RowState, Literal["contested", "held"]] = {RowState.CONTESTED: "contested", RowState.HELD: "held"}
REPLY_DAYS = 3
"""Working days within which an objection is answered (domain.md §2: 3 to 5)."""


def _public(village_code: str) -> Guard:
    """Return the guard of anybody, with the village's name at the head of the page."""
    with reading() as session:
        village = places.village(session, village_code)
    g.village = village
    return Guard.public(village.market_id, village_code)


def _view(guard: Guard, quarter: str) -> NoticeView:
    with reading() as session:
        return queries.notice(session, guard, Quarter.parse(quarter))


@bp.get("/board/<village_code>/<quarter>")
def board(village_code: str, quarter: str) -> str:
    """The notice: how long it runs, every household's points with what they are made of, how to object."""
    guard = _public(village_code)
    view = _view(guard, quarter)
    wanted = request.args.get("find", "")
    with reading() as session:
        raised = queries.objections(session, guard, view.appraisal.id)
    replies: dict[UUID, list[str]] = {}
    for one in raised:
        if one.reply:
            replies.setdefault(one.household_id, []).append(one.reply)
    return render_template(
        "appraisals/board.html",
        view=view,
        found=view.appraisal,
        rows=view.matching(wanted),
        wanted=wanted.strip(),
        left=queries.days_left(view.appraisal, now()),
        open=view.appraisal.takes_objections(now()),
        replies=replies,
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
            form.form_errors.append(sentence_of(error))
            status = status_of(error)
    page = render_template(
        "appraisals/object.html",
        form=form,
        found=view.appraisal,
        row=row,
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
    view = _view(guard, quarter)
    found = view.appraisal
    with reading() as session:
        village = places.village(session, village_code)
        above = [place.name for place in places.lineage(session, village_code)[1:]]
        held = queries.meeting(session, guard, found.id)
    if found.notice_begins_at is None or found.notice_ends_at is None:
        raise AssertionError("a notice has a beginning and an end")
    committee = f"{village.short_name}民委员会" if village.short_name.endswith("村") else village.name
    text = NoticeText(
        village_name=village.short_name,
        committee_name="".join(reversed(above)) + committee,
        quarter_title=found.quarter.title,
        begins_at=found.notice_begins_at,
        ends_at=found.notice_ends_at,
        notice_days=(village_date(found.notice_ends_at) - village_date(found.notice_begins_at)).days,
        objection_to=f"{village.short_name}村务监督委员会、村委会",
        objection_where="村委会办公室",
        reply_days=REPLY_DAYS,
        head_hash=found.head_hash or "",
        meeting_held_on=held.held_on if held else None,
        panel_count=held.panel_count if held else 0,
        present_count=held.present_count if held else 0,
        url=url_for("appraisals.board", quarter=found.quarter, _external=True),
    )
    rows = [
        PaperRow(
            row.number,
            row.masked_name,
            row.group_name,
            row.points,
            tuple((line.name + ("（封顶）" if line.is_capped else ""), line.counted) for line in row.lines),
            PAPER_STATES.get(row.state, "listed"),
        )
        for row in view.rows
    ]
    paper_size: Literal["a3", "a4"] = "a3" if request.args.get("size") == "a3" else "a4"
    response = Response(lay_out_notice(text, rows, now(), paper_size=paper_size), mimetype="application/pdf")
    name = f"{village.short_name}{found.quarter.title}公示.pdf"
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
