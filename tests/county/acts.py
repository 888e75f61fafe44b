"""What the tests of a village's close do again and again."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal
from love_market.county import village as villages
from love_market.county.rules import ClosePlan, Outcome
from love_market.db import reading, transaction
from love_market.people.models import RoleGrant, Staff
from love_market.people.rules import Guard, Role
from love_market.places.queries import VillageRecord
from tests.county import books


def close_all(plan: ClosePlan) -> list[Outcome]:
    with reading() as session:
        county = books.villages(session)
    return [villages.close(plan, one) for one in county]


def first(session: Session) -> VillageRecord:
    return books.villages(session)[0]


def chair_of(session: Session, village: VillageRecord) -> Guard:
    staff = session.scalars(
        select(Staff)
        .join(RoleGrant, RoleGrant.staff_id == Staff.id)
        .where(RoleGrant.place_code == village.code, RoleGrant.role == Role.CHAIR.value)
    ).one()
    return Guard.of_staff(village.market_id, village.code, staff.id, staff.name, Role.CHAIR)


def change(village: VillageRecord, **values: object) -> None:
    with transaction() as session:
        session.execute(
            update(Appraisal)
            .where(Appraisal.market_id == village.market_id, Appraisal.village_code == village.code)
            .values(**values)
        )
