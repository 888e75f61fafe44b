"""Reading the rules: the versions of a village, and what stands in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from love_market.deeds.models import Minutes, Rule, RuleVersion, VetoRule
from love_market.deeds.rules import CATEGORIES, VETO, Meeting, NoSuchVersion, RuleDraft, Warned, counted_unit
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.rules import Guard

_Part = TypeVar("_Part", Rule, VetoRule, Minutes)


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version of a village's rules; ``adopted_by`` is a person's name, or empty for the program itself.

    ``meeting`` is None for a version from before meetings were asked for. ``knowingly`` are the rules that look like
    something never scored and were adopted all the same.
    """

    id: UUID
    number: int
    adopted_at: datetime
    adopted_by: str
    note: str
    meeting: Meeting | None
    knowingly: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class MinutesRecord:
    """A photo of a meeting's signed minutes: its place in the order and its file's hash."""

    position: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule of one version (see ``deeds.models.Rule``); ``cap_points`` is a size, never negative."""

    id: UUID
    code: str
    category: str
    name: str
    points: int
    unit_name: str
    cap_points: int | None
    cap_period: str | None
    evidence: str
    position: int
    family: str = ""

    @property
    def picture(self) -> str:
        """The name of the category's picture."""
        return CATEGORIES.get(self.category, "dedication")

    @property
    def counter(self) -> str:
        """The unit as it stands after a number: 3 次, but 3 个半天."""
        return counted_unit(self.unit_name)

    def draft(self) -> RuleDraft:
        """Return the rule as a draft of the next version begins."""
        return RuleDraft(
            category=self.category,
            name=self.name,
            points=self.points,
            unit_name=self.unit_name,
            cap_points=self.cap_points,
            cap_period=self.cap_period,
            evidence=self.evidence,
            code=self.code,
            family=self.family,
        )


@dataclass(frozen=True, slots=True)
class VetoRuleRecord:
    """A rule of one version that bars the star household title for ``days`` (see ``deeds.models.VetoRule``)."""

    id: UUID
    code: str
    name: str
    days: int
    evidence: str

    def draft(self) -> RuleDraft:
        """Return the rule as a draft of the next version begins."""
        return RuleDraft(VETO, self.name, 0, "", evidence=self.evidence, code=self.code, veto_days=self.days)


def current_version(session: Session, guard: Guard) -> VersionRecord | None:
    """Return the version of the rules that stands; None before any was adopted."""
    found = versions(session, guard)
    return found[0] if found else None


def versions(session: Session, guard: Guard) -> Sequence[VersionRecord]:
    """Return all versions of the village's rules, the newest first."""
    rows = session.scalars(
        select(RuleVersion)
        .where(RuleVersion.market_id == guard.market_id, RuleVersion.village_code == guard.village_code)
        .order_by(RuleVersion.number.desc())
    ).all()
    names = people.names_by_actor(session, {row.adopted_by for row in rows})
    return [
        VersionRecord(
            row.id,
            row.number,
            row.adopted_at,
            names.get(row.adopted_by, ""),
            row.note,
            _meeting(row),
            tuple(Warned(each["name"], each["topic"]) for each in row.knowingly or ()),
        )
        for row in rows
    ]


def version(session: Session, guard: Guard, number: int) -> VersionRecord:
    """Return a version by its number; raise ``NoSuchVersion``."""
    for found in versions(session, guard):
        if found.number == number:
            return found
    raise NoSuchVersion(words("本村的细则没有第 {number} 版。"), number=number)


def rules(session: Session, guard: Guard, version_id: UUID) -> Sequence[RuleRecord]:
    """Return the rules of one version of the village that move points, in their order."""
    return [rule_record(row) for row in session.scalars(_parts(guard, version_id, Rule))]


def veto_rules(session: Session, guard: Guard, version_id: UUID) -> Sequence[VetoRuleRecord]:
    """Return the rules of one version of the village that bar the star household title, in their order."""
    rows = session.scalars(_parts(guard, version_id, VetoRule))
    return [VetoRuleRecord(row.id, row.code, row.name, row.days, row.evidence) for row in rows]


def drafts(session: Session, guard: Guard, version_id: UUID) -> list[RuleDraft]:
    """Return all rules of one version of the village as the next begins, the vetoes last."""
    scored = [rule.draft() for rule in rules(session, guard, version_id)]
    return scored + [veto.draft() for veto in veto_rules(session, guard, version_id)]


def minutes(session: Session, guard: Guard, version_id: UUID) -> Sequence[MinutesRecord]:
    """Return the photos of the minutes of the meeting that adopted a version of the village, in their order."""
    return [MinutesRecord(row.position, row.sha256) for row in session.scalars(_parts(guard, version_id, Minutes))]


def rule_record(row: Rule) -> RuleRecord:
    """Return a rule's frozen form."""
    return RuleRecord(
        id=row.id,
        code=row.code,
        category=row.category,
        name=row.name,
        points=row.points,
        unit_name=row.unit_name,
        cap_points=row.cap_points,
        cap_period=row.cap_period,
        evidence=row.evidence,
        position=row.position,
        family=row.family or "",
    )


def _parts(guard: Guard, version_id: UUID, part: type[_Part]) -> Select[_Part]:
    """Return the question for what belongs to one version of the village, in its order."""
    return (
        select(part)
        .join(RuleVersion, (RuleVersion.market_id == part.market_id) & (RuleVersion.id == part.version_id))
        .where(
            part.market_id == guard.market_id,
            part.version_id == version_id,
            RuleVersion.village_code == guard.village_code,
        )
        .order_by(part.position)
    )


def _meeting(row: RuleVersion) -> Meeting | None:
    if row.held_on is None or row.present is None or row.representatives is None:
        return None
    return Meeting(
        row.held_on,
        row.representatives,
        row.present,
        row.votes_for or 0,
        row.votes_against or 0,
        row.votes_abstained or 0,
    )
