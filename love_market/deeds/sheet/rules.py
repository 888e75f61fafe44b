"""The rules on paper: a sheet for the wall, and what a version changed (细则修改对照表). Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from love_market.clock import village_date
from love_market.deeds.intake import Difference
from love_market.deeds.rules import CATEGORIES, NEVER_SCORED, VETO, Meeting, RuleDraft, Warned
from love_market.paper import typeset

_CAPS = {"quarter": "每季封顶 {n}", "year": "每年封顶 {n}", "event": "一件封顶 {n}"}
_WHAT = {
    "category": "类别",
    "name": "名称",
    "points": "分",
    "unit_name": "按什么计",
    "cap_points": "封顶",
    "cap_period": "封顶",
    "evidence": "凭据",
    "family": "只计最高",
    "veto_days": "几天后解除",
}


@dataclass(frozen=True, slots=True)
class RulesHeading:
    """Whose rules they are: ``committee_name`` in full, and the book's ``head_hash`` in hex when it is printed.

    ``meeting`` is None for a version from before meetings were asked for, and for a draft.
    """

    village_name: str
    committee_name: str
    number: int
    adopted_on: date
    meeting: Meeting | None
    head_hash: str
    note: str = ""
    knowingly: tuple[Warned, ...] = ()
    is_draft: bool = False


def lay_out_wall(
    heading: RulesHeading, rules: Sequence[RuleDraft], at: datetime, *, paper_size: Literal["a4", "a3"] = "a4"
) -> bytes:
    """Return the PDF of the rules to hang on the wall, by category; A3 is the same, 1.4 times as large."""
    groups = [
        {"name": name, "rules": [_line(rule) for rule in rules if rule.category == name]}
        for name in (*CATEGORIES, VETO)
        if any(rule.category == name for rule in rules)
    ]
    data = _shared(heading, at) | {
        "paper_size": paper_size,
        "groups": groups,
        "rule_count": len(rules),
        "never": list(NEVER_SCORED),
    }
    return typeset("deeds/wall", data, at)


def lay_out_changes(heading: RulesHeading, found: Difference, at: datetime) -> bytes:
    """Return the PDF of what a version changed of the one before: changed from → to, added, removed."""
    data = _shared(heading, at) | {
        "changed": [
            {
                "before": _line(change.before),
                "after": _line(change.after),
                "what": list(dict.fromkeys(_WHAT[name] for name in change.what if name in _WHAT)),
            }
            for change in found.changed
        ],
        "added": [_line(rule) for rule in found.added],
        "dropped": [_line(rule) for rule in found.dropped],
    }
    return typeset("deeds/changes", data, at)


def _shared(heading: RulesHeading, at: datetime) -> dict[str, object]:
    meeting = heading.meeting
    return {
        "village": heading.village_name,
        "committee": heading.committee_name,
        "number": heading.number,
        "adopted_on": heading.adopted_on.isoformat(),
        "note": heading.note,
        "is_draft": heading.is_draft,
        "head_hash": heading.head_hash,
        "printed_on": village_date(at).isoformat(),
        "knowingly": [{"name": each.name, "topic": each.topic} for each in heading.knowingly],
        "meeting": meeting
        and {
            "held_on": meeting.held_on.isoformat(),
            "representatives": meeting.representatives,
            "present": meeting.present,
            "votes_for": meeting.votes_for,
            "votes_against": meeting.votes_against,
            "votes_abstained": meeting.votes_abstained,
        },
    }


def _line(rule: RuleDraft) -> dict[str, str]:
    """Return a rule as it is printed: its worth and cap in words."""
    if rule.category == VETO:
        worth, cap = "一票否决", f"{rule.veto_days} 天后解除"
    else:
        worth = f"{rule.points:+d} 分/{rule.unit_name}".replace("-", "−")
        cap = _CAPS[rule.cap_period].format(n=rule.cap_points) if rule.cap_period else "不封顶"
    family = f"{rule.family}一年只计最高" if rule.family else ""
    return {
        "category": rule.category,
        "name": rule.name,
        "worth": worth,
        "cap": "，".join(part for part in (family, cap if rule.cap_period or not family else "") if part),
        "evidence": rule.evidence,
    }
