"""Pages of tills, for the committee: which there are, a new one, its name, its end, a lease nobody answers for."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from love_market.config import Settings
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.paper.qr import qr_code
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE
from love_market.tills import queries, service
from love_market.tills.forms import AskOnceForm, NameForm
from love_market.tills.rules import moment
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

bp = Blueprint("tills", __name__)


@bp.get("/v/<village_code>/tills")
def index(village_code: str) -> str:
    """The market's tills, and who may redeem offline now."""
    guard = staff_guard(village_code, *COMMITTEE)
    at = now()
    with reading() as session:
        found, lease = queries.tills(session, guard), queries.lease(session, guard)
    holder = next((one for one in found if one.id == lease.till_id), None)
    return render_template(
        "tills/index.html",
        tills=found,
        holder=holder,
        ends=moment(lease.ends_at) if lease.ends_at else "",
        ended=holder is not None and not lease.runs(at),
        form=AskOnceForm(),
    )


@bp.route("/v/<village_code>/tills/new", methods=["GET", "POST"])
def invite(village_code: str) -> ResponseReturnValue:
    """Ask for a name, then show the one-time code to scan with the device itself."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = NameForm()
    if not form.validate_on_submit():
        return render_template("tills/new.html", form=form), 422 if request.method == "POST" else 200
    with transaction() as session:
        made = service.invite(session, guard, name=form.name.data or "", at=now(), key=form.key_id)
    settings: Settings = current_app.extensions["love_market_settings"]
    url = f"{settings.base_url}/counter#join={village_code}.{made.code}"
    drawn = Markup(qr_code(url).svg)  # noqa: S704 drawn here, of nothing but numbers
    return render_template("tills/invitation.html", name=made.name, until=moment(made.ends_at), url=url, drawn=drawn)


@bp.route("/v/<village_code>/tills/<uuid:till_id>", methods=["GET", "POST"])
def till(village_code: str, till_id: UUID) -> ResponseReturnValue:
    """One till: what it did, what waits in it, its name."""
    guard = staff_guard(village_code, *COMMITTEE)
    with reading() as session:
        found = queries.till(session, guard, till_id)
    form = NameForm(data={"name": found.name}) if request.method == "GET" else NameForm()
    if form.validate_on_submit():
        with transaction() as session:
            service.rename(session, guard, till_id, form.name.data or "")
        flash(_("名字改好了。"), "good")
        return redirect(url_for(".index"))
    return render_template("tills/till.html", till=found, form=form), 422 if request.method == "POST" else 200


@bp.route("/v/<village_code>/tills/<uuid:till_id>/cut-off", methods=["GET", "POST"])
def cut_off(village_code: str, till_id: UUID) -> ResponseReturnValue:
    """Ask once, then cut a till off: a phone that was lost, or that somebody took along."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = AskOnceForm()
    if form.validate_on_submit():
        with transaction() as session:
            service.cut_off(session, guard, till_id, at=now())
        flash(_("已停用：它联着网就马上不能兑换，断着网最晚到离线时段完也不能了。"), "good")
        return redirect(url_for(".index"))
    with reading() as session:
        found, lease = queries.till(session, guard, till_id), queries.lease(session, guard)
    ends = moment(lease.ends_at) if lease.ends_at and lease.till_id == till_id else ""
    return render_template("tills/cut_off.html", till=found, ends=ends, form=form)


@bp.route("/v/<village_code>/tills/settle", methods=["GET", "POST"])
def settle(village_code: str) -> ResponseReturnValue:
    """Ask once, then wait no longer for a till whose time offline has ended and that nobody has heard of."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = AskOnceForm()
    refusal, status = "", 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.settle(session, guard, at=now())
        except LoveMarketError as error:
            refusal, status = sentence_of(error), status_of(error)
        else:
            flash(_("不等了：别的机器现在可以兑换。它以后送来的，有对不上的会放到争议里。"), "good")
            return redirect(url_for(".index"))
    with reading() as session:
        lease = queries.lease(session, guard)
        holder = queries.till(session, guard, lease.till_id) if lease.till_id else None
    if holder is None:
        return redirect(url_for(".index"))
    ends = moment(lease.ends_at) if lease.ends_at else ""
    return render_template("tills/settle.html", till=holder, ends=ends, form=form, refusal=refusal), status
