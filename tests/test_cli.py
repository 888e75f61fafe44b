"""What whoever runs the machine types: the imports, and how each command says no."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from love_market.clock import Quarter
from tests.databases import Database
from tests.plays.shell import ROSTER, SCORES, VILLAGE, Installation, installation, meeting
from tests.workbook.making import make_xlsx

HEAD = ["户编号", "户主姓名", "家庭人口", "村民小组"]
ITEMS = ["户编号", "户主", "庭院整洁", "义务劳动", "合计"]


@pytest.fixture
def at(database: Database, tmp_path: Path) -> Installation:
    """An installation whose database says nothing yet."""
    return installation(tmp_path / "instance", database)


@pytest.fixture
def with_people(at: Installation) -> Installation:
    """The same with the shared roster taken in."""
    assert at.type("import-roster", "--village", VILLAGE, ROSTER).exit_code == 0
    return at


def roster(at: Installation, *rows: Sequence[object]) -> Path:
    return at.put("花名册.xlsx", make_xlsx([HEAD, *rows]))


def scores(at: Installation, *rows: Sequence[object]) -> Path:
    return at.put("评分表.xlsx", make_xlsx([ITEMS, *rows]))


def import_scores(at: Installation, file: Path, *options: str) -> tuple[int, str]:
    answer = at.type("import-scores", "--village", VILLAGE, "--quarter", "2026Q3", *meeting(), *options, file)
    return answer.exit_code, answer.output


def test_a_roster_ends_with_its_counts_and_the_same_file_again_changes_nothing(at: Installation) -> None:
    answer = at.type("import-roster", "--village", VILLAGE, ROSTER)
    assert answer.exit_code == 0
    assert answer.output.splitlines()[-1] == "126 households, 359 members, 0 refused"
    assert "身份证号" in answer.output
    before = at.counts()
    again = at.type("import-roster", "--village", VILLAGE, ROSTER)
    assert "新增 0，改动 0，不变 126，没有收 0" in again.output
    assert at.counts() == before
    assert (before["household"], before["market"], before["staff"]) == (126, 1, 0)


def test_no_identity_number_reaches_the_disk(with_people: Installation) -> None:
    sheet = openpyxl.load_workbook(ROSTER).worksheets[0]
    numbers = {str(row[4]) for row in sheet.iter_rows(min_row=4, values_only=True) if row[4]}
    assert len(numbers) > 100
    kept = b"".join(path.read_bytes() for path in with_people.folder.rglob("*") if path.is_file())
    kept += with_people.database.kept(with_people.url)
    assert "孔振明".encode() in kept
    assert not [number for number in numbers if number.encode() in kept]


def test_scores_end_with_their_counts_and_open_the_quarter(with_people: Installation) -> None:
    status, told = import_scores(with_people, SCORES)
    assert (status, told.splitlines()[-1]) == (0, "126 households, 431 scores, 0 refused")
    assert "新项目：J 列“邻里和睦”" in told
    assert with_people.rows("SELECT quarter, state FROM appraisal") == [("2026Q3", "scoring")]
    before = with_people.counts()
    status, told = import_scores(with_people, SCORES)
    assert (status, with_people.counts()["score"], "不变" in told) == (0, before["score"], True)


def test_without_a_meeting_nothing_is_scored_and_no_rule_is_made(with_people: Installation) -> None:
    words = ("import-scores", "--village", VILLAGE, "--quarter", "2026Q3")
    refused = with_people.type(*words, SCORES)
    assert (refused.exit_code, "要经村民代表会议通过" in refused.output) == (1, True)
    few = with_people.type(*words, "--meeting", meeting()[1], "30", "19", "19", "0", "0", SCORES)
    assert (few.exit_code, "不到三分之二（要 20 人）" in few.output) == (1, True)
    assert import_scores(with_people, SCORES, "--no-new-rules")[0] == 0
    told = with_people.type(*words, SCORES).output
    assert "新项目没有收：邻里和睦、高额彩礼" in told
    assert with_people.counts()["rule_version"] == 1


@pytest.mark.parametrize("options", [(), ("--no-new-rules",)])
def test_a_dry_run_tells_the_same_and_writes_nothing(with_people: Installation, options: tuple[str, ...]) -> None:
    before = with_people.counts()
    tried = import_scores(with_people, SCORES, "--dry-run", *options)
    assert with_people.counts() == before
    assert import_scores(with_people, SCORES, *options) == tried


def test_a_dry_run_of_a_roster_writes_nothing_on_an_empty_database(at: Installation) -> None:
    before = at.counts()
    tried = at.type("import-roster", "--village", VILLAGE, "--dry-run", ROSTER)
    assert (tried.exit_code, at.counts()) == (0, before)
    assert at.type("import-roster", "--village", VILLAGE, ROSTER).output == tried.output


@pytest.mark.parametrize(
    ("rows", "told", "taken"),
    [
        ([["001", "孔小满", 3, "一组"], ["1", "马秀英", 2, "一组"]], "两行都没有收", 0),
        ([["001", "孔小满", 3, "一组"], ["001", "孔小满", 3, "一组"]], "重复了，只收第 2 行", 1),
        ([["001", "孔小满", "=1+2", "一组"], ["002", "马秀英", 2, "一组"]], "里是公式，没有算出结果", 1),
        ([["001", None, 3, "一组"], ["002", "马秀英", 2, "一组"]], "没有户主姓名", 1),
    ],
)
def test_a_refused_row_is_told_the_rest_is_taken_and_the_command_ends_with_1(
    at: Installation, rows: list[list[object]], told: str, taken: int
) -> None:
    answer = at.type("import-roster", "--village", VILLAGE, roster(at, *rows))
    assert answer.exit_code == 1
    assert told in answer.output
    assert at.counts()["household"] == taken


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["901", "孔振明", 5], "花名册里没有 901 户（孔振明）"),
        (["001", "孔振明", 1.5], "C2 里的“1.5”不是整数"),
        (["001", "孔振明", "十"], "C2 里的“十”不是数字"),
        (["001", "孔振明", "=5+5"], "C2 里是公式"),
        (["001", "孔振明", -5], "C2：庭院整洁是加分项，不能填 -5"),
        (["001", "别人", 5], "001 户，表上户主是“别人”，花名册上是“孔振明”"),
    ],
)
def test_a_score_that_cannot_be_is_told_and_the_rest_is_taken(
    with_people: Installation, row: list[object], told: str
) -> None:
    status, output = import_scores(with_people, scores(with_people, row, ["002", "姚改", 5, 8, 13]))
    assert (status, told in output) == (1, True), output
    assert output.splitlines()[-1] == "1 households, 2 scores, 1 refused"
    assert with_people.value("SELECT sum(points) FROM score") == 13


def test_points_above_a_cap_are_taken_told_and_counted_at_the_cap(with_people: Installation) -> None:
    status, told = import_scores(with_people, scores(with_people, ["001", "孔振明", 20, 48, 68]))
    assert status == 0
    assert "C2：庭院整洁填了 20 分，封顶后算 5 分。" in told
    assert "D2：义务劳动填了 48 分，封顶后算 40 分。" in told


def test_a_household_named_twice_in_scores_is_refused_on_both_rows(with_people: Installation) -> None:
    file = scores(with_people, ["001", "孔振明", 5], ["002", "姚改", 5], ["1", "孔振明", 5])
    status, told = import_scores(with_people, file)
    assert (status, told.count("001 户在表里不止一行。请只留一行。")) == (1, 2)
    assert told.splitlines()[-1] == "1 households, 1 scores, 2 refused"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("import-roster", "--village", "140221999999", ROSTER), "没有代码是 140221999999 的地方。"),
        (("import-scores", "--village", VILLAGE, "--quarter", "2026第三季度", SCORES), "季度写作 2026Q3 这样"),
        (("import-scores", "--village", VILLAGE, "--quarter", "2026Q5", SCORES), "“2026Q5”看不懂"),
        (("books", "verify", "--database", "nonsense"), "数据库的地址看不懂"),
        (("books", "verify", "--database", "sqlite:////nowhere/at/all.sqlite3"), "数据库打不开"),
        (("migrate", "--database", f"sqlite:///{ROSTER}"), "数据库打不开"),
    ],
)
def test_what_cannot_be_understood_is_answered_in_one_sentence(
    at: Installation, words: tuple[str | Path, ...], told: str
) -> None:
    answer = at.type(*words)
    assert (answer.exit_code, len(answer.output.splitlines())) == (1, 1), answer.output
    assert told in answer.output
    assert at.counts()["household"] == 0


@pytest.mark.parametrize("command", ["import-roster", "import-scores", "play-quarter"])
def test_without_a_village_the_command_says_what_it_lacks(at: Installation, command: str) -> None:
    answer = at.type(command, ROSTER)
    assert (answer.exit_code, "--village" in answer.output) == (2, True)


def test_a_quarter_before_any_roster_has_households_to_be_told_unknown(at: Installation) -> None:
    status, told = import_scores(at, scores(at, ["001", "孔振明", 5]))
    assert (status, "花名册里没有 001 户" in told) == (1, True)
    assert Quarter.parse("2026Q3").title == "2026年第三季度"
