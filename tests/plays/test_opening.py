"""What whoever runs the machine types before anybody can sign in, and the imports that only look."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.databases import Database
from tests.plays.shell import Installation, installation


@pytest.fixture
def at(database: Database, tmp_path: Path) -> Installation:
    """An installation whose database says nothing yet."""
    return installation(tmp_path, database)


def rows_in(at: Installation, *tables: str) -> list[int]:
    counts = at.counts()
    return [counts[table] for table in tables]


def a_roster(folder: Path) -> Path:
    book = Workbook()
    sheet = book.create_sheet("花名册", 0)
    for line in (("户编号", "户主", "小组", "人口"), ("001", "孔振明", "一组", 3), ("002", "姚改", "二组", 2)):
        sheet.append(line)
    book.save(folder / "花名册.xlsx")
    return folder / "花名册.xlsx"


def test_a_real_installation_begins_with_its_first_overseer_and_nobody_else(at: Installation) -> None:
    weak = at.type("init", answers="王查看\nduty\nshort\nshort\n")
    assert (weak.exit_code, at.counts()["staff"]) == (1, 0)
    answer = at.type("init", answers="王查看\nduty\nlong-enough-1\nlong-enough-1\n")
    assert answer.exit_code == 0, answer.output
    assert rows_in(at, "staff", "market", "household") == [1, 0, 0]
    assert at.rows("SELECT demonstration FROM installation") == [(0,)]
    assert at.rows("SELECT place_code, role FROM role_grant") == [("140221", "county_overseer")]


def test_a_shop_is_opened_by_its_village_s_name_with_goods_and_rules_but_no_people(at: Installation) -> None:
    answer = at.type("open-market", answers="守口堡村\n")
    assert answer.exit_code == 0, answer.output
    assert "守口堡村爱心超市开着了，货单上添了 30 样常用的货。" in answer.output
    assert rows_in(at, "market", "good", "household", "staff") == [1, 30, 0, 0]


def test_opening_twice_is_opening_once(at: Installation) -> None:
    at.type("open-market", "--village", "140221100222")
    answer = at.type("open-market", "--village", "140221100222")
    assert answer.exit_code == 0
    assert "添了 0 样" in answer.output
    assert at.counts()["market"] == 1


def test_one_shop_may_serve_several_villages_under_its_own_name(at: Installation) -> None:
    answer = at.type("open-market", "--village", "守口堡", "--village", "燕家堡", "--name", "龙泉镇爱心超市")
    assert answer.exit_code == 0, answer.output
    served = at.rows("SELECT count(*) FROM place WHERE market_id IS NOT NULL")
    assert (at.counts()["market"], served) == (1, [(2,)])
    refused = at.type("open-market", "--village", "燕家堡")
    assert (refused.exit_code, at.counts()["market"]) == (1, 1)
    assert "燕家堡村委会已经有爱心超市了。" in refused.output


@pytest.mark.parametrize(("text", "said"), [("堡", "140221100222\t守口堡村委会"), ("没有这个村", "对得上 0 个村")])
def test_a_name_of_many_villages_or_none_opens_nothing_and_lists_them(at: Installation, text: str, said: str) -> None:
    answer = at.type("open-market", "--village", text)
    assert answer.exit_code == 1
    assert said in answer.output
    assert at.counts()["market"] == 0


def test_a_dry_run_leaves_nothing_behind(at: Installation) -> None:
    answer = at.type("import-roster", "--village", "140221100222", "--dry-run", a_roster(at.folder))
    assert answer.exit_code == 0, answer.output
    assert answer.output.endswith("2 households, 5 members, 0 refused\n")
    assert rows_in(at, "market", "installation", "household") == [0, 0, 0]


def test_what_is_imported_by_hand_is_no_demonstration(at: Installation) -> None:
    answer = at.type("import-roster", "--village", "140221100222", a_roster(at.folder))
    assert answer.exit_code == 0, answer.output
    assert at.counts()["household"] == 2
    assert at.rows("SELECT demonstration FROM installation") == [(0,)]
