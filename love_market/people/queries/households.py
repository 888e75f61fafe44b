"""Reading households: one, all of a village, with members; whose card it is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.errors import words
from love_market.people.models import Household, HouseholdSession, Member
from love_market.people.rules import Guard, NoSuchHousehold

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class HouseholdRecord:
    """A household as lists and papers need it."""

    id: UUID
    village_code: str
    number: str
    head_name: str
    group_name: str
    grid_name: str
    phone: str
    member_count: int
    is_informant: bool
    note: str
    left_on: date | None
    has_card: bool


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A named member of a household, as the roster gives them."""

    name: str
    relation: str


@dataclass(frozen=True, slots=True)
class CardHolder:
    """The household of a card, and what its PIN is checked against."""

    market_id: UUID
    household: HouseholdRecord
    pin_hash: str | None


def household_of_session(session: Session, market_id: UUID, session_id: UUID) -> HouseholdRecord | None:
    """Return the household that signed in with this session, if it has not ended."""
    household = session.scalar(
        select(Household)
        .join(
            HouseholdSession,
            (HouseholdSession.market_id == Household.market_id) & (HouseholdSession.household_id == Household.id),
        )
        .where(
            HouseholdSession.market_id == market_id,
            HouseholdSession.id == session_id,
            HouseholdSession.ended_at.is_(None),
        )
    )
    return None if household is None else household_record(household)


def household(session: Session, guard: Guard, household_id: UUID) -> HouseholdRecord:
    """Return one household of the guard's village; raise ``NoSuchHousehold``."""
    return household_record(household_row(session, guard, household_id))


def household_row(session: Session, guard: Guard, household_id: UUID) -> Household:
    """Return the row of a household of the guard's village, for this room to write to; raise ``NoSuchHousehold``."""
    return household_rows(session, guard, [household_id])[household_id]


def household_rows(session: Session, guard: Guard, ids: Sequence[UUID]) -> Mapping[UUID, Household]:
    """Return rows of the guard's village by id, to write to; raise ``NoSuchHousehold`` for a missing one."""
    found = session.scalars(
        select(Household).where(
            Household.market_id == guard.market_id,
            Household.id.in_(ids),
            Household.village_code == guard.village_code,
        )
    )
    rows = {row.id: row for row in found}
    if len(rows) < len(set(ids)):
        raise NoSuchHousehold(words("本村没有这一户。"))
    return rows


def households(
    session: Session,
    guard: Guard,
    *,
    with_left: bool = False,
    ids: Collection[UUID] | None = None,
    limit: int | None = None,
) -> Sequence[HouseholdRecord]:
    """Return the village's households by number, all or those with some ids, the first ``limit``.

    Those that left are there only if asked for.
    """
    query = (
        select(Household)
        .where(Household.market_id == guard.market_id, Household.village_code == guard.village_code)
        .order_by(Household.number)
    )
    if not with_left:
        query = query.where(Household.left_on.is_(None))
    if ids is not None and len(ids) <= _CHUNK:
        query = query.where(Household.id.in_(ids))
    rows = session.scalars(query.limit(limit))
    return [household_record(row) for row in rows if ids is None or row.id in ids]


def count_households(session: Session, guard: Guard) -> int:
    """Return how many households live in the village."""
    query = select(func.count()).where(
        Household.market_id == guard.market_id,
        Household.village_code == guard.village_code,
        Household.left_on.is_(None),
    )
    return session.scalar(query) or 0


def households_by_id(session: Session, guard: Guard, ids: Iterable[UUID]) -> dict[UUID, HouseholdRecord]:
    """Return some of the market's households by id."""
    rows = session.scalars(select(Household).where(Household.market_id == guard.market_id, Household.id.in_(list(ids))))
    return {row.id: household_record(row) for row in rows}


def members(session: Session, guard: Guard, household_id: UUID) -> Sequence[MemberRecord]:
    """Return a household's named members in the roster's order; none where the roster only counts them."""
    return members_of(session, guard, [household_id]).get(household_id, ())


def members_of(session: Session, guard: Guard, ids: Iterable[UUID]) -> dict[UUID, tuple[MemberRecord, ...]]:
    """Return the named members of some households, by household."""
    found: dict[UUID, list[MemberRecord]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        rows = session.scalars(
            select(Member)
            .where(Member.market_id == guard.market_id, Member.household_id.in_(wanted[start : start + _CHUNK]))
            .order_by(Member.household_id, Member.position)
        )
        for row in rows:
            found.setdefault(row.household_id, []).append(MemberRecord(row.name, row.relation))
    return {household_id: tuple(named) for household_id, named in found.items()}


def card_holder(session: Session, market_id: UUID, card_key: str) -> CardHolder | None:
    """Return the household that has this card now and has not left; None for a card that is dead or unknown."""
    row = session.scalar(
        select(Household).where(
            Household.market_id == market_id, Household.card_key == card_key.upper(), Household.left_on.is_(None)
        )
    )
    return None if row is None else CardHolder(market_id, household_record(row), row.pin_hash)


def household_record(row: Household) -> HouseholdRecord:
    """Return a household's frozen form."""
    return HouseholdRecord(
        id=row.id,
        village_code=row.village_code,
        number=row.number,
        head_name=row.head_name,
        group_name=row.group_name,
        grid_name=row.grid_name,
        phone=row.phone,
        member_count=row.member_count,
        is_informant=bool(row.is_informant),
        note=row.note,
        left_on=row.left_on,
        has_card=row.card_key is not None,
    )
