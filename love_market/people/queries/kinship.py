"""Reading kin: who must recuse at which household."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from love_market.people.models import Household, Kinship, Staff
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class KinshipRecord:
    """A member of staff who is of, or kin to, a household."""

    id: UUID
    staff_id: UUID
    staff_name: str
    household_id: UUID
    household_number: str
    head_name: str
    relation: str


def kinships(session: Session, guard: Guard) -> Sequence[KinshipRecord]:
    """Return all notes of kin to households of the guard's village, by name of staff, then household."""
    rows = session.execute(
        select(Kinship, Staff.name, Household.number, Household.head_name)
        .join(Staff, Staff.id == Kinship.staff_id)
        .join(Household, and_(Household.market_id == Kinship.market_id, Household.id == Kinship.household_id))
        .where(
            Kinship.market_id == guard.market_id,
            Household.market_id == guard.market_id,
            Household.village_code == guard.village_code,
        )
        .order_by(Staff.name, Kinship.staff_id, Household.number)
    )
    return [
        KinshipRecord(kin.id, kin.staff_id, name, kin.household_id, number, head_name, kin.relation)
        for kin, name, number, head_name in rows
    ]
