"""What whoever runs the machine types before anybody can sign in, and the imports that only look."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from love_market.cli import main

SHELL = "love_market.sqlite3"
Shell = Callable[..., Result]


@pytest.fixture
def shell(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Type a command on a database of this test's own, which says nothing yet."""
    shutil.copy(migrated, tmp_path / SHELL)
    monkeypatch.setenv("LOVE_MARKET_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def typed(*words: str, answers: str = "") -> Result:
        return CliRunner().invoke(main, list(words), input=answers)

    return typed


def rows_in(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / SHELL)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def a_roster(folder: Path) -> Path:
    book = Workbook()
    sheet = book.create_sheet("花名册", 0)
    for line in (("户编号", "户主", "小组", "人口"), ("001", "孔振明", "一组", 3), ("002", "姚改", "二组", 2)):
        sheet.append(line)
    book.save(folder / "花名册.xlsx")
    return folder / "花名册.xlsx"


def test_a_real_installation_begins_with_its_first_overseer_and_nobody_else(shell: Shell, tmp_path: Path) -> None:
    weak = shell("init", answers="王查看\nduty\nshort\nshort\n")
    assert (weak.exit_code, rows_in(tmp_path, "staff")) == (1, 0)
    answer = shell("init", answers="王查看\nduty\nlong-enough-1\nlong-enough-1\n")
    assert answer.exit_code == 0, answer.output
    assert [rows_in(tmp_path, table) for table in ("staff", "market", "household")] == [1, 0, 0]
    with closing(sqlite3.connect(tmp_path / SHELL)) as connection:
        assert connection.execute("SELECT demonstration FROM installation").fetchall() == [(0,)]
        assert connection.execute("SELECT place_code, role FROM role_grant").fetchall() == [
            ("140221", "county_overseer")
        ]


def test_a_shop_is_opened_by_its_village_s_name_with_goods_and_rules_but_no_people(
    shell: Shell, tmp_path: Path
) -> None:
    answer = shell("open-market", answers="守口堡村\n")
    assert answer.exit_code == 0, answer.output
    assert "守口堡村爱心超市开着了，货单上添了 30 样常用的货。" in answer.output
    assert [rows_in(tmp_path, table) for table in ("market", "good", "household", "staff")] == [1, 30, 0, 0]


def test_opening_twice_is_opening_once(shell: Shell, tmp_path: Path) -> None:
    shell("open-market", "--village", "140221100222")
    answer = shell("open-market", "--village", "140221100222")
    assert answer.exit_code == 0
    assert "添了 0 样" in answer.output
    assert rows_in(tmp_path, "market") == 1


def test_one_shop_may_serve_several_villages_under_its_own_name(shell: Shell, tmp_path: Path) -> None:
    answer = shell("open-market", "--village", "守口堡", "--village", "燕家堡", "--name", "龙泉镇爱心超市")
    assert answer.exit_code == 0, answer.output
    with closing(sqlite3.connect(tmp_path / SHELL)) as connection:
        served = connection.execute("SELECT count(*) FROM place WHERE market_id IS NOT NULL").fetchone()
    assert (rows_in(tmp_path, "market"), served) == (1, (2,))
    refused = shell("open-market", "--village", "燕家堡")
    assert (refused.exit_code, rows_in(tmp_path, "market")) == (1, 1)
    assert "燕家堡村委会已经有爱心超市了。" in refused.output


@pytest.mark.parametrize(("text", "said"), [("堡", "140221100222\t守口堡村委会"), ("没有这个村", "对得上 0 个村")])
def test_a_name_of_many_villages_or_none_opens_nothing_and_lists_them(
    shell: Shell, tmp_path: Path, text: str, said: str
) -> None:
    answer = shell("open-market", "--village", text)
    assert answer.exit_code == 1
    assert said in answer.output
    assert rows_in(tmp_path, "market") == 0


def test_a_dry_run_leaves_nothing_behind(shell: Shell, tmp_path: Path) -> None:
    answer = shell("import-roster", "--village", "140221100222", "--dry-run", str(a_roster(tmp_path)))
    assert answer.exit_code == 0, answer.output
    assert answer.output.endswith("2 households, 5 members, 0 refused\n")
    assert [rows_in(tmp_path, table) for table in ("market", "installation", "household")] == [0, 0, 0]


def test_what_is_imported_by_hand_is_no_demonstration(shell: Shell, tmp_path: Path) -> None:
    answer = shell("import-roster", "--village", "140221100222", str(a_roster(tmp_path)))
    assert answer.exit_code == 0, answer.output
    assert rows_in(tmp_path, "household") == 2
    with closing(sqlite3.connect(tmp_path / SHELL)) as connection:
        assert connection.execute("SELECT demonstration FROM installation").fetchall() == [(0,)]
