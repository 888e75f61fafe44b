"""Pages of vetoes (一票否决): who has one and until when, writing one down, the second person's word, lifting one."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.clock import village_date
from love_market.db import reading, transaction
from love_market.deeds import queries, service
from love_market.deeds.forms import ActForm, ReasonForm, VetoForm
from love_market.deeds.rules import VETO_JUDGES, VETO_RECORDERS, VETO_STATES
from love_market.deeds.views.room import bp
from love_market.errors import Denied, LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now

READERS = tuple(VETO_JUDGES)


@bp.get("/v/<village_code>/vetoes")
def vetoes(village_code: str) -> str:
    """List the village's vetoes, those that end last first."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        found = queries.vetoes_of_village(session, guard, village_date(now()))
        standing = queries.current_version(session, guard)
        rules = queries.veto_rules(session, guard, standing.id) if standing else ()
    return render_template(
        "deeds/vetoes.html",
        vetoes=found,
        rules=rules,
        states=VETO_STATES,
        may_record=bool(guard.roles & VETO_RECORDERS),
    )


@bp.route("/v/<village_code>/vetoes/new", methods=["GET", "POST"])
def new_veto(village_code: str) -> ResponseReturnValue:
    """Write a veto down."""
    guard = staff_guard(village_code, *VETO_RECORDERS)
    with reading() as session:
        standing = queries.current_version(session, guard)
        rules = queries.veto_rules(session, guard, standing.id) if standing else ()
        households = queries.household_choices(session, guard)
    if not rules:
        return redirect(url_for(".vetoes"))
    form = VetoForm(found_on=village_date(now()))
    form.offer(households, rules)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = service.record_veto(
                    session,
                    guard,
                    key=form.key_id,
                    household_id=form.household_id,
                    rule_id=form.rule_id,
                    found_on=form.day,
                    document=form.document.data or "",
                    at=now(),
                )
        except Denied:
            raise
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            flash(_("记下了。要由另一个人确认，确认以前不算数。"), "good")
            return redirect(url_for(".veto", veto_id=made.id))
    return render_template("deeds/veto_form.html", form=form, rules=rules), status


@bp.get("/v/<village_code>/vetoes/<uuid:veto_id>")
def veto(village_code: str, veto_id: UUID) -> str:
    """Show one veto, and what can be done about it."""
    return _page(staff_guard(village_code, *READERS), veto_id, ReasonForm())


def _page(guard: Guard, veto_id: UUID, form: ReasonForm) -> str:
    with reading() as session:
        found = queries.veto(session, guard, veto_id, village_date(now()))
        kin = queries.is_kin(session, guard, found.household_id)
    own = found.recorded_by == guard.staff_id
    return render_template(
        "deeds/veto.html",
        veto=found,
        states=VETO_STATES,
        own=own,
        kin=kin,
        may_judge=found.state == "waiting" and bool(guard.roles & VETO_JUDGES) and not own and not kin,
        may_lift=found.state == "in_force" and bool(guard.roles & VETO_RECORDERS) and not kin,
        act=ActForm(),
        form=form,
    )


@bp.post("/v/<village_code>/vetoes/<uuid:veto_id>/confirm")
def confirm_veto(village_code: str, veto_id: UUID) -> ResponseReturnValue:
    """Confirm a veto as its second person."""
    guard = staff_guard(village_code, *VETO_JUDGES)
    if ActForm().validate_on_submit():
        with transaction() as session:
            service.judge_veto(session, guard, veto_id, confirmed=True, at=now())
        flash(_("认定了，到期自己解除。请当面告诉这一户，不服可以申诉。"), "good")
    return redirect(url_for(".veto", veto_id=veto_id))


@bp.post("/v/<village_code>/vetoes/<uuid:veto_id>/refuse")
def refuse_veto(village_code: str, veto_id: UUID) -> ResponseReturnValue:
    """Turn a veto down with a reason."""
    guard, form = staff_guard(village_code, *VETO_JUDGES), ReasonForm()
    if not form.validate_on_submit():
        return _page(guard, veto_id, form), 422
    with transaction() as session:
        service.judge_veto(session, guard, veto_id, confirmed=False, reason=form.reason.data or "", at=now())
    flash(_("没有认定，原因留着。"), "good")
    return redirect(url_for(".veto", veto_id=veto_id))


@bp.post("/v/<village_code>/vetoes/<uuid:veto_id>/lift")
def lift_veto(village_code: str, veto_id: UUID) -> ResponseReturnValue:
    """Lift a veto, on appeal or because it was wrong."""
    guard, form = staff_guard(village_code, *VETO_RECORDERS), ReasonForm()
    if not form.validate_on_submit():
        return _page(guard, veto_id, form), 422
    with transaction() as session:
        service.lift_veto(session, guard, veto_id, reason=form.reason.data or "", at=now())
    flash(_("撤销了，从现在起不算数。"), "good")
    return redirect(url_for(".veto", veto_id=veto_id))
