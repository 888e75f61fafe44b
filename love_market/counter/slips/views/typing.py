"""Typing slips from the paper, one after another: a first round, and a second that sees nothing of the first."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.counter.slips import queries, service
from love_market.counter.slips.forms import SlipForm
from love_market.counter.slips.queries import PadRecord, Written
from love_market.counter.slips.rules import SECOND, State, SumDiffers, read_number, redemption_key, show_number
from love_market.counter.slips.views.room import bp, keeper, say, status
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people.rules import Guard
from love_market.stock import queries as stock
from love_market.vouchers import queries as vouchers
from love_market.web.clock import now


@bp.route("/v/<village_code>/counter/slips/pads/<uuid:pad_id>/<any(first, second):which>", methods=["GET", "POST"])
def type_slips(village_code: str, pad_id: UUID, which: str) -> ResponseReturnValue:
    """Type one slip after another; each is kept at once, and the next begins at its number."""
    guard, form = keeper(village_code), SlipForm()
    with reading() as session:
        pad = queries.pad(session, guard, pad_id)
        goods = stock.goods(session, guard, with_withdrawn=True)
    answer, unsure = 0, False
    if form.validate_on_submit():
        try:
            number, state, said = _keep(guard, pad, which, form)
        except LoveMarketError as error:
            answer, unsure = say(form, error), isinstance(error, SumDiffers)
        else:
            return _go_on(guard, pad, which, number, state, said)
    elif request.method == "GET":
        _begin(form, pad, which)
    page = render_template(
        "counter/slip_type.html",
        form=form,
        pad=pad,
        goods=goods,
        which=which,
        left=queries.next_number(pad, second=which == SECOND, after=0) is not None,
        waiting=pad.counts[State.ONCE],
        unsure=unsure or form.as_written.data,
    )
    return page, answer or status(form)


def _keep(guard: Guard, pad: PadRecord, which: str, form: SlipForm) -> tuple[int, State, Written]:
    """Keep what was typed; return the slip's number, where it stands now, and what was typed in words."""
    number, at = read_number(form.number.data or ""), now()
    keep = service.type_second if which == SECOND else service.type_first
    with transaction() as session:
        typing = queries.typing_meant(
            session,
            guard,
            day=form.day.data or "",
            voucher=form.voucher.data or "",
            lines=form.typed_lines,
            total=form.total.data or 0,
            proxy=form.who(),
            at=at,
        )
        state = keep(session, guard, pad.id, number, typing, at=at, as_written=bool(form.as_written.data))
        return number, state, queries.written(session, guard, [typing])[0]


def _went_over(guard: Guard, number: int) -> bool:
    with reading() as session:
        return vouchers.went_over(session, guard, redemption_key(guard.market_id, number))


def _go_on(guard: Guard, pad: PadRecord, which: str, number: int, state: State, said: Written) -> ResponseReturnValue:
    """Go on to the next slip; where somebody has to look at this one's paper, to this one first."""
    if state in {State.DIFFERS, State.WAITING}:
        return redirect(url_for(".slip", number=number))
    name = said.voucher.masked_name
    if state is State.BOOKED:
        told = _(
            "%(no)s 两遍一样，已入账：%(name)s，%(points)d 分。",
            no=show_number(number),
            name=name,
            points=said.sum_points,
        )
        if said.proxy and _went_over(guard, number):
            warned = _("%(name)s这一天替人办的户数超过了限额，村委会会看到。", name=said.proxy.name)
            flash(f"{show_number(number)}　{warned}", "wait")
    else:  # not more than whose it is: the second typing must not see it
        told = _("%(no)s 录好第一遍：%(name)s的券。", no=show_number(number), name=name)
    flash(told, "good")
    day = None if which == SECOND else said.day.isoformat()
    return redirect(url_for(".type_slips", pad_id=pad.id, which=which, after=number, day=day))


def _begin(form: SlipForm, pad: PadRecord, which: str) -> None:
    """Stand in the next slip; in the first round its day is that of the slip before, in the second it is typed."""
    number = queries.next_number(pad, second=which == SECOND, after=request.args.get("after", 0, type=int))
    wanted = request.args.get("number", type=int) or number
    form.number.data = "" if wanted is None else f"{wanted:04}"
    if which != SECOND:
        form.day.data = request.args.get("day", "")
