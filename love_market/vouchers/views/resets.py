"""Clearing points that were not spent: announced, printed, withdrawn or carried out, each asked once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import reading, transaction
from love_market.errors import words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.vouchers import papers, queries, service
from love_market.vouchers.forms import AskOnceForm
from love_market.vouchers.queries import ResetRecord
from love_market.vouchers.rules import NoReset, next_reset
from love_market.vouchers.views.room import bp
from love_market.web.clock import now


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done with an announced clearing: its verb, what the page that asks says, and the doing."""

    verb: str
    words: str
    done: str
    do: Callable[[Session, Guard, UUID, datetime], object]


ACTS = {
    "withdraw": Act(
        words("撤回公告"),
        words("撤回以后，到了那天也不清。要清，得重新公告三十天。贴出去的公告请揭下来。"),
        words("公告撤回了，分照样留着。"),
        lambda session, guard, one, at: service.withdraw_reset(session, guard, one, at=at),
    ),
    "carry-out": Act(
        words("清零"),
        words("公告以前发的券，没用完的分从此清零，一笔记进账本，不能撤回。荣誉分不动。"),
        words("清好了，记进账本了。"),
        lambda session, guard, one, at: service.carry_out_reset(session, guard, one, at=at),
    ),
}


@bp.route("/v/<village_code>/vouchers/resets/announce", methods=["GET", "POST"])
def announce_reset(village_code: str) -> ResponseReturnValue:
    """Ask once, then announce the next clearing."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = AskOnceForm()
    if form.validate_on_submit():
        with transaction() as session:
            reset_id = service.announce_reset(session, guard, at=now(), key=form.key_id)
        flash(_("公告了。请打印贴出去，各户的页面上也看得到。"), "good")
        return redirect(url_for(".reset", reset_id=reset_id))
    with reading() as session:
        falls_on = _next_reset(session, guard)
        left = queries.reached(session, guard, now())
    page = render_template("vouchers/reset_announce.html", form=form, falls_on=falls_on, **_sums(left))
    return page, 422 if request.method == "POST" else 200


@bp.get("/v/<village_code>/vouchers/resets/<uuid:reset_id>")
def reset(village_code: str, reset_id: UUID) -> str:
    """One clearing: what it reaches now, or what it cleared."""
    guard = staff_guard(village_code, *COMMITTEE)
    with reading() as session:
        record = queries.reset(session, guard, reset_id)
        left = queries.reached(session, guard, record.announced_at) if record.is_announced else {}
    return render_template("vouchers/reset.html", reset=record, is_due=_is_due(record), acts=ACTS, **_sums(left))


@bp.route("/v/<village_code>/vouchers/resets/<uuid:reset_id>/<any(withdraw, 'carry-out'):act>", methods=["GET", "POST"])
def act_on_reset(village_code: str, reset_id: UUID, act: str) -> ResponseReturnValue:
    """Ask once, then withdraw an announced clearing or carry it out."""
    guard = staff_guard(village_code, *COMMITTEE)
    form, asked = AskOnceForm(), ACTS[act]
    if form.validate_on_submit():
        with transaction() as session:
            asked.do(session, guard, reset_id, now())
        flash(_(asked.done), "good")
        return redirect(url_for(".reset", reset_id=reset_id))
    with reading() as session:
        record = queries.reset(session, guard, reset_id)
        left = queries.reached(session, guard, record.announced_at)
    page = render_template("vouchers/reset_act.html", form=form, reset=record, act=asked, **_sums(left))
    return page, 422 if request.method == "POST" else 200


@bp.get("/v/<village_code>/vouchers/resets/<uuid:reset_id>/notice.pdf")
def reset_notice(village_code: str, reset_id: UUID) -> Response:
    """The announcement to pin up."""
    guard = staff_guard(village_code, *COMMITTEE)
    with reading() as session:
        record = queries.reset(session, guard, reset_id)
        pdf = papers.reset_notice(session, guard, record, now())
    name = f"{record.falls_on:%Y-%m-%d}-{words('清零公告')}.pdf"
    return send_file(BytesIO(pdf), "application/pdf", download_name=name)


def _next_reset(session: Session, guard: Guard) -> date:
    settings = places.settings(session, guard.market_id)
    if not settings.reset_month:
        raise NoReset(words("这家超市定的是不清零。要清零，先在设置里定日子。"))
    return next_reset(village_date(now()), settings.reset_month, settings.reset_day)


def _is_due(record: ResetRecord) -> bool:
    return record.is_announced and village_date(now()) >= record.falls_on


def _sums(left: Mapping[UUID, int]) -> dict[str, int]:
    """Return how many vouchers have something left, and how many points."""
    points = [one for one in left.values() if one]
    return {"vouchers": len(points), "points": sum(points)}
