"""Pages of one deed: what was told and shown, what to look at beside it, and the reviewers' words."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.deeds import queries, service
from love_market.deeds.forms import ActForm, PassForm, RefusalForm
from love_market.deeds.queries import DeedRecord
from love_market.deeds.rules import RECORDERS, REVIEWERS, STATES
from love_market.deeds.views.records import READERS
from love_market.deeds.views.room import bp
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now


@bp.get("/v/<village_code>/deeds/<uuid:deed_id>")
def deed(village_code: str, deed_id: UUID) -> str:
    """Show one deed with its photos, and to who reviews it the choice."""
    return _page(staff_guard(village_code, *READERS), deed_id)


def _page(guard: Guard, deed_id: UUID, *, refusal: RefusalForm | None = None, passing: PassForm | None = None) -> str:
    with reading() as session:
        found = queries.deed(session, guard, deed_id)
        kin = queries.is_kin(session, guard, found.household_id, found.claimant_id)
        waiting = queries.waiting(session, guard)
        waits, mine = (
            waiting.get(deed_id),
            [each.id for each in waiting.values() if guard.staff_id in each.circle.staff_ids],
        )
        return render_template(
            "deeds/deed.html",
            guard=guard,
            deed=found,
            room=queries.room_under_cap(session, guard, found),
            next_one=next((each for each in mine if each != deed_id), None),
            waits=waits,
            own=found.recorded_by is not None and found.recorded_by == guard.staff_id,
            kin=kin,
            may_review=deed_id in mine,
            may_record=bool(guard.roles & RECORDERS),
            again_of=queries.deed(session, guard, found.again_of) if found.again_of else None,
            marks=queries.marks(session, guard, found) if found.state == "claimed" else (),
            states=STATES,
            act=ActForm(),
            passing=passing or PassForm(formdata=None),
            refusal=refusal or RefusalForm(formdata=None),
        )


@bp.post("/v/<village_code>/deeds/<uuid:deed_id>/first-review")
def first_review(village_code: str, deed_id: UUID) -> ResponseReturnValue:
    """Let a deed pass its first review."""
    guard = staff_guard(village_code, *REVIEWERS)
    return _passed(guard, deed_id, service.first_review, _("初审过了，等复核。"))


@bp.post("/v/<village_code>/deeds/<uuid:deed_id>/accept")
def accept(village_code: str, deed_id: UUID) -> ResponseReturnValue:
    """Accept a deed."""
    guard = staff_guard(village_code, *REVIEWERS)
    return _passed(guard, deed_id, service.accept, _("认可了。"))


@bp.post("/v/<village_code>/deeds/<uuid:deed_id>/refuse")
def refuse(village_code: str, deed_id: UUID) -> ResponseReturnValue:
    """Refuse a deed with a reason."""
    guard = staff_guard(village_code, *REVIEWERS)
    form = RefusalForm()
    if not form.validate_on_submit():
        return _page(guard, deed_id, refusal=form), 422
    return _done(guard, deed_id, form, service.refuse, _("退回了，原因已写给报的人。"), reason=form.reason.data)


@bp.post("/v/<village_code>/deeds/<uuid:deed_id>/withdraw")
def withdraw(village_code: str, deed_id: UUID) -> ResponseReturnValue:
    """Withdraw an own deed that nobody has reviewed."""
    guard = staff_guard(village_code, *RECORDERS)
    return _done(guard, deed_id, ActForm(), service.withdraw, _("撤回了，这件事不计分。"))


def _passed(guard: Guard, deed_id: UUID, act: Callable[..., DeedRecord], told: str) -> ResponseReturnValue:
    """Let a reviewer pass a deed, who has looked at whatever was pointed out."""
    form = PassForm()
    with reading() as session:
        found = queries.deed(session, guard, deed_id)
        doubted = found.state == "claimed" and any(each.is_doubt for each in queries.marks(session, guard, found))
    if doubted and not form.looked.data:
        form.looked.errors = [_("上面提醒的事，请先看一看，再勾上“看过了”。")]
        return _page(guard, deed_id, passing=form), 422
    return _done(guard, deed_id, form, act, told)


def _done(
    guard: Guard,
    deed_id: UUID,
    form: ActForm | PassForm | RefusalForm,
    act: Callable[..., DeedRecord],
    told: str,
    **values: Any,  # noqa: ANN401 what the act takes
) -> ResponseReturnValue:
    if form.validate_on_submit():
        with transaction() as session:
            act(session, guard, deed_id, at=now(), **values)
        flash(told, "good")
    return redirect(url_for(".deed", deed_id=deed_id))
