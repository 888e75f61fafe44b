"""The papers of objections from the books: blank forms, one that was entered, the written reply."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.papers.quarter import REPLY_DAYS, committee_name
from love_market.appraisals.queries import AppraisalRecord
from love_market.appraisals.rules.refusals import NoReplyYet
from love_market.appraisals.sheet import (
    ObjectedRow,
    ObjectionText,
    RaisedObjection,
    lay_out_objection,
    lay_out_objection_forms,
    lay_out_reply,
)
from love_market.clock import Quarter
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.places import queries as places


def objection_forms(session: Session, guard: Guard, quarter: Quarter, *, first: int, count: int, at: datetime) -> bytes:
    """Return the PDF of ``count`` blank forms for objections to a notice, numbered from ``first``.

    Raises ``NoAppraisal`` before it is published.
    """
    found = queries.notice(session, guard, quarter).appraisal
    numbers = [f"{quarter}-纸{number:02}" for number in range(first, first + count)]
    return lay_out_objection_forms(_objection_text(session, guard, found), numbers, at)


def objection(session: Session, guard: Guard, quarter: Quarter, objection_id: UUID, *, at: datetime) -> bytes:
    """Return the PDF of an objection that was entered; raise ``NoSuchObjection``."""
    text, raised = _raised(session, guard, quarter, objection_id)
    return lay_out_objection(text, raised, at)


def objection_reply(session: Session, guard: Guard, quarter: Quarter, objection_id: UUID, *, at: datetime) -> bytes:
    """Return the PDF of the written reply to an objection; raise ``NoSuchObjection`` or ``NoReplyYet``."""
    text, raised = _raised(session, guard, quarter, objection_id)
    if raised.replied_at is None:
        raise NoReplyYet(words("这条异议还没有答复。先答复，再打印答复书。"))
    return lay_out_reply(text, raised, at)


def _objection_text(session: Session, guard: Guard, found: AppraisalRecord) -> ObjectionText:
    if found.notice_ends_at is None or found.head_hash is None:
        raise AssertionError("a quarter on notice has its end and the book's head")
    place = places.place(session, guard.village_code)
    village = places.village(session, guard.village_code)
    to = "村委会" if place.level == "village" else "居委会"
    return ObjectionText(
        village_name=village.short_name,
        committee_name=committee_name(place.level, village.short_name),
        quarter_title=found.quarter.title,
        ends_at=found.notice_ends_at,
        objection_to=f"{to}或村务监督委员会" if place.level == "village" else f"{to}或居务监督委员会",
        objection_where=f"{to}办公室",
        reply_days=REPLY_DAYS,
        head_hash=found.head_hash,
    )


def _raised(
    session: Session, guard: Guard, quarter: Quarter, objection_id: UUID
) -> tuple[ObjectionText, RaisedObjection]:
    found = queries.appraisal(session, guard, quarter)
    one = queries.objection(session, guard, found.id, objection_id)
    by_time = sorted(queries.objections(session, guard, found.id), key=lambda each: (each.raised_at, each.id))
    household = people.household(session, guard, one.household_id)
    row = next(each for each in queries.frozen_rows(session, guard, found.id) if each.household_id == household.id)
    lines = tuple(
        (line.name, line.counted, line.corrected_from)
        for line in row.lines
        if line.counted or line.corrected_from is not None
    )
    raised = RaisedObjection(
        number=f"{quarter}-{[each.id for each in by_time].index(one.id) + 1:02}",
        row=ObjectedRow(household.number, household.head_name, household.group_name, row.points, lines),
        raised_by=one.raised_by,
        contact=one.contact,
        words=one.words,
        raised_at=one.raised_at,
        upheld=None if one.state == "open" else one.state == "upheld",
        reply=one.reply,
        replied_by="、".join(queries.names_of(session, [one.replied_by or ""])),
        replied_at=one.replied_at,
    )
    return _objection_text(session, guard, found), raised
