"""The same quarter from workbooks of every shape, and of the largest village: what is on paper is what is awarded."""

import json
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import on_sqlite_alone
from tests.databases import Database
from tests.plays.books import redemptions_that_do_not_match, sums_of
from tests.plays.shapes import NEW_RULE, SHAPES, Home, Shape, homes, scores_with_wrong_totals
from tests.plays.shell import VILLAGE, Installation, installation, meeting, play_words
from tests.workbook.making import make_csv

pytestmark = pytest.mark.slow

ROSTER = """
    SELECT number, head_name, member_count, group_name, phone FROM household ORDER BY number
"""
AWARDS = """
    SELECT household.head_name, sum(leg.amount) FROM leg
    JOIN household ON household.market_id = leg.market_id AND household.id = leg.destination_owner
    WHERE leg.source_kind = 'budget' GROUP BY household.market_id, household.id
"""
LARGEST_SECONDS = 120


def written(folder: Path, village: tuple[Home, ...], shape: Shape) -> Path:
    name, data = shape(village)
    (folder / name).write_bytes(data)
    return folder / name


def play(at: Installation, village: tuple[Home, ...], roster: Shape, scores: Shape) -> dict[str, object]:
    out = at.folder / "out"
    words = play_words(out, roster=written(at.folder, village, roster), scores=written(at.folder, village, scores))
    answer = at.type(*words)
    assert answer.exit_code == 0, answer.output
    kept: dict[str, object] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return kept


@pytest.mark.parametrize(("roster", "scores"), SHAPES, ids=lambda shape: shape.__name__)
def test_a_village_in_any_shape_gives_the_same_quarter(
    database: Database, tmp_path: Path, roster: Shape, scores: Shape
) -> None:
    at, village = installation(tmp_path / "shape", database), homes()
    summary = play(at, village, roster, scores)
    assert at.rows(ROSTER) == [
        (f"{home.number:03}", home.head, 1 + len(home.members), f"{'一二三'[home.group - 1]}组", home.phone)
        for home in village
    ]
    assert dict(at.rows(AWARDS)) == {home.head: home.awarded for home in village if home.awarded}
    assert at.value("SELECT count(*) FROM rule WHERE name = :name", name=NEW_RULE) == 1
    assert (summary["households"], summary["verified"]) == (len(village), True)
    assert summary["scores"] == sum(bool(value) for home in village for value in home.points)
    assert b"140221195109166441" not in database.kept(at.url)


def test_a_total_that_is_wrong_is_told_and_not_taken(database: Database, tmp_path: Path) -> None:
    at, village = installation(tmp_path / "wrong", database), homes()
    at.type("import-roster", "--village", VILLAGE, written(at.folder, village, SHAPES[0][0]))
    scores = written(at.folder, village, scores_with_wrong_totals)
    answer = at.type("import-scores", "--village", VILLAGE, "--quarter", "2026Q3", *meeting(), scores)
    assert answer.exit_code == 0, answer.output
    assert f"表上合计 {village[0].total + 1}，各项相加是 {village[0].total}，按各项算。" in answer.output
    assert answer.output.count("表上合计") == 1
    assert f"新项目：E 列“{NEW_RULE}”" in answer.output


def test_rows_that_cannot_be_taken_are_told_and_the_quarter_goes_on(database: Database, tmp_path: Path) -> None:
    at, village = installation(tmp_path / "refused", database), homes(4)
    roster: list[list[object]] = [
        ["户编号", "户主"],
        *[[home.number, home.head] for home in village],
        [11, "孔九"],
        [12, None],
    ]
    scores: list[list[object]] = [
        ["户编号", "户主", "义务劳动"],
        *[[home.number, home.head, 8] for home in village],
        [77, "没有此人", 8],
    ]
    (at.folder / "花名册.csv").write_bytes(make_csv(roster, "gbk"))
    (at.folder / "评分表.csv").write_bytes(make_csv(scores, "gbk"))
    words = play_words(at.folder / "out", roster=at.folder / "花名册.csv", scores=at.folder / "评分表.csv")
    answer = at.type(*words)
    assert answer.exit_code == 0, answer.output
    assert "第 7 行没有收\t12\t没有户主姓名。" in answer.output
    assert "第 6 行没有收\t77 没有此人\t花名册里没有 77 户（没有此人）。" in answer.output
    assert sums_of(at).awarded == 4 * 8


@on_sqlite_alone  # a village's own PC; a county's quarter has its own measure
def test_a_village_of_1300_households_is_played_in_well_under_two_minutes(database: Database, tmp_path: Path) -> None:
    at, village = installation(tmp_path / "large", database), homes(1300)
    begun = time.process_time()
    summary = play(at, village, *SHAPES[0])
    took = time.process_time() - begun
    sys.stdout.write(f"1,300 households: {summary['seconds']} s, {took:.0f} s of them on the processor\n")
    assert took < LARGEST_SECONDS
    assert (summary["households"], summary["verified"]) == (1300, True)
    assert summary["points_awarded"] == sum(home.awarded for home in village)
    assert sums_of(at).balances_agree
    assert redemptions_that_do_not_match(at) == []
