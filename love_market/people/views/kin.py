"""The page of kin: who of those who review, decide or vote is of, or kin to, which household, and so recuses."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from love_market.db import reading, transaction
from love_market.people import queries, service
from love_market.people.access import staff_guard
from love_market.people.forms import KinshipForm
from love_market.people.rules import COMMITTEE, Guard
from love_market.people.views.room import bp
from love_market.web.forms import FormBase

KEEPERS = tuple(COMMITTEE)


@bp.get("/v/<village_code>/kin")
def kin(village_code: str) -> str:
    """Who recuses at which household."""
    guard = staff_guard(village_code, *KEEPERS)
    chosen = {"staff_id": request.args.get("staff"), "household_id": request.args.get("household")}
    return _page(guard, KinshipForm(data={name: value for name, value in chosen.items() if value}))


@bp.post("/v/<village_code>/kin")
def add_kin(village_code: str) -> ResponseReturnValue:
    """Note that somebody who judges is of, or kin to, a household."""
    guard = staff_guard(village_code, *KEEPERS)
    form = KinshipForm()
    _fill(guard, form)
    if not form.validate_on_submit():
        return _page(guard, form), 422
    with transaction() as session:
        service.add_kinship(
            session,
            guard,
            staff_id=UUID(form.staff_id.data),
            household_id=UUID(form.household_id.data),
            relation=form.relation.data or "",
            key=form.key_id,
        )
    flash(_("记下了。评到这一户时，他要回避。"), "good")
    return redirect(url_for("people.kin"))


@bp.post("/v/<village_code>/kin/<uuid:kinship_id>/remove")
def remove_kin(village_code: str, kinship_id: UUID) -> ResponseReturnValue:
    """Strike a note of kin."""
    guard = staff_guard(village_code, *KEEPERS)
    if FormBase().validate_on_submit():
        with transaction() as session:
            service.remove_kinship(session, guard, kinship_id)
        flash(_("划掉了。"), "good")
    return redirect(url_for("people.kin"))


def _fill(guard: Guard, form: KinshipForm) -> None:
    with reading() as session:
        judges = queries.judges(session, guard)
        households = queries.households(session, guard)
    form.staff_id.choices = [SelectChoice("", _("请选")), *(SelectChoice(str(each.id), each.name) for each in judges)]
    form.household_id.choices = [
        SelectChoice("", _("请选")),
        *(
            SelectChoice(str(each.id), f"{each.number} {each.head_name} {each.group_name}".strip())
            for each in households
        ),
    ]


def _page(guard: Guard, form: KinshipForm) -> str:
    _fill(guard, form)
    with reading() as session:
        kinships = queries.kinships(session, guard)
    return render_template("people/kin.html", form=form, strike=FormBase(formdata=None), kinships=kinships)
