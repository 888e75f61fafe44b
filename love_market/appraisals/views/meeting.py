"""The panel's meeting: who came, the votes, kin's households apart; and the minutes to print."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from love_market.appraisals import queries, service
from love_market.appraisals.forms import MeetingForm
from love_market.appraisals.queries import AppraisalRecord, NoticeRow
from love_market.appraisals.rules import Act, Votes, quorum_of, step
from love_market.appraisals.rules.refusals import NotDeliberating, VotesDoNotAddUp
from love_market.appraisals.views.room import READERS, WRITERS, bp
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.people.queries import KinshipRecord, StaffRecord
from love_market.people.rules import Guard
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

_MOST_DIGITS = 4

LIST = "list"
"""What the vote on the whole list is called among the form's fields; a household's goes by its id."""


@bp.route("/v/<village_code>/quarters/<quarter>/meeting", methods=["GET", "POST"])
def hold_meeting(village_code: str, quarter: str) -> ResponseReturnValue:
    """Name who is present, count the votes, and record the meeting."""
    guard = staff_guard(village_code, *WRITERS)
    form = MeetingForm()
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        panel = people.panel(session, guard)
        kin = queries.kin_of_panel(session, guard)
        rows = {row.household_id: row for row in queries.frozen_rows(session, guard, found.id)}
    kin = [one for one in kin if one.household_id in rows]
    if form.held_on.data is None and request.method != "POST":
        form.held_on.data = village_date(now())
    status = 200
    if form.validate_on_submit():
        try:
            _hold(guard, found, form, kin)
            return redirect(url_for("appraisals.minutes", quarter=found.quarter))
        except LoveMarketError as error:
            form.form_errors.append(sentence_of(error))
            status = status_of(error)
    elif request.method == "POST":
        status = 422
    else:
        step(Act.MEET, found.state)
    return _page(found, form, panel, kin, rows), status


def _page(
    found: AppraisalRecord,
    form: MeetingForm,
    panel: Sequence[StaffRecord],
    kin: Sequence[KinshipRecord],
    rows: Mapping[UUID, NoticeRow],
) -> str:
    apart: dict[UUID, list[KinshipRecord]] = {}
    for one in kin:
        apart.setdefault(one.household_id, []).append(one)
    return render_template(
        "appraisals/meeting.html",
        form=form,
        found=found,
        panel=panel,
        quorum=quorum_of(len(panel)),
        apart=apart,
        rows=rows,
        points=sum(row.points for row in rows.values()),
        present=set(request.form.getlist("present")),
        told=request.form,
    )


def _hold(guard: Guard, found: AppraisalRecord, form: MeetingForm, kin: Sequence[KinshipRecord]) -> None:
    present = {UUID(staff_id) for staff_id in request.form.getlist("present")}
    apart = {one.household_id for one in kin if one.staff_id in present}
    with transaction() as session:
        service.hold_meeting(
            session,
            guard,
            found.quarter,
            key=form.key_id,
            held_on=form.held_on.data or village_date(now()),
            present=present,
            votes=votes_told(LIST),
            recusals={household_id: votes_told(str(household_id)) for household_id in apart},
            at=now(),
            place_name=form.place_name.data or "",
            note=form.note.data or "",
        )


def votes_told(about: str) -> Votes:
    """Return the votes told on the list or on one household; an empty field is 0."""
    counts: list[int] = []
    for kind in ("for", "against", "abstained"):
        text = request.form.get(f"{kind}-{about}", "").strip() or "0"
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            raise VotesDoNotAddUp(words("票数“{text}”不是整数。请用数字填写。"), text=text[:12])
        counts.append(int(text))
    return Votes(*counts)


@bp.get("/v/<village_code>/quarters/<quarter>/minutes")
def minutes(village_code: str, quarter: str) -> ResponseReturnValue:
    """The minutes of the meeting, to read and to print."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        found = queries.appraisal(session, guard, Quarter.parse(quarter))
        held = queries.meeting(session, guard, found.id)
        rows: dict[UUID, Any] = {row.household_id: row for row in queries.frozen_rows(session, guard, found.id)}
        households = people.households_by_id(session, guard, rows)
        kin = queries.kin_of_panel(session, guard)
    if held is None:
        raise NotDeliberating(words("这个季度还没有记评议会。"))
    return render_template("appraisals/minutes.html", found=found, held=held, rows=rows, households=households, kin=kin)
