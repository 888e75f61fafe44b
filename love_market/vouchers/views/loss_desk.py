"""One voucher, and the loss desk (挂失): freeze, unfreeze, reissue, void, each asked once with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, NotFound, words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard
from love_market.vouchers import loss, queries
from love_market.vouchers.forms import LossForm
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.rules import MOVEMENTS, MOVES, State
from love_market.vouchers.views.room import bp
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of


@dataclass(frozen=True, slots=True)
class Act:
    """Something the loss desk can do: its verb, what the page that asks says, and the doing."""

    verb: str
    words: str
    done: str
    do: Callable[[Session, Guard, UUID, str, datetime, UUID], object]


def _reissue(session: Session, guard: Guard, voucher_id: UUID, why: str, at: datetime, key: UUID) -> UUID:
    secret = current_app.config["SECRET_KEY"]
    return loss.reissue(session, guard, voucher_id, reason=why, secret=secret, at=at, key=key)


ACTS = {
    "freeze": Act(
        words("冻结"),
        words("冻结以后，谁拿着这张券都不能兑换。找到了可以解冻，积分不会少。"),
        words("已冻结：这张券现在谁也不能用。"),
        lambda session, guard, one, why, at, _key: loss.freeze(session, guard, one, reason=why, at=at),
    ),
    "unfreeze": Act(
        words("解冻"),
        words("解冻以后，拿着这张券的人就可以兑换。请先核对券和人。"),
        words("已解冻：这张券又能用了。"),
        lambda session, guard, one, why, at, _key: loss.unfreeze(session, guard, one, reason=why, at=at),
    ),
    "reissue": Act(
        words("补发"),
        words("补发以后，旧券永远不能用，剩下的积分转到新券上，有效期不变。这一步不能撤回。"),
        words("已补发一张新券，积分一样；旧券从现在起不能用。请打印新券交给本人。"),
        _reissue,
    ),
    "void": Act(
        words("作废"),
        words("作废以后，这张券永远不能用，剩下的积分也不再退回本户。这一步不能撤回。"),
        words("已作废：这张券不能再用，剩下的积分记入账本的作废一栏。"),
        lambda session, guard, one, why, at, key: loss.void(session, guard, one, reason=why, at=at, key=key),
    ),
}


@bp.get("/v/<village_code>/vouchers/<uuid:voucher_id>")
def voucher(village_code: str, voucher_id: UUID) -> str:
    """One voucher: what is left, what it was spent on, and what the loss desk can do."""
    guard = staff_guard(village_code, *COMMITTEE)
    with reading() as session:
        found = queries.face_here(session, guard, voucher_id, at=now())
        return render_template(
            "vouchers/voucher.html",
            voucher=found,
            refusal=sentence_of(found.refusal) if found.refusal else "",
            movements=queries.movements(session, guard, voucher_id),
            kinds=MOVEMENTS,
            replaced_by=queries.reissue_of(session, guard, voucher_id),
            acts={name: ACTS[name] for name in possible(found)},
            told=queries.told_tills(session, guard, found),
        )


def possible(found: VoucherFace) -> tuple[str, ...]:
    """Return which acts a voucher's state allows."""
    if found.state is State.FROZEN:
        return ("unfreeze", "reissue", "void")
    moves = MOVES[found.state]
    return (*(["freeze"] if State.FROZEN in moves else []), *(["reissue", "void"] if State.VOID in moves else []))


@bp.route(
    "/v/<village_code>/vouchers/<uuid:voucher_id>/<any(freeze, unfreeze, reissue, void):act>", methods=["GET", "POST"]
)
def act_on(village_code: str, voucher_id: UUID, act: str) -> ResponseReturnValue:
    """Ask once and why, then freeze, unfreeze, reissue or void a voucher."""
    guard = staff_guard(village_code, *COMMITTEE)
    form, chosen = LossForm(), ACTS[act]
    refusal, status = "", 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = chosen.do(session, guard, voucher_id, form.reason.data or "", now(), form.key_id)
        except NotFound:
            raise
        except LoveMarketError as error:
            refusal, status = sentence_of(error), status_of(error)
        else:
            flash(_(chosen.done), "good")
            return redirect(
                url_for(".batch", batch_id=made)
                if isinstance(made, UUID)
                else url_for(".voucher", voucher_id=voucher_id)
            )
    elif request.method == "POST":
        status = 422
    with reading() as session:
        found = queries.face_here(session, guard, voucher_id, at=now())
    return render_template("vouchers/act.html", form=form, act=chosen, voucher=found, refusal=refusal), status
