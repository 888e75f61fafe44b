import io
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from love_market.db import new_id, reading, transaction
from love_market.people import queries, service
from love_market.people.intake import RosterPlan, roster_lines
from love_market.people.models import Household, Member
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard
from tests import builders
from tests.builders import VILLAGE_CODE, Village
from tests.conftest import Clock
from tests.people.sheets import IDENTITIES, Value, csv, parsed, xlsx

HEAD = ["户编号", "户主姓名", "身份证号码", "家庭人口", "联系电话", "村民小组", "备注"]
PERSONS = ["户编号", "姓名", "与户主关系", "身份证号"]
ROSTERS = f"/v/{VILLAGE_CODE}/households/roster"


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


def upload(client: FlaskClient, data: bytes, name: str = "花名册.xlsx") -> str:
    """Hand a roster over; return where its preview is."""
    answer = client.post(ROSTERS, data={"roster": (io.BytesIO(data), name), "key": str(new_id())})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def confirm(client: FlaskClient, preview: str) -> int:
    page = client.get(preview).text
    digest = page.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    return client.post(preview, data={"digest": digest, "key": str(new_id())}).status_code


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


def test_nothing_is_written_before_the_preview_is_confirmed(
    client: FlaskClient, village: Village, tmp_path: Path
) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("001", "孔振明", 5), line("300", "周小兰"), line("301", None)]))
    assert len(books(village.recorder)) == 12
    page = client.get(preview).text
    assert "1 行收不了" in page
    assert "没有户主姓名。" in page
    assert "表里有 3 个身份证号，都丢掉了" in page
    assert "周小兰" in client.get(f"{preview}?show=made").text
    changed = client.get(f"{preview}?show=changed").text
    assert "<del>3</del> → <ins>5</ins>" in changed
    assert confirm(client, preview) == 302
    assert [each.number for each in books(village.recorder)][-1] == "300"
    assert not list((tmp_path / "roster-previews").iterdir())
    assert "导入好了：新增 1 户，改动 1 户" in client.get(f"/v/{VILLAGE_CODE}/households").text


def test_confirming_twice_or_going_back_writes_once(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("300", "周小兰")]))
    assert confirm(client, preview) == 302
    assert confirm(client, preview) == 302
    assert client.get(preview).status_code == 404
    assert len(books(village.recorder)) == 13


def test_a_preview_that_is_no_longer_true_is_shown_again(client: FlaskClient, village: Village, clock: Clock) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("300", "周小兰")]))
    page = client.get(preview).text
    digest = page.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    take_in(xlsx([HEAD, line("300", "吴大")]), village.recorder, clock)
    answer = client.post(preview, data={"digest": digest, "key": str(new_id())})
    assert answer.status_code == 409
    assert "户册在这之间变过了" in answer.text
    assert books(village.recorder)[-1].head_name == "吴大"


def test_a_preview_belongs_to_its_village_and_is_thrown_away_after_a_day(
    client: FlaskClient, village: Village, clock: Clock, tmp_path: Path
) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, line("300", "周小兰")]))
    builders.sign_in(client, village.clerk)
    assert client.get(preview).status_code == 403
    builders.sign_in(client, village.recorder)
    clock.at = clock.at.replace(day=clock.at.day + 2)
    upload(client, xlsx([HEAD, line("301", "吴大")]))
    assert len(list((tmp_path / "roster-previews").iterdir())) == 1
    assert client.get(preview).status_code == 404


HOSTILE = ['=HYPERLINK("http://x")', "<script>alert(1)</script>", "孔{{ 7*7 }}", "%(x)s{0}", "O'Brien; DROP TABLE"]


def test_hostile_names_stand_on_pages_as_they_were_written(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.recorder)
    preview = upload(client, xlsx([HEAD, *(line(f"{400 + at}", name, note=name) for at, name in enumerate(HOSTILE))]))
    pages = [client.get(f"{preview}?show=made").text]
    assert confirm(client, preview) == 302
    pages.append(client.get(f"/v/{VILLAGE_CODE}/households").text)
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "=HYPERLINK(&#34;http://x&#34;)" in page
        assert "{{ 7*7 }}" in page
    with reading() as session:
        kept = session.scalars(select(Household.head_name).where(Household.number >= "400").order_by(Household.number))
        assert list(kept) == HOSTILE


def test_no_identity_number_stays_anywhere(app: Flask, client: FlaskClient, village: Village, tmp_path: Path) -> None:
    builders.sign_in(client, village.recorder)
    rows: list[list[Value]] = [
        ["001", "孔振明", IDENTITIES[0], 3, "13900000001", "一组", f"低保，{IDENTITIES[1]}"],
        ["002", f"姚改{IDENTITIES[1]}", IDENTITIES[1], 3, IDENTITIES[2], "一组", None],
        [IDENTITIES[0], "蒋凤", IDENTITIES[2], IDENTITIES[0], None, IDENTITIES[1], None],
    ]
    preview = upload(
        client, xlsx([[f"花名册 {IDENTITIES[0]}"], HEAD, *rows, ["合计", IDENTITIES[1]]]), f"{IDENTITIES[0]}.xlsx"
    )
    pages = "".join(client.get(f"{preview}?show={shown}").text for shown in ("made", "changed", "refused", "same"))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "roster-previews").iterdir())
    assert confirm(client, preview) == 302
    pages += client.get(f"/v/{VILLAGE_CODE}/households").text
    with app.app_context():
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("love_market.sqlite3*"))
    found = sqlite3.connect(tmp_path / "love_market.sqlite3")
    tables = [name for (name,) in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    cells = [str(cell) for table in tables for row in found.execute(f"SELECT * FROM {table}") for cell in row]
    found.close()
    assert any("低保" in cell for cell in cells)
    for number in IDENTITIES:
        assert not [cell for cell in cells if number in cell]
        assert number.encode() not in raw
        assert number.encode() not in kept
        assert number not in pages


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "空.xlsx", "什么也没有"),
        (b"\x89PNG\r\n\x1a\n", "照片.xlsx", "看起来是图片"),
        (xlsx([["甲", "乙"], ["丙", "丁"]]), "别的.xlsx", "表头"),
        (b"PK\x03\x04 but nothing behind it", "坏的.xlsx", "请"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_words(
    client: FlaskClient, village: Village, data: bytes, name: str, words: str
) -> None:
    builders.sign_in(client, village.recorder)
    answer = client.post(ROSTERS, data={"roster": (io.BytesIO(data), name), "key": str(new_id())})
    assert answer.status_code == 422
    assert words in answer.text
    assert client.post(ROSTERS, data={"key": str(new_id())}).status_code == 422


def test_a_roster_in_gbk_goes_all_the_way(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.chair)
    preview = upload(client, csv([HEAD, line("500", "龚小满", 2, "13900000009")]), "花名册.csv")
    assert confirm(client, preview) == 302
    assert books(village.recorder)[-1].head_name == "龚小满"


def test_only_the_committee_hands_rosters_over(client: FlaskClient, village: Village) -> None:
    assert client.get(ROSTERS).status_code == 302
    for guard in (village.clerk, village.grid_worker, village.panel[0]):
        builders.sign_in(client, guard)
        assert client.get(ROSTERS).status_code == 403
        answer = client.post(ROSTERS, data={"roster": (io.BytesIO(b"x"), "x.xlsx"), "key": str(new_id())})
        assert answer.status_code == 403


def test_the_template_is_the_village_s_own_roster_and_comes_back_unchanged(
    client: FlaskClient, village: Village
) -> None:
    builders.sign_in(client, village.recorder)
    answer = client.get(f"{ROSTERS}/template.xlsx")
    assert answer.status_code == 200
    assert "filename*=UTF-8" in answer.headers["Content-Disposition"]
    plan = plan_of(answer.data, village.recorder)
    assert (plan.count("same"), plan.count("changed"), plan.refused) == (12, 0, 0)
