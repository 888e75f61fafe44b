"""What the tests of rosters share: a line of one, its plan, taking it in, the books after."""

from collections.abc import Sequence

from love_market.db import reading, transaction
from love_market.people import queries, service
from love_market.people.intake import RosterPlan
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard
from tests.conftest import Clock
from tests.people.sheets import IDENTITIES, Value, parsed

HEAD = ["户编号", "户主姓名", "身份证号码", "家庭人口", "联系电话", "村民小组", "备注"]


def line(number: Value, name: Value, count: Value = 3, phone: Value = "无", note: Value = None) -> list[Value]:
    return [number, name, IDENTITIES[0], count, phone, "一组", note]


def plan_of(data: bytes, guard: Guard) -> RosterPlan:
    with reading() as session:
        return queries.plan_roster(session, guard, parsed(data))


def take_in(data: bytes, guard: Guard, clock: Clock) -> service.RosterResult:
    with transaction() as session:
        return service.import_roster(session, guard, queries.plan_roster(session, guard, parsed(data)), at=clock())


def books(guard: Guard) -> Sequence[HouseholdRecord]:
    with reading() as session:
        return queries.households(session, guard, with_left=True)
