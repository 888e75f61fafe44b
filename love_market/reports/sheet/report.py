"""The report of a quarter (季度报表): a village's on one page, and a township's villages on one sheet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from love_market.clock import village_date
from love_market.paper import typeset


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: ``rows`` are ``(what, figure with its unit)``; ``note`` says of when they are."""

    title: str
    note: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ReportText:
    """A village's report: a few large figures ``told``, its parts in two columns; ``state`` is how far it is."""

    village_name: str
    committee_name: str
    township_name: str
    quarter_title: str
    state: str
    told: Sequence[tuple[str, str]]
    left: Sequence[Section]
    right: Sequence[Section]
    head_number: int
    head_hash: str


@dataclass(frozen=True, slots=True)
class TownshipText:
    """A township's sheet: ``heads`` are ``(group, columns)``, ``rows`` a village each, ``notes`` what they are of.

    A row has the village's name first and its book's head last.
    """

    township_name: str
    quarter_title: str
    heads: Sequence[tuple[str, Sequence[str]]]
    rows: Sequence[Sequence[str]]
    total: Sequence[str]
    notes: Sequence[str]


def lay_out_report(text: ReportText, at: datetime) -> bytes:
    """Return the PDF of a village's report, one page of A4."""
    data = {
        "village": text.village_name,
        "committee": text.committee_name,
        "township": text.township_name,
        "quarter_title": text.quarter_title,
        "state": text.state,
        "told": text.told,
        "columns": [
            [{"title": one.title, "note": one.note, "rows": one.rows} for one in column]
            for column in (text.left, text.right)
        ],
        "head_number": text.head_number,
        "head_hash": text.head_hash,
        "printed_on": village_date(at).isoformat(),
    }
    return typeset("reports/report", data, at)


def lay_out_township(text: TownshipText, at: datetime) -> bytes:
    """Return the PDF of a township's sheet, A4 across, going on to further pages where there are many villages."""
    data = {
        "township": text.township_name,
        "quarter_title": text.quarter_title,
        "heads": text.heads,
        "rows": text.rows,
        "total": text.total,
        "notes": text.notes,
        "printed_on": village_date(at).isoformat(),
    }
    return typeset("reports/township", data, at)
