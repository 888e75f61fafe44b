"""Pages that ask once: the slip was handed over, the reply on paper, the decision, taking back what nobody was told."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.deeds import queries, service
from love_market.deeds.forms import DecisionForm, DropForm, ReplyForm, TellForm
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.rules import DECIDERS, RECORDERS, PenaltyAct, next_state
from love_market.deeds.views.room import bp
from love_market.errors import Denied, LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of
from love_market.web.filters import day, moment
from love_market.web.forms import FormBase


@bp.route("/v/<village_code>/penalties/<uuid:penalty_id>/tell", methods=["GET", "POST"])
def tell_penalty(village_code: str, penalty_id: UUID) -> ResponseReturnValue:
    """Note that the slip was handed over."""
    guard = staff_guard(village_code, *RECORDERS)
    found, form = _found(guard, penalty_id), TellForm()
    if request.method == "GET":
        next_state(PenaltyAct.TELL, found.state)
        form.to.data = found.head_name

    def act(session: Any) -> None:  # noqa: ANN401 a session
        service.tell_by_slip(session, guard, penalty_id, to=form.to.data or "", at=now())

    return _ask(
        found,
        form,
        act,
        title=_("告知单已经交到户里"),
        words=_("从现在起算答复的时间。"),
        verb=_("记下已经告知"),
        done=_("记下了。等这一户答复。"),
    )


@bp.route("/v/<village_code>/penalties/<uuid:penalty_id>/reply", methods=["GET", "POST"])
def take_reply(village_code: str, penalty_id: UUID) -> ResponseReturnValue:
    """Write down what a household said on paper or aloud."""
    guard = staff_guard(village_code, *RECORDERS)
    found, form = _found(guard, penalty_id), ReplyForm()
    if request.method == "GET":
        next_state(PenaltyAct.REPLY, found.state)

    def act(session: Any) -> None:  # noqa: ANN401 a session
        service.reply_to_penalty(session, guard, penalty_id, said=form.reply.data or "", at=now())

    return _ask(
        found,
        form,
        act,
        title=_("记下户里的答复"),
        words=_("照户里的原话写，不加也不减。"),
        verb=_("记下答复"),
        done=_("记下了。等另一个人来定。"),
    )


@bp.route("/v/<village_code>/penalties/<uuid:penalty_id>/decide", methods=["GET", "POST"])
def decide_penalty(village_code: str, penalty_id: UUID) -> ResponseReturnValue:
    """Decide as a second person: it stands, is lowered, or is withdrawn."""
    guard = staff_guard(village_code, *DECIDERS)
    found, form = _found(guard, penalty_id), DecisionForm()
    if request.method == "GET":
        next_state(PenaltyAct.WITHDRAW, found.state)
    can_stand = found.is_heard(now())
    if not can_stand:
        form.only_withdraw()

    def act(session: Any) -> None:  # noqa: ANN401 a session
        told: dict[str, Any] = {"reason": form.reason.data or "", "at": now()}
        if form.outcome.data == "withdrawn":
            service.withdraw_penalty(session, guard, penalty_id, **told)
        else:
            lowered = -abs(form.size.data or 0) if form.outcome.data == "lowered" else None
            service.let_stand(session, guard, penalty_id, points=lowered, **told)

    waits = found.reply_ends_at is not None and not can_stand
    return _ask(
        found,
        form,
        act,
        title=_("定这条扣分"),
        words=_("%(when)s 以前等户里答复，现在只能撤销。", when=moment(found.reply_ends_at)) if waits else "",
        verb=_("就这样定"),
        done=_("定了，理由已写给这一户。"),
    )


@bp.route("/v/<village_code>/penalties/<uuid:penalty_id>/drop", methods=["GET", "POST"])
def drop_penalty(village_code: str, penalty_id: UUID) -> ResponseReturnValue:
    """Take back a penalty that nobody was told of."""
    guard = staff_guard(village_code, *RECORDERS)
    found, form = _found(guard, penalty_id), DropForm()
    if request.method == "GET":
        next_state(PenaltyAct.DROP, found.state)

    def act(session: Any) -> None:  # noqa: ANN401 a session
        service.drop_penalty(session, guard, penalty_id, reason=form.reason.data or "", at=now())

    return _ask(
        found,
        form,
        act,
        title=_("撤掉这条扣分"),
        words=_("还没有告知过户里，撤了就不扣，也不能恢复；可以重记。"),
        verb=_("撤掉"),
        done=_("撤掉了，不扣分。"),
    )


def _found(guard: Guard, penalty_id: UUID) -> PenaltyRecord:
    with reading() as session:
        return queries.penalty(session, guard, penalty_id)


def _ask(
    found: PenaltyRecord, form: FormBase, act: Callable[[Any], None], *, done: str, **said: str
) -> ResponseReturnValue:
    """Show the page that asks, or do it and go back to the penalty."""
    way = url_for(".penalty", penalty_id=found.id)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                act(session)
        except Denied:
            raise
        except LoveMarketError as error:
            form.form_errors.append(sentence_of(error))
            status = status_of(error)
        else:
            flash(done, "good")
            return redirect(way)
    page = render_template("deeds/ask.html", form=form, penalty=found, facts=_facts(found), back_url=way, **said)
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
