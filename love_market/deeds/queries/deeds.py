"""Reading deeds: one, a list, what a record form offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from love_market.deeds.models import Deed, DeedPhoto, Rule
from love_market.deeds.queries.versions import RuleRecord, rule_record
from love_market.deeds.rules import NoSuchDeed
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.models import Household, Staff
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """A photo of a deed: its place in the order, its file's hash, its size, and its ``looks`` (see ``DeedPhoto``)."""

    position: int
    sha256: str
    width_px: int
    height_px: int
    looks: str


@dataclass(frozen=True, slots=True)
class DeedRecord:
    """A deed with the names it is read by; ``points`` are for all ``times``, by the rule it was recorded under.

    ``recorder_name`` is of the member of staff, or of the head of the household, who told it.
    """

    id: UUID
    household_id: UUID
    household_number: str
    head_name: str
    group_name: str
    member_name: str
    rule: RuleRecord
    done_on: date
    times: int
    points: int
    words: str
    state: str
    recorded_by: UUID | None
    claimant_id: UUID | None
    recorder_name: str
    recorded_at: datetime
    again_of: UUID | None
    sound_sha256: str | None
    sound_kind: str | None
    first_reviewed_by: UUID | None
    first_reviewer_name: str
    first_reviewed_at: datetime | None
    reviewer_name: str
    reviewed_at: datetime | None
    refusal: str
    photos: tuple[PhotoRecord, ...]


@dataclass(frozen=True, slots=True)
class HouseholdChoice:
    """A household as the record form offers it, with the members that the roster names."""

    id: UUID
    number: str
    head_name: str
    group_name: str
    members: tuple[str, ...]


def deed(session: Session, guard: Guard, deed_id: UUID) -> DeedRecord:
    """Return one deed of the village; raise ``NoSuchDeed``."""
    found = deed_records(session, guard, village_deeds(guard).where(Deed.id == deed_id))
    if not found:
        raise NoSuchDeed(words("本村没有记过这件好事。"))
    return found[0]


def deeds_between(
    session: Session, guard: Guard, first_day: date, last_day: date, *, state: str = "accepted"
) -> Sequence[DeedRecord]:
    """Return the village's deeds in one state that were done in a span of days, by household, then day."""
    query = village_deeds(guard).where(Deed.state == state, Deed.done_on.between(first_day, last_day))
    return deed_records(session, guard, query.order_by(Household.number, Deed.done_on, Deed.id))


def deeds_of_household(
    session: Session, guard: Guard, household_id: UUID, *, first: date | None = None, last: date | None = None
) -> Sequence[DeedRecord]:
    """Return a household's deeds, the newest first, without those withdrawn; all, or those done in a span of days."""
    query = village_deeds(guard).where(Deed.household_id == household_id, Deed.state != "withdrawn")
    query = query.where(*([Deed.done_on >= first] if first else []), *([Deed.done_on <= last] if last else []))
    return deed_records(session, guard, query.order_by(Deed.done_on.desc(), Deed.id))


def household_choices(session: Session, guard: Guard) -> Sequence[HouseholdChoice]:
    """Return the households that live in the village, by number, each with its members' names."""
    living = people.households(session, guard)
    named = people.members_of(session, guard, [each.id for each in living])
    return [
        HouseholdChoice(
            each.id,
            each.number,
            each.head_name,
            each.group_name,
            tuple(member.name for member in named.get(each.id, ())),
        )
        for each in living
    ]


def village_deeds(guard: Guard) -> Select[Deed, Rule, Household, str, str | None, str | None]:
    """Return the question for the village's deeds, for ``deed_records`` to ask."""
    recorder, first, reviewer, claimant = aliased(Staff), aliased(Staff), aliased(Staff), aliased(Household)
    return (
        select(Deed, Rule, Household, func.coalesce(recorder.name, claimant.head_name), first.name, reviewer.name)
        .join(Rule, (Rule.market_id == Deed.market_id) & (Rule.id == Deed.rule_id))
        .join(Household, (Household.market_id == Deed.market_id) & (Household.id == Deed.household_id))
        .outerjoin(recorder, recorder.id == Deed.recorded_by)
        .outerjoin(claimant, (claimant.market_id == Deed.market_id) & (claimant.id == Deed.claimant_id))
        .outerjoin(first, first.id == Deed.first_reviewed_by)
        .outerjoin(reviewer, reviewer.id == Deed.reviewed_by)
        .where(Deed.market_id == guard.market_id, Deed.village_code == guard.village_code)
    )


def deed_records(
    session: Session, guard: Guard, query: Select[Deed, Rule, Household, str, str | None, str | None]
) -> Sequence[DeedRecord]:
    """Return the deeds of a question with their photos (two statements)."""
    found = session.execute(query).all()
    photos: dict[UUID, list[PhotoRecord]] = {}
    for row in session.scalars(
        select(DeedPhoto)
        .where(DeedPhoto.market_id == guard.market_id, DeedPhoto.deed_id.in_([each[0].id for each in found]))
        .order_by(DeedPhoto.position)
    ):
        record = PhotoRecord(row.position, row.sha256, row.width_px, row.height_px, row.looks or "")
        photos.setdefault(row.deed_id, []).append(record)
    return [
        DeedRecord(
            id=deed.id,
            household_id=household.id,
            household_number=household.number,
            head_name=household.head_name,
            group_name=household.group_name,
            member_name=deed.member_name,
            rule=rule_record(rule),
            done_on=deed.done_on,
            times=deed.times,
            points=deed.points,
            words=deed.words,
            state=deed.state,
            recorded_by=deed.recorded_by,
            claimant_id=deed.claimant_id,
            recorder_name=recorder_name,
            recorded_at=deed.recorded_at,
            again_of=deed.again_of,
            sound_sha256=deed.sound_sha256,
            sound_kind=deed.sound_kind,
            first_reviewed_by=deed.first_reviewed_by,
            first_reviewer_name=first_name or "",
            first_reviewed_at=deed.first_reviewed_at,
            reviewer_name=reviewer_name or "",
            reviewed_at=deed.reviewed_at,
            refusal=deed.refusal,
            photos=tuple(photos.get(deed.id, ())),
        )
        for deed, rule, household, recorder_name, first_name, reviewer_name in found
    ]
