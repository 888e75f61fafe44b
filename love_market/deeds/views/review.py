"""Pages of one deed: what was told and shown, and the second person's word."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.deeds import evidence, queries, service
from love_market.deeds.forms import ActForm, RefusalForm
from love_market.deeds.queries import DeedRecord
from love_market.deeds.rules import RECORDERS, REVIEWERS, STATES
from love_market.deeds.views.photos import send_photo
from love_market.deeds.views.records import READERS
from love_market.deeds.views.room import bp, photo_folder
from love_market.errors import words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now


@bp.get("/v/<village_code>/deeds/<uuid:deed_id>")
def deed(village_code: str, deed_id: UUID) -> str:
    """Show one deed with its photos, and to a second person the choice."""
    return _page(staff_guard(village_code, *READERS), deed_id, RefusalForm())


def _page(guard: Guard, deed_id: UUID, refusal: RefusalForm) -> str:
    with reading() as session:
        found = queries.deed(session, guard, deed_id)
        kin = queries.is_kin(session, guard, found.household_id)
        room = queries.room_under_cap(session, guard, found)
        reviews = bool(guard.roles & REVIEWERS)
        waiting = queries.next_to_review(session, guard) if reviews else None
    waits, own = found.state == "claimed", found.recorded_by == guard.staff_id
    return render_template(
        "deeds/deed.html",
        deed=found,
        room=room,
        waiting=waiting,
        waits=waits,
        own=own,
        kin=kin,
        may_review=waits and reviews and not own and not kin,
        reviews=reviews,
        may_record=bool(guard.roles & RECORDERS),
        states=STATES,
        act=ActForm(),
        refusal=refusal,
    )


@bp.post("/v/<village_code>/deeds/<uuid:deed_id>/accept")
def accept(village_code: str, deed_id: UUID) -> ResponseReturnValue:
    """Accept a deed."""
    guard = staff_guard(village_code, *REVIEWERS)
    return _done(guard, deed_id, ActForm(), service.accept, _("认可了，这件事计分。"))


@bp.post("/v/<village_code>/deeds/<uuid:deed_id>/refuse")
def refuse(village_code: str, deed_id: UUID) -> ResponseReturnValue:
    """Refuse a deed with a reason."""
    guard = staff_guard(village_code, *REVIEWERS)
    form = RefusalForm()
    if not form.validate_on_submit():
        return _page(guard, deed_id, form), 422
    return _done(guard, deed_id, form, service.refuse, _("退回了，原因已写给记的人。"), reason=form.reason.data)


@bp.post("/v/<village_code>/deeds/<uuid:deed_id>/withdraw")
def withdraw(village_code: str, deed_id: UUID) -> ResponseReturnValue:
    """Withdraw an own deed that nobody has reviewed."""
    guard = staff_guard(village_code, *RECORDERS)
    return _done(guard, deed_id, ActForm(), service.withdraw, _("撤回了，这件事不计分。"))


def _done(
    guard: Guard,
    deed_id: UUID,
    form: ActForm | RefusalForm,
    act: Callable[..., DeedRecord],
    told: str,
    **values: Any,  # noqa: ANN401 what the act takes
) -> ResponseReturnValue:
    if form.validate_on_submit():
        with transaction() as session:
            act(session, guard, deed_id, at=now(), **values)
        flash(told, "good")
    return redirect(url_for(".deed", deed_id=deed_id))


@bp.get("/v/<village_code>/deeds/<uuid:deed_id>/photos/<int:position>")
def photo(village_code: str, deed_id: UUID, position: int) -> Response:
    """Send one photo of a deed to the village's own staff; nobody else keeps it."""
    guard = staff_guard(village_code, *RECORDERS)
    with reading() as session:
        photos = queries.deed(session, guard, deed_id).photos
    found = next((each for each in photos if each.position == position), None)
    if found is None:
        raise evidence.PhotoLost(words("这件好事没有第 {position} 张照片。"), position=position)
    return send_photo(photo_folder(guard), found.sha256)
