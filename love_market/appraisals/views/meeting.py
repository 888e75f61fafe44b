"""The panel's meeting as it goes: begun, who is here, what is voted on; every tap is kept at once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from love_market.appraisals import queries, service
from love_market.appraisals.forms import AskForm, MeetingForm, NoteForm
from love_market.appraisals.queries import Item, Sitting
from love_market.appraisals.rules import LIST, Act, step
from love_market.appraisals.service.deliberation import is_chair
from love_market.appraisals.views.room import WRITERS, bp
from love_market.appraisals.views.votes import about_of, id_told, key_of, votes_told
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now

Doing = Callable[[Session, Guard, Quarter, AskForm], str | None]
"""What a press does; it may return words to say."""


@bp.get("/v/<village_code>/quarters/<quarter>/meeting")
def hold_meeting(village_code: str, quarter: str) -> str:
    """The meeting that goes on, or the form that begins one."""
    guard = staff_guard(village_code, *WRITERS)
    return _page(guard, Quarter.parse(quarter), AskForm())


@bp.route("/v/<village_code>/quarters/<quarter>/meeting/begin", methods=["GET", "POST"])
def begin_meeting(village_code: str, quarter: str) -> ResponseReturnValue:
    """Begin the meeting; while it goes on, put right what was said of it."""
    guard = staff_guard(village_code, *WRITERS)
    form = MeetingForm()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        meeting = queries.meeting_going_on(session, guard, found.id)
    _offer_chairs(guard, form)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        told: dict[str, Any] = {
            "held_on": form.held_on.data,
            "place_name": form.place_name.data or "",
            "chaired_by": UUID(form.chaired_by.data) if form.chaired_by.data else None,
            "at": now(),
        }
        try:
            with transaction() as session:
                if meeting is None:
                    service.begin(session, guard, found.quarter, key=form.key_id, **told)
                else:
                    service.amend(session, guard, found.quarter, **told)
            return redirect(url_for("appraisals.hold_meeting", quarter=found.quarter))
        except LoveMarketError as error:
            status = form.refuse(error)
    elif request.method != "POST":
        step(Act.MEET, found.state)
        if meeting is not None:
            form.held_on.data, form.place_name.data = meeting.held_on, meeting.place_name
            form.chaired_by.data = str(meeting.chaired_by or "")
    return render_template("appraisals/meeting_begin.html", form=form, found=found, meeting=meeting), status


def _offer_chairs(guard: Guard, form: MeetingForm) -> None:
    with reading() as session:
        panel = people.panel(session, guard)
    form.chaired_by.choices = [SelectChoice("", _("不记")), *(SelectChoice(str(one.id), one.name) for one in panel)]
    if request.method != "POST":
        form.held_on.data = village_date(now())
        form.chaired_by.data = next((str(one.id) for one in panel if is_chair(guard, one)), "")


@bp.post("/v/<village_code>/quarters/<quarter>/meeting/present")
def attend_meeting(village_code: str, quarter: str) -> ResponseReturnValue:
    """Note that somebody is here, or is not: ``in`` or ``out`` holds the staff id."""

    def mark(session: Session, guard: Guard, wanted: Quarter, _form: AskForm) -> None:
        here = "in" in request.form
        staff_id = id_told(request.form.get("in" if here else "out", ""))
        service.attend(session, guard, wanted, staff_id, here=here)

    return _press(village_code, quarter, mark)


@bp.post("/v/<village_code>/quarters/<quarter>/meeting/card")
def attend_by_card(village_code: str, quarter: str) -> ResponseReturnValue:
    """Note that the member of the panel whose household's card was scanned is here."""

    def scan(session: Session, guard: Guard, wanted: Quarter, _form: AskForm) -> str:
        name = service.attend_by_card(session, guard, wanted, request.form.get("code", ""))
        return _("%(name)s 到了。", name=name)

    return _press(village_code, quarter, scan)


@bp.post("/v/<village_code>/quarters/<quarter>/meeting/vote")
def vote(village_code: str, quarter: str) -> ResponseReturnValue:
    """Take the votes on one item."""

    def count(session: Session, guard: Guard, wanted: Quarter, form: AskForm) -> None:
        about, seen = about_of(request.form.get("about", "")), request.form.get("seen", "")
        service.vote(
            session,
            guard,
            wanted,
            about,
            votes=votes_told(),
            key=form.key_id,
            at=now(),
            seen=int(seen) if seen.isdecimal() else None,
        )

    return _press(village_code, quarter, count)


@bp.post("/v/<village_code>/quarters/<quarter>/meeting/note")
def note_meeting(village_code: str, quarter: str) -> ResponseReturnValue:
    """Write down what was said."""

    def write(session: Session, guard: Guard, wanted: Quarter, form: AskForm) -> str:
        meeting_id = service.going_on(session, guard, wanted)[1].id
        said = request.form.get("words", "")
        service.add_note(session, guard, meeting_id, words=said, key=form.key_id, at=now())
        return _("记下了，会写进会议记录。")

    return _press(village_code, quarter, write)


@bp.post("/v/<village_code>/quarters/<quarter>/meeting/drop/<uuid:proposal_id>")
def drop_proposal(village_code: str, quarter: str, proposal_id: UUID) -> ResponseReturnValue:
    """Take a proposal off the agenda again."""
    return _press(
        village_code,
        quarter,
        lambda session, guard, wanted, _form: service.drop_proposal(session, guard, wanted, proposal_id),
    )


@bp.post("/v/<village_code>/quarters/<quarter>/meeting/close")
def close_meeting(village_code: str, quarter: str) -> ResponseReturnValue:
    """Close the meeting: the list is decided, the minutes are there to print."""

    def end(session: Session, guard: Guard, wanted: Quarter, form: AskForm) -> str:
        service.close(session, guard, wanted, key=form.key_id, at=now())
        return _("散会了，名单定下来了。请把会议记录打出来，到会的人签字。")

    return _press(village_code, quarter, end, onward="appraisals.minutes")


def _press(
    village_code: str, quarter: str, doing: Doing, onward: str = "appraisals.hold_meeting"
) -> ResponseReturnValue:
    """Do one thing and show the meeting again, with what was refused and what was typed where it was."""
    guard, wanted = staff_guard(village_code, *WRITERS), Quarter.parse(quarter)
    form = AskForm()
    if not form.validate_on_submit():
        return _page(guard, wanted, form), 422
    try:
        with transaction() as session:
            said = doing(session, guard, wanted, form)
    except LoveMarketError as error:
        status = form.refuse(error)
        return _page(guard, wanted, form, error), status
    if said:
        flash(said, "good")
    return redirect(url_for(onward, quarter=wanted))


def _page(guard: Guard, wanted: Quarter, form: AskForm, refused: LoveMarketError | None = None) -> str:
    with reading() as session:
        found = queries.appraisal(session, guard, wanted)
        sitting = queries.sitting(session, guard, found.id)
        names = people.staff_names(session, [one for one in _officers(sitting) if one])
    if sitting is None:
        if refused is not None:
            raise refused
        step(Act.MEET, found.state)
        begin = MeetingForm()
        _offer_chairs(guard, begin)
        return render_template("appraisals/meeting_begin.html", form=begin, found=found, meeting=None)
    current = _current(sitting)
    return render_template(
        "appraisals/meeting.html",
        form=form,
        fresh=AskForm(formdata=None),
        note=NoteForm(formdata=None),
        found=found,
        sitting=sitting,
        names=names,
        current=current,
        key_of=key_of,
        told=request.form if current and request.form.get("about") == key_of(current.about) else {},
        LIST=LIST,
        has_kin="people.kin" in current_app.view_functions,
    )


def _officers(sitting: Sitting | None) -> tuple[UUID | None, ...]:
    return (sitting.meeting.chaired_by, sitting.meeting.written_by) if sitting else ()


def _current(sitting: Sitting) -> Item | None:
    """Return the item asked for, or the first that waits."""
    if not sitting.is_enough:
        return None
    asked = request.values.get("item") or request.form.get("about")
    found = next((item for item in sitting.items if key_of(item.about) == asked), None)
    if found is not None and (request.method == "GET" or not found.is_done):
        return found
    return next(iter(sitting.open_items), None)
