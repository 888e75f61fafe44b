"""Pages that ask once: the slip was handed over, the reply on paper, the decision, taking back what nobody was told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from love_market.db import reading, transaction
from love_market.deeds import queries, service
from love_market.deeds.forms import DecisionForm, DropForm, ReplyForm, TellForm
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.rules import DECIDERS, RECORDERS, PenaltyAct, next_state
from love_market.deeds.views.room import bp
from love_market.errors import Denied, LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard, Role
from love_market.web.clock import now
from love_market.web.filters import day, moment
from love_market.web.forms import FormBase


@dataclass(frozen=True, slots=True)
class Ask:
    """What one page asks: of whom, at which step of a penalty's way, in which words, and what the answer does."""

    step: PenaltyAct
    roles: frozenset[Role]
    form: type[FormBase]
    act: Callable[[Session, Guard, UUID, Any], object]
    title: str
    verb: str
    done: str
    words: str = ""


def _tell(session: Session, guard: Guard, penalty_id: UUID, form: TellForm) -> None:
    service.tell_by_slip(session, guard, penalty_id, to=form.to.data or "", at=now())


def _reply(session: Session, guard: Guard, penalty_id: UUID, form: ReplyForm) -> None:
    service.reply_to_penalty(session, guard, penalty_id, said=form.reply.data or "", at=now())


def _decide(session: Session, guard: Guard, penalty_id: UUID, form: DecisionForm) -> None:
    reason, at = form.reason.data or "", now()
    if form.outcome.data == "withdrawn":
        service.withdraw_penalty(session, guard, penalty_id, reason=reason, at=at)
    else:
        lowered = -abs(form.size.data or 0) if form.outcome.data == "lowered" else None
        service.let_stand(session, guard, penalty_id, points=lowered, reason=reason, at=at)


def _drop(session: Session, guard: Guard, penalty_id: UUID, form: DropForm) -> None:
    service.drop_penalty(session, guard, penalty_id, reason=form.reason.data or "", at=now())


_ASKS = {
    "tell": Ask(
        PenaltyAct.TELL,
        RECORDERS,
        TellForm,
        _tell,
        title=words("告知单已经交到户里"),
        words=words("从现在起算答复的时间。"),
        verb=words("记下已经告知"),
        done=words("记下了。等这一户答复。"),
    ),
    "reply": Ask(
        PenaltyAct.REPLY,
        RECORDERS,
        ReplyForm,
        _reply,
        title=words("记下户里的答复"),
        words=words("照户里的原话写，不加也不减。"),
        verb=words("记下答复"),
        done=words("记下了。等另一个人来定。"),
    ),
    "decide": Ask(
        PenaltyAct.WITHDRAW,
        DECIDERS,
        DecisionForm,
        _decide,
        title=words("定这条扣分"),
        verb=words("就这样定"),
        done=words("定了，理由已写给这一户。"),
    ),
    "drop": Ask(
        PenaltyAct.DROP,
        RECORDERS,
        DropForm,
        _drop,
        title=words("撤掉这条扣分"),
        words=words("还没有告知过户里，撤了就不扣，也不能恢复；可以重记。"),
        verb=words("撤掉"),
        done=words("撤掉了，不扣分。"),
    ),
}


@bp.route(
    "/v/<village_code>/penalties/<uuid:penalty_id>/<any(tell, reply, decide, drop):what>", methods=["GET", "POST"]
)
def ask_penalty(village_code: str, penalty_id: UUID, what: str) -> ResponseReturnValue:
    """Show the page that asks, or do what it asked for and go back to the penalty."""
    ask = _ASKS[what]
    guard = staff_guard(village_code, *ask.roles)
    with reading() as session:
        found = queries.penalty(session, guard, penalty_id)
        if what == "decide":  # nobody writes a reason only to be refused
            service.check_may_decide(found, guard, is_kin=queries.is_kin(session, guard, found.household_id))
    form, lead = ask.form(), _(ask.words) if ask.words else ""
    if request.method == "GET":
        next_state(ask.step, found.state)
        if isinstance(form, TellForm):
            form.to.data = found.head_name
    if isinstance(form, DecisionForm) and not found.is_heard(now()):
        form.only_withdraw()
        if found.reply_ends_at is not None:
            lead = _("%(when)s 以前等户里答复，现在只能撤销。", when=moment(found.reply_ends_at))
    way = url_for(".penalty", penalty_id=penalty_id)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                ask.act(session, guard, penalty_id, form)
        except Denied:
            raise
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            flash(_(ask.done), "good")
            return redirect(way)
    page = render_template(
        "deeds/ask.html",
        form=form,
        penalty=found,
        decides=what == "decide",
        facts=_facts(found),
        back_url=way,
        title=_(ask.title),
        words=lead,
        verb=_(ask.verb),
    )
    return page, status


def _facts(found: PenaltyRecord) -> list[tuple[str, str]]:
    """Return what is asked about."""
    facts = [
        (_("户"), f"{found.household_number} {found.head_name}"),
        (_("哪一项"), found.rule.name),
        (_("扣分"), str(-found.points)),
    ]
    if found.happened_on:
        facts.append((_("哪一天"), day(found.happened_on)))
    if found.proof or found.photos:
        shown = _("照片 %(n)s 张", n=len(found.photos)) if found.photos else ""
        facts.append((_("凭据"), "；".join(part for part in (found.proof, shown) if part)))
    return facts
