"""Disputes, for the committee: which wait, what happened, and the three ways out, each asked once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from love_market.counter import disputes as service
from love_market.counter import queries
from love_market.counter.forms import CorrectForm, SettleForm
from love_market.counter.queries import DisputeCase
from love_market.counter.views.room import bp
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, NotFound, words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard, mask_name
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of
from love_market.web.filters import full_day

_CORRECT = "correct"
_Do = Callable[[Session, Guard, UUID, Sequence[UUID], str, datetime, UUID], None]


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a dispute: its verb, what it means, what is said when it is done, and the doing."""

    verb: str
    words: str
    done: str
    do: _Do


def _accept(
    session: Session, guard: Guard, one: UUID, _chosen: Sequence[UUID], note: str, at: datetime, key: UUID
) -> None:
    service.accept(session, guard, one, note=note, at=at, key=key)


def _charge(
    session: Session, guard: Guard, one: UUID, _chosen: Sequence[UUID], note: str, at: datetime, key: UUID
) -> None:
    service.charge(session, guard, one, note=note, at=at, key=key)


def _correct(
    session: Session, guard: Guard, one: UUID, chosen: Sequence[UUID], note: str, at: datetime, key: UUID
) -> None:
    service.correct(session, guard, one, voucher_ids=chosen, note=note, at=at, key=key)


WAYS = {
    _CORRECT: Way(
        words("改正"),
        words("差的分由这户别的券来付，差的货从货架上现在有的里面出。"),
        words("已改正：差的补上了，账平了。"),
        _correct,
    ),
    "accept": Way(
        words("认下"),
        words("差的分由村里出，差的货算盘亏。村民不用补，店里也不用赔。"),
        words("已认下：差的由村里出，账平了。"),
        _accept,
    ),
    "charge": Way(
        words("记在兑换机账上"),
        words("差的分和货记在这台兑换机账上，由管它的人补。账上一直看得见欠多少。"),
        words("已记在兑换机账上，账平了。"),
        _charge,
    ),
}
_CHARGE_CLERK = Way(
    words("记在经手人账上"),
    words("差的分和货记在经手人账上，由他补。账上一直看得见欠多少。"),
    words("已记在经手人账上，账平了。"),
    _charge,
)
STATES = {
    "open": words("等村里处理"),
    "accepted": words("认下了"),
    "charged": words("要经手的补"),
    "corrected": words("改正了"),
    "undone": words("兑换撤销了"),
}


@bp.get("/v/<village_code>/counter/disputes")
def disputes(village_code: str) -> str:
    """The disputes that wait, oldest first; behind a tab those that were settled."""
    guard = staff_guard(village_code, *COMMITTEE)
    settled = "settled" in request.args
    with reading() as session:
        find = queries.settled_disputes if settled else queries.open_disputes
        found = find(session, guard)
        waiting, _since = queries.open_since(session, guard)
        receipts = queries.receipts_by_id(session, guard, [one.redemption_id for one in found])
    return render_template(
        "counter/disputes.html", disputes=found, receipts=receipts, settled=settled, waiting=waiting, states=STATES
    )


@bp.get("/v/<village_code>/counter/disputes/<uuid:redemption_id>")
def dispute(village_code: str, redemption_id: UUID) -> str:
    """One dispute: what happened, why it does not fit, what is lacking, and the ways out."""
    guard = staff_guard(village_code, *COMMITTEE)
    with reading() as session:
        case = queries.dispute_case(session, guard, redemption_id, at=now())
    ways = [name for name in WAYS if (name != _CORRECT or case.can_correct) and (name != "charge" or case.can_charge)]
    return render_template(
        "counter/dispute.html",
        case=case,
        clerk=mask_name(case.receipt.clerk_name),
        ways={name: _way(name, case) for name in ways} if case.is_open else {},
        states=STATES,
    )


@bp.route(
    "/v/<village_code>/counter/disputes/<uuid:redemption_id>/<any(correct, accept, charge):way>",
    methods=["GET", "POST"],
)
def settle(village_code: str, redemption_id: UUID, way: str) -> ResponseReturnValue:
    """Ask once and why, then settle a dispute."""
    guard = staff_guard(village_code, *COMMITTEE)
    refusal, status = "", 200
    with reading() as session:
        case = queries.dispute_case(session, guard, redemption_id, at=now())
    chosen = _way(way, case)
    form = _form(way, case)
    if form.validate_on_submit():
        try:
            vouchers = [UUID(one) for one in form.vouchers.data or ()] if isinstance(form, CorrectForm) else []
            with transaction() as session:
                chosen.do(session, guard, redemption_id, vouchers, form.note.data or "", now(), form.key_id)
        except NotFound:
            raise
        except LoveMarketError as error:
            refusal, status = sentence_of(error), status_of(error)
        else:
            flash(_(chosen.done), "good")
            return redirect(url_for(".dispute", redemption_id=redemption_id))
    elif request.method == "POST":
        status = 422
    elif not case.is_open:
        return redirect(url_for(".dispute", redemption_id=redemption_id))
    page = render_template(
        "counter/settle.html",
        form=form,
        way=chosen,
        case=case,
        charged=case.keeper if way == "charge" else "",
        refusal=refusal,
    )
    return page, status


def _way(name: str, case: DisputeCase) -> Way:
    """Return a way out as it is called here: without a till, its clerk is charged."""
    return _CHARGE_CLERK if name == "charge" and not case.till_name else WAYS[name]


def _form(way: str, case: DisputeCase) -> SettleForm:
    """Return the form of a way out; where only goods are lacking, no voucher is asked for."""
    if way != _CORRECT or not case.points:
        return SettleForm()
    form = CorrectForm()
    form.vouchers.choices = [
        SelectChoice(
            str(one.id),
            _("%(no)s，%(name)s，还有 %(points)d 分，%(day)s 前用")
            % {
                "no": one.serial_no,
                "name": one.masked_name,
                "points": one.balance_points,
                "day": full_day(one.expires_on),
            },
        )
        for one in case.vouchers
    ]
    if request.method == "GET" and len(case.vouchers) == 1:
        form.vouchers.data = [str(case.vouchers[0].id)]
    return form
