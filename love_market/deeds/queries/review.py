"""Reading for who reviews: whose kin they are, what a cap leaves of a deed, what else they must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.deeds.models import Deed, DeedPhoto, Rule
from love_market.deeds.queries.counting import accepted_points
from love_market.deeds.queries.deeds import DeedRecord, deed_records, village_deeds
from love_market.deeds.queries.versions import RuleRecord, rule_record
from love_market.deeds.reviewing import LOOKED_BACK, looks_alike
from love_market.deeds.rules import counted_together
from love_market.people.models import Kinship
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Room:
    """How much a deed would bring in its quarter: ``before`` counted already, ``brings`` more once accepted."""

    before: int
    brings: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reviewer must look at: ``other`` is the deed beside it, ``quarter`` the one that the deed belongs to.

    ``kind`` is ``same_photo``, ``alike_photo``, ``photo_twice``, ``same_deed`` or ``other_quarter``; ``position`` is a
    photo of this deed, ``other_position`` the one of the other.
    """

    kind: str
    other: DeedRecord | None = None
    position: int = 0
    other_position: int = 0
    quarter: Quarter | None = None

    @property
    def is_doubt(self) -> bool:
        """Whether a reviewer has to say that it was looked at; a day of another quarter only has to be known."""
        return self.kind != "other_quarter"


def room_under_cap(session: Session, guard: Guard, found: DeedRecord) -> Room:
    """Return how much a deed still brings beside the deeds accepted in its quarter or year.

    What it brings is bounded by its rule's cap, and by higher awards of its family.
    """
    quarter = Quarter.of(found.done_on)
    first, last = quarter.first_day, quarter.last_day
    if found.rule.cap_period == "year" or found.rule.family:
        first, last = date(quarter.year, 1, 1), date(quarter.year, 12, 31)
    family = _family(session, guard, found.rule)
    sums = accepted_points(session, guard, first, last)
    own = {rule.code: sums.get((found.household_id, rule.code), 0) for rule in family}
    own[found.rule.code] -= found.points if found.state == "accepted" else 0
    before = counted_together(own, family, {})
    own[found.rule.code] += found.points
    after = counted_together(own, family, {})
    return Room(before[found.rule.code], sum(after.values()) - sum(before.values()))


def _family(session: Session, guard: Guard, rule: RuleRecord) -> Sequence[RuleRecord]:
    """Return the rules of which only the highest counts beside one, in the version it is of; itself alone for none."""
    if not rule.family:
        return [rule]
    version = select(Rule.version_id).where(Rule.market_id == guard.market_id, Rule.id == rule.id).scalar_subquery()
    rows = session.scalars(
        select(Rule).where(Rule.market_id == guard.market_id, Rule.version_id == version, Rule.family == rule.family)
    )
    return [rule_record(row) for row in rows]


def is_kin(session: Session, guard: Guard, *household_ids: UUID | None) -> bool:
    """Return whether the person asking is of one of some households or kin to it."""
    found = session.scalar(
        select(Kinship.id)
        .where(
            Kinship.market_id == guard.market_id,
            Kinship.staff_id == guard.staff_id,
            Kinship.household_id.in_([each for each in household_ids if each is not None]),
        )
        .limit(1)
    )
    return found is not None


def marks(session: Session, guard: Guard, found: DeedRecord) -> list[Mark]:
    """Return what a deed's reviewers must look at, among the village's deeds told in the year before it and since.

    A claim and the refused one that it is told again for are not held against each other.
    """
    marked = [*_photos_told_before(session, guard, found)]
    same = village_deeds(guard).where(
        Deed.household_id == found.household_id,
        Deed.rule_code == found.rule.code,
        Deed.done_on == found.done_on,
        Deed.id != found.id,
        Deed.state.in_(["claimed", "accepted"]),
    )
    marked += [Mark("same_deed", other) for other in deed_records(session, guard, same)]
    quarter = Quarter.of(found.done_on)
    if quarter != Quarter.of(village_date(found.recorded_at)):
        marked.append(Mark("other_quarter", quarter=quarter))
    return marked


def _photos_told_before(session: Session, guard: Guard, found: DeedRecord) -> list[Mark]:
    if not found.photos:
        return []
    rows = session.execute(
        select(DeedPhoto.deed_id, DeedPhoto.position, DeedPhoto.sha256, DeedPhoto.looks)
        .join(Deed, (Deed.market_id == DeedPhoto.market_id) & (Deed.id == DeedPhoto.deed_id))
        .where(
            Deed.market_id == guard.market_id,
            DeedPhoto.market_id == guard.market_id,
            Deed.village_code == guard.village_code,
            Deed.recorded_at >= found.recorded_at - LOOKED_BACK,
            Deed.state != "withdrawn",
            Deed.again_of.is_(None) | (Deed.again_of != found.id),
            *([Deed.id != found.again_of] if found.again_of else []),
        )
        .order_by(Deed.recorded_at, Deed.id, DeedPhoto.position)
    ).all()
    told: list[tuple[str, UUID, int, int]] = []
    for photo in found.photos:
        for deed_id, position, sha256, looks in rows:
            if deed_id == found.id and position >= photo.position:
                continue
            if sha256 == photo.sha256:
                told.append(("same_photo", deed_id, photo.position, position))
            elif looks_alike(photo.looks, looks or ""):
                told.append(("alike_photo", deed_id, photo.position, position))
    others = {deed_id for _kind, deed_id, *_positions in told if deed_id != found.id}
    records = deed_records(session, guard, village_deeds(guard).where(Deed.id.in_(others))) if others else ()
    known = {each.id: each for each in records}
    return [
        Mark("photo_twice" if deed_id == found.id else kind, known.get(deed_id), position, other_position)
        for kind, deed_id, position, other_position in told
    ]
