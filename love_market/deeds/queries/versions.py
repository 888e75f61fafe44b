"""Reading the rules: the versions of a village, and what stands in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.deeds.models import Rule, RuleVersion
from love_market.deeds.rules import CATEGORIES, NoSuchVersion, RuleDraft, counted_unit
from love_market.errors import words
from love_market.people.models import Staff
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version of a village's rules; ``adopted_by`` is a person's name, or empty for the program itself."""

    id: UUID
    number: int
    adopted_at: datetime
    adopted_by: str
    note: str


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
        )


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
    names = _staff_names(session, {row.adopted_by for row in rows})
    return [VersionRecord(row.id, row.number, row.adopted_at, names.get(row.adopted_by, ""), row.note) for row in rows]


def version(session: Session, guard: Guard, number: int) -> VersionRecord:
    """Return a version by its number; raise ``NoSuchVersion``."""
    for found in versions(session, guard):
        if found.number == number:
            return found
    raise NoSuchVersion(words("本村的细则没有第 {number} 版。"), number=number)


def rules(session: Session, guard: Guard, version_id: UUID) -> Sequence[RuleRecord]:
    """Return the rules of one version of the village, in their order."""
    rows = session.scalars(
        select(Rule)
        .join(RuleVersion, (RuleVersion.market_id == Rule.market_id) & (RuleVersion.id == Rule.version_id))
        .where(
            Rule.market_id == guard.market_id,
            Rule.version_id == version_id,
            RuleVersion.village_code == guard.village_code,
        )
        .order_by(Rule.position)
    )
    return [rule_record(row) for row in rows]


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
    )


def _staff_names(session: Session, actors: set[str]) -> dict[str, str]:
    """Return the names behind actors such as ``staff:<hex id>``."""
    ids = [UUID(actor.removeprefix("staff:")) for actor in actors if actor.startswith("staff:")]
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {f"staff:{staff_id.hex}": name for staff_id, name in rows}
