"""The register of deeds to print and sign (事迹登记册). Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from love_market.clock import village_date
from love_market.paper import typeset

Order = Literal["household", "day"]


@dataclass(frozen=True, slots=True)
class RegisterText:
    """Whose register it is: ``quarter_title`` as the village says it (2026年第三季度), ``head_hash`` in hex."""

    village_name: str
    quarter_title: str
    head_hash: str


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One deed: ``who`` did it, what (``deed``) for how many points, how it is known, who wrote it down and checked it.

    The first review (初审) is missing in deeds of before there were two.
    """

    household_number: str
    head_name: str
    group_name: str
    who: str
    done_on: date
    deed: str
    points: int
    words: str
    evidence: str
    recorder_name: str
    recorded_on: date
    first_reviewer_name: str
    first_reviewed_on: date | None
    reviewer_name: str
    reviewed_on: date | None


def lay_out_register(text: RegisterText, lines: Sequence[RegisterLine], at: datetime, *, by: Order) -> bytes:
    """Return the PDF of a register: a heading for each household, or each day, with its deeds and their sum.

    The lines come in that order.
    """
    parts: dict[str, list[RegisterLine]] = {}
    for line in lines:
        parts.setdefault(line.household_number if by == "household" else line.done_on.isoformat(), []).append(line)
    data = {
        "village": text.village_name,
        "quarter_title": text.quarter_title,
        "head_hash": text.head_hash,
        "printed_on": village_date(at).isoformat(),
        "by": by,
        "deeds": len(lines),
        "households": len({line.household_number for line in lines}),
        "points": sum(line.points for line in lines),
        "twice_reviewed": all(line.first_reviewed_on for line in lines),
        "parts": [[_printed(line) for line in part] for part in parts.values()],
    }
    return typeset("deeds/register", data, at)


def _printed(line: RegisterLine) -> dict[str, object]:
    return {
        "household_number": line.household_number,
        "head_name": line.head_name,
        "group_name": line.group_name,
        "who": line.who,
        "done_on": line.done_on.isoformat(),
        "deed": line.deed,
        "points": line.points,
        "words": line.words,
        "evidence": line.evidence,
        "recorded": _signed(line.recorder_name, line.recorded_on),
        "first_reviewed": _signed(line.first_reviewer_name, line.first_reviewed_on),
        "reviewed": _signed(line.reviewer_name, line.reviewed_on),
    }


def _signed(name: str, on: date | None) -> list[str]:
    return [name, f"{on.month}月{on.day}日"] if on else ["", ""]
