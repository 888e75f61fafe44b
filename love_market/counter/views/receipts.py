"""Pages of the counter: the till itself, a receipt, its undoing, and the day."""

from datetime import date, timedelta
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from love_market.clock import village_date
from love_market.counter import queries, service
from love_market.counter.api.scanning import goods_given
from love_market.counter.forms import UndoForm
from love_market.counter.queries import Receipt
from love_market.counter.rules import UndoTooLate
from love_market.counter.views.room import bp
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard, Role, mask_name
from love_market.places import queries as places
from love_market.vouchers.rules import RELATIONS
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

_A_PAGE = 60


@bp.get("/v/<village_code>/counter")
def index(village_code: str) -> str:
    """The till: scan vouchers, pick goods, redeem."""
    guard = staff_guard(village_code, Role.CLERK)
    today = village_date(now())
    with reading() as session:
        settings = places.settings(session, guard.market_id)
        done = queries.totals(session, guard, on=today)
    return render_template(
        "counter/index.html",
        goods=[one.model_dump(mode="json") for one in goods_given(guard)],
        village_code=village_code,
        minimum_points=settings.minimum_redemption_points,
        done=done,
        relations=RELATIONS,
    )


@bp.get("/v/<village_code>/counter/redemptions/<uuid:redemption_id>")
def redemption(village_code: str, redemption_id: UUID) -> str:
    """A redemption: its seal, its receipt to print, and its undoing on the same day."""
    guard = staff_guard(village_code, Role.CLERK, *COMMITTEE)
    return render_template("counter/redemption.html", **_receipt(guard, redemption_id))


@bp.route("/v/<village_code>/counter/redemptions/<uuid:redemption_id>/undo", methods=["GET", "POST"])
def undo(village_code: str, redemption_id: UUID) -> ResponseReturnValue:
    """Ask once why, then take a redemption back: points, goods and vouchers."""
    guard = staff_guard(village_code, Role.CLERK)
    form = UndoForm()
    refusal, status = "", 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.undo(session, guard, redemption_id, reason=form.reason, at=now(), key=form.key_id)
        except LoveMarketError as error:
            refusal, status = sentence_of(error), status_of(error)
        else:
            return redirect(url_for(".redemption", redemption_id=redemption_id))
    elif request.method == "POST":
        status = 422
    told = _receipt(guard, redemption_id)
    if not told["may_undo"] and status == 200:  # noqa: PLR2004 nothing refused it yet
        raise UndoTooLate(words("只能撤销当天的兑换，而且只能撤销一次。隔天的请到村委会更正。"))
    return render_template("counter/undo.html", form=form, refusal=refusal, **told), status


@bp.get("/v/<village_code>/counter/today")
def today(village_code: str) -> str:
    """The redemptions of a day, by default today, with their sums."""
    guard = staff_guard(village_code, Role.CLERK, *COMMITTEE)
    this_day = village_date(now())
    day = min(_day(request.args.get("day")) or this_day, this_day)
    with reading() as session:
        made = queries.receipts(session, guard, day, before=request.args.get("earlier", type=int), limit=_A_PAGE + 1)
        return render_template(
            "counter/today.html",
            day=day,
            is_today=day == this_day,
            before=day - timedelta(days=1),
            after=day + timedelta(days=1),
            receipts=made[:_A_PAGE],
            earlier=made[_A_PAGE - 1].entry_number if len(made) > _A_PAGE else None,
            totals=queries.totals(session, guard, on=day),
            may_undo=day == this_day and Role.CLERK in guard.roles,
            may_redeem=Role.CLERK in guard.roles,
            may_settle=bool(guard.roles & COMMITTEE),
        )


def _receipt(guard: Guard, redemption_id: UUID) -> dict[str, object]:
    """Return what the pages of one redemption show."""
    with reading() as session:
        receipt: Receipt = queries.receipt(session, guard, redemption_id)
        village = places.village(session, guard.village_code)
    same_day = village_date(receipt.redeemed_at) == village_date(now())
    return {
        "receipt": receipt,
        "market_name": village.market_name,
        "clerk": mask_name(receipt.clerk_name),
        "may_undo": same_day and receipt.undone_at is None and Role.CLERK in guard.roles,
        "may_redeem": Role.CLERK in guard.roles,
        "may_settle": bool(guard.roles & COMMITTEE),
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
