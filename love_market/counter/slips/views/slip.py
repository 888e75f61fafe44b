"""One slip: where its two typings differ, why it waits, what was booked; and setting it aside."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.counter.slips import queries, service
from love_market.counter.slips.forms import AskForm, OverForm, SettleForm
from love_market.counter.slips.rules import State, SumDiffers, differences
from love_market.counter.slips.views.room import bp, keeper, say, status
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people.rules import Guard
from love_market.vouchers import queries as vouchers
from love_market.web.clock import now
from love_market.web.errors import sentence_of
from love_market.web.forms import FormBase

_PICK = "pick-"


@bp.route("/v/<village_code>/counter/slips/<int:number>", methods=["GET", "POST"])
def slip(village_code: str, number: int) -> ResponseReturnValue:
    """Where a slip stands; sent, it is decided which typing is right in each field."""
    guard, form = keeper(village_code), SettleForm()
    answer, unsure = 0, False
    if form.validate_on_submit():
        try:
            with transaction() as session:
                state = service.settle(
                    session, guard, number, _picks(), at=now(), as_written=bool(form.as_written.data)
                )
        except LoveMarketError as error:
            answer, unsure = say(form, error), isinstance(error, SumDiffers)
        else:
            return _told(number, state)
    shown = _page(guard, number, form, unsure=unsure or bool(form.as_written.data))
    return shown, answer or status(form)


@bp.post("/v/<village_code>/counter/slips/<int:number>/book")
def book(village_code: str, number: int) -> ResponseReturnValue:
    """Try again to book a slip that was refused."""
    guard, form = keeper(village_code), AskForm()
    if not form.validate_on_submit():
        return _page(guard, number, form), 422
    with transaction() as session:
        state = service.try_again(session, guard, number, at=now())
    return _told(number, state)


@bp.post("/v/<village_code>/counter/slips/<int:number>/as-it-happened")
def book_as_it_happened(village_code: str, number: int) -> ResponseReturnValue:
    """Book a slip that was refused as what truly happened; the committee gets what is lacking."""
    guard, form = keeper(village_code), AskForm()
    if not form.validate_on_submit():
        return _page(guard, number, form), 422
    with transaction() as session:
        state = service.book_as_it_happened(session, guard, number, at=now())
    return _told(number, state)


@bp.route("/v/<village_code>/counter/slips/<int:number>/over", methods=["GET", "POST"])
def start_over(village_code: str, number: int) -> ResponseReturnValue:
    """Ask once and why, then have a slip typed anew."""
    guard, form = keeper(village_code), OverForm()
    answer = 0
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.start_over(session, guard, number, reason=form.reason.data or "", at=now())
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            with reading() as session:
                pad_id = queries.slip(session, guard, number).pad_id
            return redirect(url_for(".type_slips", pad_id=pad_id, which="first", number=number))
    with reading() as session:
        found = queries.slip(session, guard, number)
    return render_template("counter/slip_over.html", form=form, slip=found), answer or status(form)


def _told(number: int, state: State) -> ResponseReturnValue:
    if state is State.BOOKED:
        flash(_("已入账。"), "good")
    return redirect(url_for(".slip", number=number))


def _picks() -> Mapping[str, str]:
    return {name.removeprefix(_PICK): value for name, value in request.form.items() if name.startswith(_PICK)}


def _page(guard: Guard, number: int, form: FormBase, *, unsure: bool = False) -> str:
    with reading() as session:
        found = queries.slip(session, guard, number)
        pad = queries.pad(session, guard, found.pad_id)
        typings = [one for one in (found.first_typing, found.second_typing, found.agreed) if one is not None]
        said = queries.written(session, guard, typings)
        over = found.redemption_id is not None and vouchers.went_over(session, guard, found.redemption_id)
    differing = (
        differences(found.first_typing, found.second_typing) if found.first_typing and found.second_typing else ()
    )
    return render_template(
        "counter/slip.html",
        form=form,
        slip=found,
        pad=pad,
        states=State,
        refusal=sentence_of(found.refusal) if found.refusal else "",
        said=said,
        differing=differing,
        picks=_picks(),
        unsure=unsure,
        over=over,
        next_second=queries.next_number(pad, second=True, after=number),
    )
