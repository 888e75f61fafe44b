"""A household's own pages of what it claimed: the list, one claim with what became of it, taking it back."""

from uuid import UUID

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from love_market.db import reading, transaction
from love_market.deeds import queries, service
from love_market.deeds.forms import ActForm
from love_market.deeds.views.files import photo_of, sound_of
from love_market.deeds.views.room import bp
from love_market.people.access import household_guard
from love_market.web.clock import now


@bp.get("/my/deeds")
def claims() -> str:
    """List what the household claimed, the newest first, and what became of it."""
    guard = household_guard()
    with reading() as session:
        return render_template(
            "deeds/claims.html",
            deeds=queries.claims(session, guard),
            waiting=queries.waiting(session, guard, household_id=guard.household_id),
            has_rules=queries.current_version(session, guard) is not None,
            home=guard.household_id,
            guard=guard,
        )


@bp.get("/my/deeds/<uuid:deed_id>")
def claimed(deed_id: UUID) -> str:
    """Show one claim: what was told, who looks at it now, and why it was refused."""
    guard = household_guard()
    with reading() as session:
        deed = queries.claim(session, guard, deed_id)
        waits = deed.state == "claimed"
        return render_template(
            "deeds/claimed.html",
            guard=guard,
            deed=deed,
            waiting=queries.waiting(session, guard, household_id=guard.household_id),
            marks=queries.marks(session, guard, deed) if waits else (),
            may_withdraw=waits and deed.claimant_id == guard.household_id and deed.first_reviewed_by is None,
            act=ActForm(),
        )


@bp.post("/my/deeds/<uuid:deed_id>/withdraw")
def take_back(deed_id: UUID) -> ResponseReturnValue:
    """Withdraw a claim that nobody has looked at."""
    guard = household_guard()
    if ActForm().validate_on_submit():
        with transaction() as session:
            queries.claim(session, guard, deed_id)
            service.withdraw(session, guard, deed_id, at=now())
    return redirect(url_for(".claimed", deed_id=deed_id))


@bp.get("/my/deeds/<uuid:deed_id>/photos/<int:position>")
def claimed_photo(deed_id: UUID, position: int) -> Response:
    """Send one photo of an own claim."""
    guard = household_guard()
    with reading() as session:
        deed = queries.claim(session, guard, deed_id)
    return photo_of(guard, deed, position)


@bp.get("/my/deeds/<uuid:deed_id>/sound")
def claimed_sound(deed_id: UUID) -> Response:
    """Send the spoken words of an own claim."""
    guard = household_guard()
    with reading() as session:
        deed = queries.claim(session, guard, deed_id)
    return sound_of(guard, deed)
