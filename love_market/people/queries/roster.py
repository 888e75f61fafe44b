"""Reading a village's books as a roster is compared with them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.people.intake import KnownHousehold, ParsedMember, ParsedRoster, RosterPlan, compare
from love_market.people.models import Household
from love_market.people.queries.households import members_of
from love_market.people.rules import Guard


def plan_roster(session: Session, guard: Guard, parsed: ParsedRoster) -> RosterPlan:
    """Return what a roster would make and change in the guard's village."""
    return compare(parsed, known_households(session, guard))


def known_households(session: Session, guard: Guard) -> Sequence[KnownHousehold]:
    """Return all the village's households with their members, by number, those that left included."""
    rows = session.scalars(
        select(Household)
        .where(Household.market_id == guard.market_id, Household.village_code == guard.village_code)
        .order_by(Household.number)
    ).all()
    named = members_of(session, guard, [row.id for row in rows])
    return [
        KnownHousehold(
            id=row.id,
            number=row.number,
            head_name=row.head_name,
            group_name=row.group_name,
            grid_name=row.grid_name,
            phone=row.phone,
            note=row.note,
            member_count=row.member_count,
            members=tuple(ParsedMember(each.name, each.relation) for each in named.get(row.id, ())),
            left_on=row.left_on,
        )
        for row in rows
    ]
