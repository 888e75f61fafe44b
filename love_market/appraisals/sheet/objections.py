"""Objections (异议) and their replies on paper. Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from love_market.clock import village_date, village_time
from love_market.paper import typeset


@dataclass(frozen=True, slots=True)
class ObjectionText:
    """What every paper of objections says at its head: of which notice, to whom and where, until when."""

    village_name: str
    committee_name: str
    quarter_title: str
    ends_at: datetime
    objection_to: str
    objection_where: str
    reply_days: int
    head_hash: str


@dataclass(frozen=True, slots=True)
class ObjectedRow:
    """The row an objection is about, with its lines ``(name, points, points before a correction or None)``."""

    household_number: str
    head_name: str
    group_name: str
    points: int
    lines: tuple[tuple[str, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class RaisedObjection:
    """An objection as it was entered, with its reply if there is one; ``upheld`` is None until then.

    ``number`` is what the form, its receipt and the reply are told by.
    """

    number: str
    row: ObjectedRow
    raised_by: str
    contact: str
    words: str
    raised_at: datetime
    upheld: bool | None
    reply: str
    replied_by: str
    replied_at: datetime | None


def lay_out_objection_forms(text: ObjectionText, numbers: Sequence[str], at: datetime) -> bytes:
    """Return the PDF of blank forms (异议登记表) to lay out beside the notice, one a page, each with its receipt."""
    return typeset("appraisals/objection_form", _objection_head(text, at) | {"blanks": numbers, "raised": None}, at)


def lay_out_objection(text: ObjectionText, raised: RaisedObjection, at: datetime) -> bytes:
    """Return the PDF of an objection that was entered, on the same form."""
    data = _objection_head(text, at) | {"blanks": [], "raised": _printed_objection(raised)}
    return typeset("appraisals/objection_form", data, at)


def lay_out_reply(text: ObjectionText, raised: RaisedObjection, at: datetime) -> bytes:
    """Return the PDF of the written reply (异议答复书), with the receipt that the household signs.

    Raises ``ValueError`` for an objection without one.
    """
    if raised.replied_at is None:
        raise ValueError("no reply to print")
    return typeset("appraisals/objection_reply", _objection_head(text, at) | {"raised": _printed_objection(raised)}, at)


def _objection_head(text: ObjectionText, at: datetime) -> dict[str, object]:
    return {
        "village": text.village_name,
        "committee": text.committee_name,
        "quarter_title": text.quarter_title,
        "ends_at": _written(text.ends_at),
        "objection_to": text.objection_to,
        "objection_where": text.objection_where,
        "reply_days": text.reply_days,
        "head_hash": text.head_hash,
        "printed_on": village_date(at).isoformat(),
    }


def _printed_objection(raised: RaisedObjection) -> dict[str, object]:
    return {
        "number": raised.number,
        "household_number": raised.row.household_number,
        "head_name": raised.row.head_name,
        "group_name": raised.row.group_name,
        "points": raised.row.points,
        "lines": raised.row.lines,
        "raised_by": raised.raised_by,
        "contact": raised.contact,
        "words": raised.words,
        "raised_at": _written(raised.raised_at),
        "upheld": raised.upheld,
        "reply": raised.reply,
        "replied_by": raised.replied_by,
        "replied_at": _written(raised.replied_at) if raised.replied_at else None,
        "replied_on": village_date(raised.replied_at).isoformat() if raised.replied_at else None,
    }


def _written(at: datetime) -> str:
    """Return an instant as the village's clock shows it: 2026年10月13日 09:00."""
    here = village_time(at)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
