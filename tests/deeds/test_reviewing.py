"""Who reviews which deed, as tables; what reviewers are pointed to; who claims for whom."""

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy.orm import Session

from love_market.deeds import queries, service
from love_market.deeds.queries import DeedRecord
from love_market.deeds.reviewing import FirstReviewMissing, NotOwnHousehold, NotYourReview, SameReviewer
from love_market.deeds.rules import NotOwnRecord, OwnRecord, SameDeedTwice
from love_market.errors import NotFound
from love_market.people import service as people
from love_market.people.models import Household
from love_market.people.rules import Guard, Role, SameHousehold
from tests.builders import Village
from tests.conftest import Clock
from tests.deeds.conftest import Rules, home_of, kin_to, record

# Who told it, who is kin to the household, who works here besides the clerk; and what each is then told who tries.
# ok: passes; own, kin, same, wait: stands aside for that reason.
FIRST = """
told by    kin to it       nobody is   grid  panel  recorder  chair
home       -               -           ok    wait   wait      wait
recorder   -               -           ok    wait   own       wait
grid       -               -           own   ok     wait      wait
home       grid            -           kin   ok     wait      wait
home       -               grid        -     ok     wait      wait
home       -               grid,panel  -     -      ok        ok
grid       chair           panel       own   -      ok        kin
home       grid,panel      -           kin   kin    ok        ok
"""
SECOND = """
told by    kin to it       nobody is   grid  panel  recorder  chair
home       -               -           same  wait   ok        ok
recorder   -               -           same  wait   own       ok
recorder   chair           -           same  ok     own       kin
home       recorder,chair  -           same  ok     kin       kin
"""
# Where no two are left: one review of what somebody of the staff told who is no kin. first: the first one is missing.
ONLY = """
told by    kin to it       nobody is   grid  panel  recorder  chair
recorder   -               grid,panel  -     -      own       ok
chair      -               grid,panel  -     -      ok        own
grid       chair           panel       own   -      ok        kin
recorder   recorder        grid,panel  -     -      own       first
home       recorder        grid,panel  -     -      kin       first
recorder   -               grid        -     first  own       wait
recorder   panel,chair     grid        -     kin    own       kin
"""
REASONS: Mapping[type[Exception], str] = {
    OwnRecord: "own",
    SameHousehold: "kin",
    SameReviewer: "same",
    NotYourReview: "wait",
    FirstReviewMissing: "first",
}


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()[1:]]


def people_of(village: Village) -> dict[str, Guard]:
    return {
        "grid": village.grid_worker,
        "panel": village.panel[0],
        "recorder": village.recorder,
        "chair": village.chair,
    }


def told_in(session: Session, village: Village, rules: Rules, clock: Clock, row: list[str]) -> DeedRecord:
    """Let a row's village tell its deed; only the first of the panel is left there."""
    staff = people_of(village)
    for member in village.panel[1:]:
        people.revoke(session, village.chair, member.require_staff(), Role.PANEL_MEMBER)
    for name in row[1].split(","):
        if name in staff:
            kin_to(session, staff[name], village.households[0])
    guard = home_of(village, 0) if row[0] == "home" else staff[row[0]]
    deed = record(session, village, rules, clock, guard=guard)
    for name in row[2].split(","):
        if name in staff:
            role = Role.GRID_WORKER if name == "grid" else Role.PANEL_MEMBER
            people.revoke(session, village.chair, staff[name].require_staff(), role)
    return deed


def outcomes(
    session: Session,
    village: Village,
    clock: Clock,
    deed: DeedRecord,
    expected: list[str],
    act: Callable[..., DeedRecord],
) -> list[str]:
    """Return what each is told who tries, in a savepoint of its own."""
    found = []
    for guard, word in zip(people_of(village).values(), expected, strict=True):
        if word == "-":
            found.append("-")
            continue
        trial = session.begin_nested()
        try:
            act(session, guard, deed.id, at=clock())
            found.append("ok")
        except tuple(REASONS) as error:
            found.append(REASONS[type(error)])
        trial.rollback()
        session.expire_all()
    return found


@pytest.mark.parametrize("row", rows(FIRST), ids="/".join)
def test_the_first_review(session: Session, village: Village, rules: Rules, clock: Clock, row: list[str]) -> None:
    deed = told_in(session, village, rules, clock, row)
    assert outcomes(session, village, clock, deed, row[3:], service.first_review) == row[3:]


@pytest.mark.parametrize("row", rows(SECOND), ids="/".join)
def test_the_second_review(session: Session, village: Village, rules: Rules, clock: Clock, row: list[str]) -> None:
    deed = told_in(session, village, rules, clock, row)
    service.first_review(session, village.grid_worker, deed.id, at=clock())
    assert outcomes(session, village, clock, deed, row[3:], service.accept) == row[3:]


@pytest.mark.parametrize("row", rows(ONLY), ids="/".join)
def test_the_only_review(session: Session, village: Village, rules: Rules, clock: Clock, row: list[str]) -> None:
    deed = told_in(session, village, rules, clock, row)
    assert outcomes(session, village, clock, deed, row[3:], service.accept) == row[3:]


def test_who_made_the_first_review_ends_it_where_nobody_else_is_left(
    session: Session, village: Village, rules: Rules, clock: Clock
) -> None:
    deed = told_in(session, village, rules, clock, ["recorder", "-", "grid"])
    service.first_review(session, village.panel[0], deed.id, at=clock())
    with pytest.raises(SameReviewer):
        service.accept(session, village.panel[0], deed.id, at=clock())
    kin_to(session, village.chair, village.households[0])
    service.accept(session, village.panel[0], deed.id, at=clock())


def test_a_grid_worker_reviews_the_own_grid(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    deed = record(session, village, rules, clock, guard=home_of(village, 0))
    grid_worker = village.grid_worker.require_staff()
    people.set_grid(session, village.chair, grid_worker, "第2网格")
    with pytest.raises(NotYourReview, match="等评议员看"):
        service.first_review(session, village.grid_worker, deed.id, at=clock())
    people.set_grid(session, village.chair, grid_worker, "第1网格")
    (waits,) = queries.waiting(session, village.chair).values()
    assert (waits.circle.title, waits.circle.staff_ids) == ("网格员", frozenset({grid_worker}))
    service.first_review(session, village.grid_worker, deed.id, at=clock())


def test_an_informants_kin_stands_aside_too(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    informant(session, village, 2)
    deed = record(session, village, rules, clock, guard=home_of(village, 2))
    kin_to(session, village.grid_worker, village.households[2])
    with pytest.raises(SameHousehold):
        service.first_review(session, village.grid_worker, deed.id, at=clock())


def informant(session: Session, village: Village, index: int) -> None:
    row = session.get_one(Household, (village.market_id, village.households[index]))
    row.is_informant = True
    session.flush()


def test_who_claims_for_whom(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    own = record(session, village, rules, clock, guard=home_of(village, 0))
    assert (own.recorded_by, own.claimant_id, own.recorder_name) == (None, village.households[0], "孔振明")
    # households are of two groups by turns: the third is of the first's, the second of another
    with pytest.raises(NotOwnHousehold):
        record(session, village, rules, clock, guard=home_of(village, 2), times=1, member_name="孔小满")
    informant(session, village, 2)
    told = record(session, village, rules, clock, guard=home_of(village, 2), times=1, member_name="孔小满")
    assert (told.household_number, told.recorder_name) == ("001", "蒋凤")
    with pytest.raises(NotOwnHousehold):
        record(session, village, rules, clock, guard=home_of(village, 2), household_id=village.households[1])
    assert [each.number for each in queries.choices_of(session, home_of(village, 2))] == [
        "003", "001", "005", "007", "009", "011"
    ]  # fmt: skip
    assert {each.id for each in queries.claims(session, home_of(village, 0))} == {own.id, told.id}
    assert [each.id for each in queries.claims(session, home_of(village, 2))] == [told.id]
    with pytest.raises(NotFound):
        queries.claim(session, home_of(village, 2), own.id)
    with pytest.raises(SameDeedTwice):
        record(session, village, rules, clock, guard=home_of(village, 0), times=1)
    with pytest.raises(NotOwnRecord):
        service.withdraw(session, home_of(village, 0), told.id, at=clock())
    assert service.withdraw(session, home_of(village, 2), told.id, at=clock()).state == "withdrawn"
