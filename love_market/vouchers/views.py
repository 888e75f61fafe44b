"""Pages of vouchers: issue, print, hand over, the loss desk, and what a scanned code shows to anybody."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.errors import Invalid, LoveMarketError, NotFound, words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.vouchers import loss, papers, queries, service, token
from love_market.vouchers.forms import HandOverForm, IssueForm, LossForm
from love_market.vouchers.rules import MOVES, State
from love_market.web.clock import now
from love_market.web.errors import sentence_of

bp = Blueprint("vouchers", __name__)


@bp.get("/v/<village_code>/vouchers")
def index(village_code: str) -> str:
    """What waits for vouchers, the batches issued, and the search for one voucher."""
    guard = staff_guard(village_code, *COMMITTEE)
    wanted = request.args.get("q", "").strip()
    with reading() as session:
        return render_template(
            "vouchers/index.html",
            waiting=queries.waiting(session, guard),
            batches=queries.batches(session, guard),
            books=queries.reconciliation(session, guard.market_id),
            wanted=wanted,
            found=queries.find(session, guard, wanted) if wanted else [],
            quarter=str(Quarter.of(now().date()).previous()),
        )


@bp.route("/v/<village_code>/vouchers/issue/<quarter>", methods=["GET", "POST"])
def issue(village_code: str, quarter: str) -> ResponseReturnValue:
    """Ask once, then issue vouchers for all points that wait."""
    guard = staff_guard(village_code, *COMMITTEE)
    of = Quarter.parse(quarter)
    form = IssueForm()
    if form.validate_on_submit():
        with transaction() as session:
            issued = service.issue(
                session, guard, quarter=str(of), secret=current_app.config["SECRET_KEY"], at=now(), key=form.key_id
            )
        return redirect(url_for(".batch", batch_id=issued.batch_id))
    with reading() as session:
        waiting = queries.waiting(session, guard)
        settings = places.settings(session, guard.market_id)
    return render_template("vouchers/issue.html", form=form, quarter=of, waiting=waiting, settings=settings)


@bp.route("/v/<village_code>/vouchers/batches/<uuid:batch_id>", methods=["GET", "POST"])
def batch(village_code: str, batch_id: UUID) -> ResponseReturnValue:
    """One batch: print it, and mark what was handed over and signed for."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = HandOverForm()
    if form.validate_on_submit():
        marked = [UUID(text) for text in request.form.getlist("voucher")]
        with transaction() as session:
            count = service.hand_over(session, guard, marked, to=form.to.data or "", at=now())
        flash(_("已记下：%(count)d 张交到本人手里。", count=count), "good")
        return redirect(url_for(".batch", batch_id=batch_id))
    with reading() as session:
        return render_template(
            "vouchers/batch.html",
            form=form,
            batch=queries.batch(session, guard, batch_id),
            vouchers=queries.vouchers_of_batch(session, guard, batch_id),
            waits=State.ISSUED,
        )


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


@bp.get("/v/<village_code>/vouchers/<uuid:voucher_id>")
def voucher(village_code: str, voucher_id: UUID) -> str:
    """One voucher: what is left, what it was spent on, and what the loss desk can do."""
    guard = staff_guard(village_code, *COMMITTEE)
    return _voucher_page(guard, voucher_id, LossForm())


ACTS: dict[str, Callable[[Session, Guard, UUID, str, datetime, UUID], object]] = {
    "freeze": lambda session, guard, one, why, at, _key: loss.freeze(session, guard, one, reason=why, at=at),
    "unfreeze": lambda session, guard, one, why, at, _key: loss.unfreeze(session, guard, one, reason=why, at=at),
    "void": lambda session, guard, one, why, at, key: loss.void(session, guard, one, reason=why, at=at, key=key),
    "reissue": lambda session, guard, one, why, at, key: loss.reissue(
        session, guard, one, reason=why, secret=current_app.config["SECRET_KEY"], at=at, key=key
    ),
}


@bp.post("/v/<village_code>/vouchers/<uuid:voucher_id>/<act>")
def act_on(village_code: str, voucher_id: UUID, act: str) -> ResponseReturnValue:
    """Freeze, unfreeze, void or reissue a voucher, with the reason."""
    guard = staff_guard(village_code, *COMMITTEE)
    if act not in ACTS:
        raise NotFound(words("没有这个办法。"))
    form = LossForm()
    if not form.validate_on_submit():
        return _voucher_page(guard, voucher_id, form), 422
    with transaction() as session:
        made = ACTS[act](session, guard, voucher_id, form.reason.data or "", now(), form.key_id)
    if isinstance(made, UUID):
        flash(_("已补发一张新券，余额一样；旧券从现在起不能用。请打印新券。"), "good")
        return redirect(url_for(".batch", batch_id=made))
    flash(_("已办好。"), "good")
    return redirect(url_for(".voucher", voucher_id=voucher_id))


@bp.get("/q/<scanned>", endpoint="public")
@bp.get("/Q/<scanned>", endpoint="public_upper")
def public(scanned: str) -> ResponseReturnValue:
    """What a villager's own phone shows of a voucher: whose market, what is left, until when. No full name."""
    text = token.token_from_scan(scanned)
    if text is None:
        raise Invalid(words("这个码不是积分券。请对准券上的方码再扫一次。"))
    claims = token.peek(text)
    with reading() as session:
        villages = places.villages_of_known(session, claims.market_id)
        if not villages:
            raise queries.unknown()
        guard = Guard.public(claims.market_id, villages[0].code)
        found = queries.from_scan(session, guard, text, at=now())
        return render_template("vouchers/public.html", voucher=found, village=villages[0])


def _voucher_page(guard: Guard, voucher_id: UUID, form: LossForm) -> str:
    with reading() as session:
        found = queries.face(session, guard, voucher_id, at=now())
        return render_template(
            "vouchers/voucher.html",
            form=form,
            voucher=found,
            refusal=sentence_of(found.refusal) if isinstance(found.refusal, LoveMarketError) else "",
            movements=queries.movements(session, guard, voucher_id),
            can_freeze=State.FROZEN in MOVES[found.state],
            frozen=found.state is State.FROZEN,
            can_void=State.VOID in MOVES[found.state],
        )


def _pdf(guard: Guard, batch_id: UUID, lay_out: Callable[..., bytes], title: str) -> Response:
    settings = current_app.extensions["love_market_settings"]
    with reading() as session:
        batch = queries.batch(session, guard, batch_id)
        pdf = lay_out(session, guard, batch, settings.base_url, settings.secret_key, now())
    name = f"{batch.quarter}-{title}-{batch.id.hex[-6:]}.pdf"
    response = Response(pdf, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
