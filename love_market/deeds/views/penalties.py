"""Pages of penalties for the village's staff: the list, recording one with proof, one with its way, its slip."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from love_market.clock import village_date
from love_market.db import reading, transaction
from love_market.deeds import evidence, papers, queries, service
from love_market.deeds.forms import PenaltyForm, ProofForm
from love_market.deeds.queries import PenaltyRecord, RuleRecord
from love_market.deeds.rules import DECIDERS, RECORDERS, PenaltyAct, PenaltyState, next_state, times_for
from love_market.deeds.views.photos import send_photo
from love_market.deeds.views.records import READERS
from love_market.deeds.views.room import bp, photo_folder
from love_market.errors import Denied, LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now

_SHOWN: Mapping[str, Callable[[PenaltyRecord, datetime], bool]] = {
    "noted": lambda one, _at: one.state is PenaltyState.NOTED,
    "recorded": lambda one, _at: one.state is PenaltyState.RECORDED,
    "replied": lambda one, _at: one.state is PenaltyState.REPLIED,
    "silent": lambda one, at: one.state is PenaltyState.TOLD and one.is_over(at),
}
"""What the list may be narrowed to: penalties that wait for proof, their slip, a decision after a reply or none."""


@bp.get("/v/<village_code>/penalties")
def penalties(village_code: str) -> str:
    """List the village's penalties: those that wait, the longest waiting first, then those decided.

    ``show`` narrows it to what waits for one thing (see ``_SHOWN``); where nothing does any more it is whole again.
    """
    guard, at, show = staff_guard(village_code, *READERS), now(), request.args.get("show", "")
    with reading() as session:
        page = queries.penalties(session, guard, before=request.args.get("before", ""))
        mine = queries.next_to_decide(session, guard, at) if guard.roles & DECIDERS else None
    shown = [one for one in page.waiting if show in _SHOWN and _SHOWN[show](one, at)]
    return render_template(
        "deeds/penalties.html",
        page=replace(page, waiting=shown, decided=(), before=None) if shown else page,
        narrowed=bool(shown),
        mine=mine,
        at=at,
        may_record=bool(guard.roles & RECORDERS),
    )


@bp.route("/v/<village_code>/penalties/new", methods=["GET", "POST"])
def new_penalty(village_code: str) -> ResponseReturnValue:
    """Record a penalty; ``household``, ``rule`` (its code) and ``points`` in the address fill the form in."""
    guard = staff_guard(village_code, *RECORDERS)
    with reading() as session:
        version = queries.current_version(session, guard)
        if version is None:
            return redirect(url_for(".rules"))
        rules = {str(rule.id): rule for rule in queries.rules(session, guard, version.id) if rule.points < 0}
        households = queries.household_choices(session, guard)
    form = PenaltyForm(**_asked(list(rules.values())))
    form.offer(households, list(rules.values()))
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        rule = rules[form.rule.data]
        try:
            photos = evidence.keep(photo_folder(guard), form.uploads())
            with transaction() as session:
                made = service.record_penalty(
                    session,
                    guard,
                    form.shown(rule, photos),
                    key=form.key_id,
                    household_id=form.household_id,
                    rule_id=rule.id,
                    at=now(),
                )
        except Denied:
            raise
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            return redirect(url_for(".penalty", penalty_id=made.id, recorded=1))
    return _proof_page(form, list(rules.values()), households=_offered(households)), status


def _asked(rules: list[RuleRecord]) -> dict[str, Any]:
    """Return what the address asks the form to begin with."""
    asked: dict[str, Any] = {"happened_on": village_date(now())}
    rule = next((one for one in rules if one.code == request.args.get("rule")), None)
    size = abs(request.args.get("points", 0, type=int))
    if rule is not None:
        asked |= {"rule": str(rule.id), "times": times_for(rule, -size) if size else 1}
    return asked | {"household": request.args.get("household", ""), "size": size or None}


def _offered(households: Any) -> list[dict[str, Any]]:  # noqa: ANN401 choices as JSON
    return [
        {
            "id": str(one.id),
            "number": one.number,
            "name": one.head_name,
            "group": one.group_name,
            "members": one.members,
        }
        for one in households
    ]


@bp.route("/v/<village_code>/penalties/<uuid:penalty_id>/proof", methods=["GET", "POST"])
def show_proof(village_code: str, penalty_id: UUID) -> ResponseReturnValue:
    """Complete a penalty that came with a workbook: which day, what happened, on what proof."""
    guard = staff_guard(village_code, *RECORDERS)
    with reading() as session:
        found = queries.penalty(session, guard, penalty_id)
    form = ProofForm(times=found.times, size=-found.points)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            photos = evidence.keep(photo_folder(guard), form.uploads())
            with transaction() as session:
                service.show_proof(session, guard, penalty_id, form.shown(found.rule, photos), at=now())
        except Denied:
            raise
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            return redirect(url_for(".penalty", penalty_id=penalty_id, recorded=1))
    elif request.method == "GET":
        next_state(PenaltyAct.SHOW, found.state)
    return _proof_page(form, [found.rule], penalty=found), status


def _proof_page(form: ProofForm, rules: list[RuleRecord], **values: Any) -> str:  # noqa: ANN401 what the template takes
    told = {str(one.id): {"points": one.points, "evidence": one.evidence} for one in rules}
    today = village_date(now())
    return render_template(
        "deeds/penalty_form.html",
        form=form,
        rules=rules,
        told=told,
        today=today,
        most_photos=evidence.MOST_PHOTOS,
        **values,
    )


@bp.get("/v/<village_code>/penalties/<uuid:penalty_id>")
def penalty(village_code: str, penalty_id: UUID) -> str:
    """Show one penalty: what was told and shown, how far it is, and what can be done next."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        found = queries.penalty(session, guard, penalty_id)
        kin = queries.is_kin(session, guard, found.household_id)
    own = guard.staff_id in {found.noted_by, found.recorded_by}
    reviews = bool(guard.roles & DECIDERS)
    return render_template(
        "deeds/penalty.html",
        penalty=found,
        at=now(),
        kin=kin,
        own=own,
        may_record=bool(guard.roles & RECORDERS),
        may_decide=reviews and not own and not kin and found.told_at is not None and found.is_open,
        may_drop=found.told_at is None and found.is_open and (own or reviews),
    )


@bp.get("/v/<village_code>/penalties/<uuid:penalty_id>/slip.pdf")
def penalty_slip(village_code: str, penalty_id: UUID) -> Response:
    """Send the slip to print and hand over."""
    guard = staff_guard(village_code, *RECORDERS)
    with reading() as session:
        found = queries.penalty(session, guard, penalty_id)
        paper = papers.penalty_slip(session, guard, penalty_id, at=now())
    return send_file(BytesIO(paper), "application/pdf", download_name=f"扣分告知单 {found.household_number}.pdf")


@bp.get("/v/<village_code>/penalties/<uuid:penalty_id>/photos/<int:position>")
def penalty_photo(village_code: str, penalty_id: UUID, position: int) -> Response:
    """Send one photo of a penalty to the village's own staff."""
    return photo_of(staff_guard(village_code, *RECORDERS), penalty_id, position)


def photo_of(guard: Guard, penalty_id: UUID, position: int) -> Response:
    """Return the answer with a photo of a penalty that the guard may see."""
    with reading() as session:
        found: PenaltyRecord = queries.penalty(session, guard, penalty_id)
    photo = next((one for one in found.photos if one.position == position), None)
    if photo is None:
        raise evidence.PhotoLost(words("这条扣分没有第 {position} 张照片。"), position=position)
    return send_photo(photo_folder(guard), photo.sha256)
