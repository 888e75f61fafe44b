"""The pads, one pad with what became of its numbers, and its paper."""

from io import BytesIO
from uuid import UUID

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from love_market.counter.slips import papers, queries, service
from love_market.counter.slips.forms import PadForm, SpoilForm
from love_market.counter.slips.rules import State, read_number, show_number
from love_market.counter.slips.views.room import bp, keeper, say, status
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.ledger import queries as books
from love_market.web.clock import now

_PADS_A_PAGE = 20


@bp.route("/v/<village_code>/counter/slips", methods=["GET", "POST"])
def index(village_code: str) -> ResponseReturnValue:
    """The pads, the newest first, and the way to make one."""
    guard, form = keeper(village_code), PadForm()
    answer = 0
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = service.make_pad(session, guard, key=form.key_id, count=form.count.data or 0, at=now())
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            return redirect(url_for(".pad", pad_id=made))
    before = request.args.get("before", type=int)
    with reading() as session:
        pads = queries.pads(session, guard, before=before, limit=_PADS_A_PAGE + 1)
    shown = pads[:_PADS_A_PAGE]
    page = render_template(
        "counter/slips.html",
        form=form,
        pads=shown,
        before=shown[-1].first_number if len(pads) > len(shown) else None,
        states=State,
    )
    return page, answer or status(form)


@bp.get("/v/<village_code>/counter/slips/pads/<uuid:pad_id>")
def pad(village_code: str, pad_id: UUID) -> str:
    """One pad: which numbers were entered, booked, spoiled, differ, wait, and which are missing; printable."""
    guard = keeper(village_code)
    with reading() as session:
        found = queries.pad(session, guard, pad_id)
        entered = queries.slips(session, guard, found)
        agreed = [one for one in entered if one.agreed is not None]
        said = queries.written(session, guard, [one.agreed for one in agreed if one.agreed is not None])
        head = books.head(session, guard.market_id)
    return render_template(
        "counter/slip_pad.html",
        pad=found,
        slips={one.number: one for one in entered},
        written={one.number: words_of for one, words_of in zip(agreed, said, strict=True)},
        states=State,
        head=head,
        show=show_number,
    )


@bp.get("/v/<village_code>/counter/slips/pads/<uuid:pad_id>/pad.pdf")
def paper(village_code: str, pad_id: UUID) -> Response:
    """The pad to print, bind at the left edge and keep by the till."""
    guard = keeper(village_code)
    with reading() as session:
        found = queries.pad(session, guard, pad_id)
        pdf = papers.pad(session, guard, found, now())
    name = f"{words('停电本')}-{found.first_number:04}-{found.last_number:04}.pdf"
    return send_file(BytesIO(pdf), "application/pdf", download_name=name)


@bp.route("/v/<village_code>/counter/slips/pads/<uuid:pad_id>/spoil", methods=["GET", "POST"])
def spoil(village_code: str, pad_id: UUID) -> ResponseReturnValue:
    """Ask which slip and why, then declare that nothing was handed out on it."""
    guard, form = keeper(village_code), SpoilForm()
    answer = 0
    if form.validate_on_submit():
        try:
            number = read_number(form.number.data or "")
            with transaction() as session:
                service.spoil(session, guard, pad_id, number, reason=form.reason.data or "", at=now())
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            return redirect(url_for(".slip", number=number))
    elif request.method == "GET":
        form.number.data = request.args.get("number", "")
    with reading() as session:
        found = queries.pad(session, guard, pad_id)
    return render_template("counter/slip_spoil.html", form=form, pad=found), answer or status(form)
