"""Reading for who claims: for which households, what is claimed most, what was told lately, a household's claims."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from love_market.deeds.models import Deed, Rule
from love_market.deeds.queries.deeds import DeedRecord, HouseholdChoice, deed_records, household_choices, village_deeds
from love_market.deeds.reviewing import LOOKED_BACK
from love_market.deeds.rules import NoSuchDeed
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.models import Household
from love_market.people.rules import Guard, NoSuchHousehold

_MOST_CLAIMS = 50


def choices_of(session: Session, guard: Guard) -> Sequence[HouseholdChoice]:
    """Return the households that somebody may tell deeds of: the own one first, an informant's group, staff's all.

    Raises ``NoSuchHousehold`` for a household that left.
    """
    everyone = household_choices(session, guard)
    if guard.household_id is None:
        return everyone
    own = people.household(session, guard, guard.household_id)
    if own.left_on is not None:
        raise NoSuchHousehold(words("本村没有这一户。"))
    shared = own.group_name if own.is_informant else ""
    found = [each for each in everyone if each.id == own.id or (shared and each.group_name == shared)]
    return sorted(found, key=lambda each: each.id != own.id)


def most_told(session: Session, guard: Guard, at: datetime) -> Mapping[str, int]:
    """Return how often each rule, by code, was told in the village in the last year."""
    rows = session.execute(
        select(Deed.rule_code, func.count())
        .where(
            Deed.market_id == guard.market_id,
            Deed.village_code == guard.village_code,
            Deed.recorded_at >= at - LOOKED_BACK,
        )
        .group_by(Deed.rule_code)
    )
    return dict(rows.all())


def lately_told(session: Session, guard: Guard, household_ids: Sequence[UUID], since: date) -> list[list[str]]:
    """Return which deeds some households have since a day: ``[household id, rule code, day, member]`` each."""
    rows = session.execute(
        select(Deed.household_id, Deed.rule_code, Deed.done_on, Deed.member_name).where(
            Deed.market_id == guard.market_id,
            Deed.village_code == guard.village_code,
            Deed.household_id.in_(household_ids),
            Deed.done_on >= since,
            Deed.state.in_(["claimed", "accepted"]),
        )
    )
    return [[str(household_id), code, day.isoformat(), member] for household_id, code, day, member in rows]


def claims(session: Session, guard: Guard) -> Sequence[DeedRecord]:
    """Return the deeds of the household asking, and those it told for others, the newest first: the last fifty."""
    newest = _own(guard).order_by(Deed.recorded_at.desc(), Deed.id.desc())
    return deed_records(session, guard, newest.limit(_MOST_CLAIMS))


def claim(session: Session, guard: Guard, deed_id: UUID) -> DeedRecord:
    """Return one deed of, or told by, the household asking; raise ``NoSuchDeed`` for any other."""
    found = deed_records(session, guard, _own(guard).where(Deed.id == deed_id))
    if not found:
        raise NoSuchDeed(words("您家没有报过这件好事。"))
    return found[0]


def _own(guard: Guard) -> Select[Deed, Rule, Household, str, str | None, str | None]:
    home = guard.require_household()
    return village_deeds(guard).where((Deed.household_id == home) | (Deed.claimant_id == home))
