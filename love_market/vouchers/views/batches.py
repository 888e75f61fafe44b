"""Issuing, a batch's papers, handing over, and what lapses."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.errors import Invalid, LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.vouchers import papers, queries, service
from love_market.vouchers.forms import AskOnceForm, HandOverForm
from love_market.vouchers.rules import State, lapses_on
from love_market.vouchers.views.room import bp
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

_WAITING = "waiting"


@bp.get("/v/<village_code>/vouchers")
def index(village_code: str) -> str:
    """What waits for vouchers, the batches issued, the search for one voucher, and where all points are."""
    guard = staff_guard(village_code, *COMMITTEE)
    wanted, before = request.args.get("q", "").strip(), request.args.get("before", type=UUID)
    only_waiting = request.args.get("show") == _WAITING
    with reading() as session:
        batches = queries.batches(session, guard, before=before, limit=queries.BATCHES_A_PAGE + 1, waiting=only_waiting)
        shown = batches[: queries.BATCHES_A_PAGE]
        resets = queries.resets(session, guard)
        return render_template(
            "vouchers/index.html",
            waiting=queries.waiting(session, guard),
            expired=queries.expired(session, guard, at=now()),
            resets=resets,
            to_announce=queries.to_announce(session, guard, resets, now()),
            batches=shown,
            before=shown[-1].id if len(batches) > len(shown) else None,
            only_waiting=only_waiting,
            books=queries.reconciliation(session, guard.market_id),
            wanted=wanted,
            found=queries.find(session, guard, wanted),
            quarter=str(Quarter.of(village_date(now())).previous()),
        )


@bp.route("/v/<village_code>/vouchers/issue/<quarter>", methods=["GET", "POST"])
def issue(village_code: str, quarter: str) -> ResponseReturnValue:
    """Ask once, then issue vouchers for all points that wait."""
    guard = staff_guard(village_code, *COMMITTEE)
    of = Quarter.parse(quarter)
    form = AskOnceForm()
    if form.validate_on_submit():
        with transaction() as session:
            issued = service.issue(
                session, guard, quarter=str(of), secret=current_app.config["SECRET_KEY"], at=now(), key=form.key_id
            )
        flash(_("券已发出，共 %(count)d 张。请打印，盖章，再发给各户。", count=issued.vouchers), "good")
        return redirect(url_for(".batch", batch_id=issued.batch_id))
    with reading() as session:
        waiting = queries.waiting(session, guard)
        settings = places.settings(session, guard.market_id)
    if not waiting.issuable_points:
        flash(_("现在没有等着发券的积分。"), "info")
        return redirect(url_for(".index"))
    until = lapses_on(village_date(now()), settings.voucher_valid_days)
    told = {"quarter": of, "waiting": waiting, "settings": settings, "until": until}
    return render_template("vouchers/issue.html", form=form, **told), 422 if request.method == "POST" else 200


@bp.route("/v/<village_code>/vouchers/lapse", methods=["GET", "POST"])
def lapse(village_code: str) -> ResponseReturnValue:
    """Ask once, then let what is left on expired vouchers lapse."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = AskOnceForm()
    if form.validate_on_submit():
        with transaction() as session:
            points = service.lapse_expired(session, guard, at=now(), key=form.key_id)
        flash(_("已转入到期一栏：%(points)d 分。", points=points), "good")
        return redirect(url_for(".index"))
    with reading() as session:
        expired = queries.expired(session, guard, at=now())
    return render_template("vouchers/lapse.html", form=form, expired=expired), 422 if request.method == "POST" else 200


@bp.route("/v/<village_code>/vouchers/batches/<uuid:batch_id>", methods=["GET", "POST"])
def batch(village_code: str, batch_id: UUID) -> ResponseReturnValue:
    """One batch: print it, and mark what was handed over and signed for."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = HandOverForm()
    refusal, status = "", 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                count = service.hand_over(session, guard, _marked(), at=now(), proxy=form.who())
        except LoveMarketError as error:
            refusal, status = sentence_of(error), status_of(error)
        else:
            flash(_("已记下：领走 %(count)d 张。", count=count), "good")
            group, show = request.args.get("group"), request.args.get("show")
            return redirect(url_for(".batch", batch_id=batch_id, group=group, show=show))
    elif request.method == "POST":
        status = 422
    with reading() as session:
        record = queries.batch(session, guard, batch_id)
        vouchers = queries.vouchers_of_batch(session, guard, batch_id)
    group, only_waiting = request.args.get("group"), request.args.get("show") == _WAITING
    shown = [one for one in vouchers if group in {None, one.group_name}]
    waiting = [one for one in shown if one.state is State.ISSUED]
    page = render_template(
        "vouchers/batch.html",
        form=form,
        batch=record,
        vouchers=waiting if only_waiting else shown,
        waiting=len(waiting),
        only_waiting=only_waiting,
        groups=sorted({one.group_name for one in vouchers}, key=[one.group_name for one in vouchers].index),
        group=group,
        waits=State.ISSUED,
        marked=set(request.form.getlist("voucher")),
        refusal=refusal,
    )
    return page, status


@bp.get("/v/<village_code>/vouchers/batches/<uuid:batch_id>/sheet.pdf")
def sheet(village_code: str, batch_id: UUID) -> Response:
    """The vouchers of a batch, to print, cut and seal."""
    guard = staff_guard(village_code, *COMMITTEE)
    return _pdf(guard, batch_id, papers.sheet, words("积分券"))


@bp.get("/v/<village_code>/vouchers/batches/<uuid:batch_id>/sign-for.pdf")
def sign_for(village_code: str, batch_id: UUID) -> Response:
    """The list to sign when vouchers are handed over (领取签字表)."""
    guard = staff_guard(village_code, *COMMITTEE)
    return _pdf(guard, batch_id, papers.sign_for, words("领取签字表"))


def _marked() -> list[UUID]:
    try:
        marked = [UUID(text) for text in request.form.getlist("voucher")]
    except ValueError as error:
        raise Invalid(words("勾选的券看不清，请刷新页面再来一次。")) from error
    if not marked:
        raise Invalid(words("还没有勾。请先勾上领走的券。"))
    return marked


def _pdf(guard: Guard, batch_id: UUID, lay_out: Callable[..., bytes], title: str) -> Response:
    settings = current_app.extensions["love_market_settings"]
    with reading() as session:
        batch = queries.batch(session, guard, batch_id)
        pdf = lay_out(session, guard, batch, settings.base_url, settings.secret_key, now())
    name = f"{batch.quarter}-{title}-{batch.id.hex[-6:]}.pdf"
    return send_file(BytesIO(pdf), "application/pdf", download_name=name)
