from sqlalchemy import select

from love_market.db import new_id, reading, transaction
from love_market.people import queries, service
from love_market.people.intake import roster_lines
from love_market.people.models import Member
from love_market.people.rules import Guard
from tests.builders import Village
from tests.conftest import Clock
from tests.people.rosters import HEAD, books, line, plan_of, take_in
from tests.people.sheets import IDENTITIES, Value, xlsx

PERSONS = ["户编号", "姓名", "与户主关系", "身份证号"]


def test_a_roster_is_made_once_and_the_same_again_changes_nothing(village: Village, clock: Clock) -> None:
    data = xlsx([HEAD, *(line(f"{200 + at}", f"户{at}", 2) for at in range(30))])
    assert take_in(data, village.recorder, clock).made == 30
    before = books(village.recorder)
    plan = plan_of(data, village.recorder)
    assert (plan.households, plan.members, plan.refused) == (30, 60, 0)
    assert plan.changes_nothing
    result = take_in(data, village.recorder, clock)
    assert (result.made, result.changed, result.same) == (0, 0, 30)
    assert books(village.recorder) == before


def test_what_differs_is_changed_and_shown_from_what_to_what(village: Village, clock: Clock) -> None:
    data = xlsx([HEAD, line("1", "孔振明", 5, "13900000001", "五保户"), line("002", "姚改改")])
    changed, renamed = plan_of(data, village.recorder).rows
    assert changed.action == "changed"
    assert [(c.label, c.before, c.after) for c in changed.changes] == [
        ("电话", "", "13900000001"),
        ("人口", "3", "5"),
        ("备注", "", "五保户"),
    ]
    assert [(c.label, c.before, c.after) for c in renamed.changes if c.label == "户主"] == [("户主", "姚改", "姚改改")]
    take_in(data, village.recorder, clock)
    first = books(village.recorder)[0]
    assert (first.id, first.number, first.phone, first.member_count) == (village.households[0], "001", "13900000001", 5)


def test_an_empty_cell_leaves_what_the_books_have_and_no_phone_takes_it_away(village: Village, clock: Clock) -> None:
    take_in(xlsx([HEAD, line("001", "孔振明", 3, "13900000001", "五保户")]), village.recorder, clock)
    plan = plan_of(xlsx([HEAD, ["001", "孔振明", None, None, None, None, None]]), village.recorder)
    assert plan.rows[0].action == "same"
    take_in(xlsx([HEAD, line("001", "孔振明", 3, "无")]), village.recorder, clock)
    first = books(village.recorder)[0]
    assert (first.phone, first.note) == ("", "五保户")


def test_households_that_the_roster_does_not_name_are_listed_and_stay(village: Village, clock: Clock) -> None:
    plan = plan_of(xlsx([HEAD, line("001", "孔振明"), line("002", None)]), village.recorder)
    assert [each.number for each in plan.missing] == [f"{number:03}" for number in range(3, 13)]
    take_in(xlsx([HEAD, line("001", "孔振明")]), village.recorder, clock)
    assert len(books(village.recorder)) == 12


def test_without_numbers_households_are_found_by_head_and_group(village: Village, clock: Clock) -> None:
    head = ["户主", "小组", "人口"]
    plan = plan_of(xlsx([head, ["孔振明", "1", 4], ["新来的", "二组", 2], ["再来的", "二组", 2]]), village.recorder)
    assert [(row.number, row.action) for row in plan.rows] == [("001", "changed"), ("013", "made"), ("014", "made")]
    assert "没有户编号，编为 013。" in plan.rows[1].text
    with transaction() as session:
        service.import_roster(session, village.recorder, plan, at=clock())
    again = plan_of(xlsx([head, ["再来的", "二组", 2], ["新来的", "二组", 2], ["孔振明", "1", 4]]), village.recorder)
    assert [(row.number, row.action) for row in again.rows] == [("014", "same"), ("013", "same"), ("001", "same")]


def test_two_of_one_name_cannot_be_told_apart_without_a_number(village: Village, clock: Clock) -> None:
    take_in(xlsx([HEAD, line("050", "王平"), line("051", "王平")]), village.recorder, clock)
    plan = plan_of(xlsx([["户主", "小组"], ["王平", "1"]]), village.recorder)
    assert plan.refused == 1
    assert "分不清是哪一户" in plan.rows[0].text
    assert not {"050", "051"} & {each.number for each in plan.missing}


def test_named_members_are_set_and_replaced_only_where_they_differ(village: Village, clock: Clock) -> None:
    people: list[list[Value]] = [
        ["001", "孔振明", "户主", IDENTITIES[0]],
        ["001", "姚改", "妻", IDENTITIES[1]],
        ["099", "马秀英", "户主", IDENTITIES[2]],
    ]
    assert take_in(xlsx([PERSONS, *people]), village.recorder, clock).members == 3
    with reading() as session:
        kept = session.scalars(select(Member.id).order_by(Member.id)).all()
        named = queries.members(session, village.recorder, village.households[0])
    assert [(each.name, each.relation) for each in named] == [("孔振明", "户主"), ("姚改", "妻")]
    take_in(xlsx([PERSONS, *people]), village.recorder, clock)
    with reading() as session:
        assert session.scalars(select(Member.id).order_by(Member.id)).all() == kept
    take_in(xlsx([PERSONS, *people, ["001", "孔小满", "子", None]]), village.recorder, clock)
    with reading() as session:
        named = queries.members(session, village.recorder, village.households[0])
        household = queries.household(session, village.recorder, village.households[0])
    assert [each.name for each in named] == ["孔振明", "姚改", "孔小满"]
    assert household.member_count == 3


def test_a_household_that_left_comes_back_with_the_roster(village: Village, clock: Clock) -> None:
    with transaction() as session:
        service.mark_left(session, village.recorder, village.households[0], on=clock().date(), at=clock())
    plan = plan_of(xlsx([HEAD, line("001", "孔振明")]), village.recorder)
    assert "回村" in plan.rows[0].text
    take_in(xlsx([HEAD, line("001", "孔振明")]), village.recorder, clock)
    assert books(village.recorder)[0].left_on is None


def test_another_village_s_households_are_neither_seen_nor_touched(village: Village, clock: Clock) -> None:
    elsewhere = Guard.of_staff(village.market_id, "140221100001", new_id(), "别村", *village.recorder.roles)
    plan = plan_of(xlsx([HEAD, line("001", "孔振明", 9)]), elsewhere)
    assert [row.action for row in plan.rows] == ["made"]
    with transaction() as session:
        service.import_roster(session, elsewhere, plan, at=clock())
    assert books(village.recorder)[0].member_count == 3


def test_lines_for_the_shell_end_with_the_count(village: Village) -> None:
    lines = roster_lines(plan_of(xlsx([HEAD, line("001", "孔振明"), line("002", None)]), village.recorder))
    assert lines[-1] == "1 households, 3 members, 1 refused"
    assert any("第 3 行  没有收  002  没有户主姓名。" in each for each in lines)
