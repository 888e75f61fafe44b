"""Pages of staff: who works at the village, in which roles; first and forgotten passwords; who left."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people import queries, service
from love_market.people.access import staff_guard
from love_market.people.forms import NewPasswordForm, RolesForm, StaffForm
from love_market.people.rules import OVERSEERS, Guard, PasswordTooWeak, Role, RolesClash, SignInNameTaken
from love_market.people.views.room import bp
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of
from love_market.web.forms import FormBase

KEEPERS = (Role.CHAIR, *OVERSEERS)


@bp.get("/v/<village_code>/staff")
def staff(village_code: str) -> str:
    """Who works at the village."""
    staff_guard(village_code, *KEEPERS)
    with reading() as session:
        people = queries.staff_at(session, village_code)
    return render_template("people/staff.html", people=people, village_code=village_code)


@bp.get("/v/<village_code>/staff/new")
def new_staff(village_code: str) -> str:
    """The form of somebody new."""
    staff_guard(village_code, *KEEPERS)
    return render_template("people/staff_form.html", form=StaffForm())


@bp.post("/v/<village_code>/staff/new")
def add_staff(village_code: str) -> ResponseReturnValue:
    """Add somebody with a sign-in, a first password and roles at this village."""
    guard = staff_guard(village_code, *KEEPERS)
    form = StaffForm()
    if not form.validate_on_submit():
        return render_template("people/staff_form.html", form=form), 422
    roles = frozenset(Role(role) for role in form.roles.data or ())
    try:
        with transaction() as session:
            service.check_may_give(guard, roles)
            service.add_staff(
                session,
                name=form.name.data or "",
                sign_in_name=form.sign_in_name.data or "",
                password=form.password.data or "",
                grants=[(village_code, role) for role in roles],
                at=now(),
                key=form.key_id,
            )
    except (SignInNameTaken, PasswordTooWeak, RolesClash) as error:
        fields = {"SignInNameTaken": form.sign_in_name, "RolesClash": form.roles}
        wrong = fields.get(type(error).__name__, form.password)
        wrong.errors = [*wrong.errors, sentence_of(error)]
        return render_template("people/staff_form.html", form=form), status_of(error)
    flash(_("%(name)s可以登录了。请当面把登录名和密码告诉他。", name=form.name.data), "good")
    return redirect(url_for("people.staff"))


@bp.get("/v/<village_code>/staff/<uuid:staff_id>")
def staff_member(village_code: str, staff_id: UUID) -> str:
    """One member of staff: roles, password, leaving."""
    guard = staff_guard(village_code, *KEEPERS)
    with reading() as session:
        record = queries.staff_member(session, guard, staff_id)
        form = _roles_form(session, guard, record)
    return _member_page(record, village_code, form)


@bp.post("/v/<village_code>/staff/<uuid:staff_id>")
def change_roles(village_code: str, staff_id: UUID) -> ResponseReturnValue:
    """Give somebody exactly the roles ticked."""
    guard = staff_guard(village_code, *KEEPERS)
    with reading() as session:
        record = queries.staff_member(session, guard, staff_id)
        form = _roles_form(session, guard, record)
    if not form.validate_on_submit():
        return _member_page(record, village_code, form), 422
    roles = frozenset(Role(role) for role in form.roles.data or ())
    try:
        with transaction() as session:
            service.set_roles(session, guard, staff_id, roles, at=now())
            service.set_grid(session, guard, staff_id, form.grid_name.data or "")
    except LoveMarketError as error:
        form.roles.errors = [*form.roles.errors, sentence_of(error)]
        return _member_page(record, village_code, form), status_of(error)
    flash(_("%(name)s的分工改好了。", name=record.name), "good")
    return redirect(url_for("people.staff"))


@bp.post("/v/<village_code>/staff/<uuid:staff_id>/password")
def reset_password(village_code: str, staff_id: UUID) -> ResponseReturnValue:
    """Give somebody a new password."""
    guard = staff_guard(village_code, *KEEPERS)
    form = NewPasswordForm()
    with reading() as session:
        record = queries.staff_member(session, guard, staff_id)
        held = _roles_form(session, guard, record, as_they_are=True)
    if not form.validate_on_submit():
        return _member_page(record, village_code, held, form), 422
    try:
        with transaction() as session:
            service.set_password(session, guard, staff_id, form.password.data or "", at=now())
    except LoveMarketError as error:
        form.password.errors = [*form.password.errors, sentence_of(error)]
        return _member_page(record, village_code, held, form), status_of(error)
    flash(_("%(name)s的密码重设了，他在各处的登录都退出了。请当面告诉他。", name=record.name), "good")
    return redirect(url_for("people.staff"))


@bp.get("/v/<village_code>/staff/<uuid:staff_id>/leave")
def staff_leaves(village_code: str, staff_id: UUID) -> str:
    """Ask once before somebody's work at the village ends."""
    guard = staff_guard(village_code, *KEEPERS)
    with reading() as session:
        record = queries.staff_member(session, guard, staff_id)
    titles = "、".join(_(role.label) for role in record.roles_here(village_code))
    return render_template(
        "web/confirm.html",
        title=_("%(name)s不在本村做了？", name=record.name),
        facts=[(_("登录名"), record.sign_in_name), (_("分工"), titles)],
        words=_("他马上不能再登录本村，正开着的页面也会退出。他经手的记录都留着，名字不变。"),
        form=FormBase(),
        verb=_("离任"),
        back_url=url_for("people.staff_member", staff_id=staff_id),
    )


@bp.post("/v/<village_code>/staff/<uuid:staff_id>/leave")
def leave_staff(village_code: str, staff_id: UUID) -> ResponseReturnValue:
    """End somebody's work at the village."""
    guard = staff_guard(village_code, *KEEPERS)
    if FormBase().validate_on_submit():
        with transaction() as session:
            service.leave(session, guard, staff_id, at=now())
        flash(_("已经离任。"), "good")
    return redirect(url_for("people.staff"))


def _roles_form(session: Session, guard: Guard, record: queries.StaffRecord, *, as_they_are: bool = False) -> RolesForm:
    """Return the form of somebody's roles, as sent, or ``as_they_are``."""
    grid_name = queries.grid_of(session, guard, record.id)
    held = {"roles": [role.value for role in record.roles_here(guard.village_code)], "grid_name": grid_name}
    form = RolesForm(formdata=None, data=held) if as_they_are else RolesForm(data=held)
    form.offer(queries.grid_names(session, guard), grid_name)
    return form


def _member_page(
    record: queries.StaffRecord, village_code: str, form: RolesForm, password_form: NewPasswordForm | None = None
) -> str:
    return render_template(
        "people/staff_member.html",
        record=record,
        form=form,
        password_form=password_form or NewPasswordForm(formdata=None),
        elsewhere=any(code != village_code for code, _role in record.grants),
    )
