"""A score workbook as villages keep it: what is read, what is refused, and what an import writes."""

import io
from collections.abc import Sequence

import openpyxl
import pytest
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.intake import ParsedScores, ScorePlan, parse_scores, score_lines
from love_market.appraisals.rules import State, refusals
from love_market.db import new_id, transaction
from love_market.deeds import queries as deeds
from love_market.workbook import NoUsableHeader, read_workbook
from tests import penalties
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.builders import HEADS, Village, meeting

CATEGORIES = ["序号", "户编号", "户主", "环境卫生", "环境卫生", "公益服务", "遵纪守法", "扣分项", "扣分项", "合计"]
ITEMS = [None, None, None, "庭院整洁", "垃圾分类", "义务劳动", "邻里和睦", "乱倒垃圾", "高额彩礼", None]
Line = Sequence[object]


def row(
    number: int, *points: object, head: str | None = None, said: str | None = None, total: object = "=SUM(D4:I4)"
) -> Line:
    return [number, said or f"{number:03}", head or HEADS[number - 1], *points, *[None] * (6 - len(points)), total]


def parsed(*rows: Line, heads: Sequence[Line] = (CATEGORIES, ITEMS), title: bool = True) -> ParsedScores:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if title:
        sheet.append(["守口堡村2026年第三季度积分评定表"])
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(heads[0]))
    for line in (*heads, *rows):
        sheet.append(list(line))
    data = io.BytesIO()
    book.save(data)
    return parse_scores(read_workbook(data.getvalue(), "评分表.xlsx"))


def plan(session: Session, village: Village, *rows: Line, **kept: object) -> ScorePlan:
    return queries.plan_scores(session, village.recorder, Q3, parsed(*rows, **kept))  # type: ignore[arg-type]


@pytest.fixture
def scoring(village: Village) -> Village:
    with transaction() as session:
        stages.open_quarter(session, village)
    return village


def apply(
    session: Session, village: Village, made: ScorePlan, *, make_new_rules: bool | list[str] = True
) -> service.SavedChange:
    return service.apply_scores(
        session, village.recorder, Q3, made, make_new_rules=make_new_rules, meeting=meeting(AT), at=AT, key=new_id()
    )


def points(session: Session, village: Village) -> list[int]:
    return [one.points for one in queries.sheet(session, village.recorder, Q3).rows]


def test_two_header_rows_with_categories_are_read() -> None:
    found = parsed(row(1, 10, 5, None, 5, -5), row(2, "１０", "5分"))
    assert [(one.key, one.category, one.heading) for one in found.columns] == [
        ("D", "环境卫生", "庭院整洁"),
        ("E", "环境卫生", "垃圾分类"),
        ("F", "公益服务", "义务劳动"),
        ("G", "遵纪守法", "邻里和睦"),
        ("H", "扣分项", "乱倒垃圾"),
        ("I", "扣分项", "高额彩礼"),
    ]
    assert found.rows[1].points == {"D": 10, "E": 5, "F": None, "G": None, "H": None, "I": None}
    assert (found.rows[0].total, found.rows[0].total_unread) == (None, True)


def test_a_sheet_without_households_is_refused() -> None:
    with pytest.raises(NoUsableHeader):
        parsed([1, 2], heads=(["庭院整洁", "垃圾分类"],), title=False)


def test_an_import_makes_new_rules_fills_rows_and_counts(scoring: Village) -> None:
    with transaction() as session:
        made = plan(session, scoring, row(1, 10, 5, 8, 5, -10), row(2), row(3, None, None, None, 10, None, -20))
        assert [(one.name, one.category, one.points, one.households) for one in made.new_rules] == [
            ("邻里和睦", "和谐", 5, 2),
            ("高额彩礼", "扣分", -20, 1),
        ]
        assert (made.households, made.scores, made.refused) == (3, 7, 0)
        assert score_lines(made)[-1] == "3 households, 7 scores, 0 refused"
        assert made.penalties == 2
        assert any(line.startswith("扣分：2 格，不直接扣") for line in score_lines(made))
        apply(session, scoring, made)
    with transaction() as session:
        sheet = queries.sheet(session, scoring.recorder, Q3)
        # 庭院整洁 is capped at 5; what takes points off takes none before it was heard
        assert points(session, scoring)[:4] == [5 + 5 + 8 + 5, 0, 10, 0]
        assert [row.is_complete for row in sheet.rows[:4]] == [True, True, True, False]
        assert {rule.name for rule in sheet.rules} >= {"邻里和睦", "高额彩礼"}
        again = plan(session, scoring, row(1, 10, 5, 8, 5, -10), row(2), row(3, None, None, None, 10, None, -20))
        assert ([one.action for one in again.rows], again.new_rules) == (["same"] * 3, ())


def test_a_penalty_cell_imported_twice_is_one_record(scoring: Village) -> None:
    said = []
    for first in (-10, -10, -20):
        with transaction() as session:
            made = plan(session, scoring, row(1, 5, None, None, None, first), row(2, 5, None, None, None, -5))
            apply(session, scoring, made)
        said.append(made.rows[0].text)
    assert said[:2] == ["", ""]
    assert said[2] == "H4：乱倒垃圾已经记成扣分 -10 分，不再改成 -20 分。请到“扣分”里改。"
    with transaction() as session:
        standing = penalties.standing(session, scoring, AT, household=2)
        again = plan(session, scoring, row(1, 5, None, None, None, -10), row(3, 5, None, None, None, -10))
        assert (again.penalties, [one.action for one in again.rows]) == (0, ["same", "changed"])
        apply(session, scoring, again)
        assert [one.id for one in deeds.penalties(session, scoring.recorder).decided] == [standing]
        waiting = deeds.penalties(session, scoring.recorder).waiting
        assert [(one.household_number, one.points, one.times, one.state) for one in waiting] == [
            ("001", -10, 1, "noted"),
            ("002", -5, 1, "noted"),
        ]
        sheet = queries.sheet(session, scoring.recorder, Q3)
        assert [(row.points, row.is_complete) for row in sheet.rows[:2]] == [(5, True)] * 2


def test_no_new_rule_is_made_without_a_meeting(scoring: Village) -> None:
    with transaction() as session:
        made = plan(session, scoring, row(1, 5, 0, 0, 7, 0, -20))
        with pytest.raises(service.MeetingMissing):
            service.apply_scores(session, scoring.recorder, Q3, made, make_new_rules=True, at=AT, key=new_id())
        service.apply_scores(session, scoring.recorder, Q3, made, make_new_rules=False, at=AT, key=new_id())
        assert points(session, scoring)[0] == 5


def test_columns_whose_rule_is_not_wanted_are_left_out(scoring: Village) -> None:
    with transaction() as session:
        apply(session, scoring, plan(session, scoring, row(1, 5, 0, 0, 7, 0, -20)), make_new_rules=["邻里和睦"])
        sheet = queries.sheet(session, scoring.recorder, Q3)
        assert sheet.rows[0].points == 12
        assert "高额彩礼" not in {rule.name for rule in sheet.rules}


def test_an_import_states_totals_so_a_blank_takes_back_what_was_typed(scoring: Village) -> None:
    with transaction() as session:
        stages.score(session, scoring, {0: {"public_labour": 8, "assembly": 2}})
        made = plan(session, scoring, row(1, 5))
        assert [(one.action, one.replaced) for one in made.rows] == [("changed", 1)]
        assert made.rows[0].text == "F4：义务劳动现在 8 分，表里空着，会改成 0 分。"
        apply(session, scoring, made)
        assert points(session, scoring)[0] == 5 + 2  # the sheet says nothing about 参加会议


def test_what_somebody_entered_since_is_said_before_it_is_written_over(scoring: Village) -> None:
    with transaction() as session:
        before = plan(session, scoring, row(1, 10, 5), row(2, 5))
        assert before.replaced == 0
        stages.score(session, scoring, {0: {"tidy_yard": 5}})
        since = plan(session, scoring, row(1, 10, 5), row(2, 5))
    assert (since.replaced, [one.action for one in since.rows]) == (1, ["changed", "made"])
    assert "D4：庭院整洁现在 5 分，会改成 10 分。" in since.rows[0].text
    assert since.digest != before.digest, "whoever read the preview before sees it again"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (row(1, 1.5), "D4 里的“1.5”不是整数"),
        (row(1, "十"), "D4 里的“十”不是数字"),
        (row(1, "=5+5"), "D4 里是公式"),
        (row(1, None, "优秀"), "E4 里的“优秀”不是数字"),
        (row(1, 2000), "D4：庭院整洁填了 2000 分"),
        (row(1, -5), "D4：庭院整洁是加分项"),
        (row(1, None, None, None, None, 10), "H4：乱倒垃圾是扣分项"),
        (row(1, 5, head="张三"), "001 户，表上户主是“张三”，花名册上是“孔振明”"),
        (row(1, 5, said="901"), "花名册里没有 901 户"),
        ([1, None, "孔振明", 5], "这一行没有户号"),
        ([1, None, None, 5], "没有户号，也没有户主"),
    ],
)
def test_a_bad_row_is_refused_in_words_and_the_good_ones_go_in(scoring: Village, line: Line, words: str) -> None:
    with transaction() as session:
        made = plan(session, scoring, line, row(2, 5))
        assert [one.action for one in made.rows] == ["refused", "made"]
        assert words in made.rows[0].text
        apply(session, scoring, made)
        assert points(session, scoring)[:2] == [0, 5]


def test_both_rows_of_a_household_named_twice_are_refused(scoring: Village) -> None:
    with transaction() as session:
        made = plan(session, scoring, row(1, 5), row(2, 5), row(1, 3))
    assert [one.action for one in made.rows] == ["refused", "made", "refused"]
    assert "不止一行" in made.rows[0].text


def test_without_a_number_column_a_household_goes_by_its_name_if_only_one_has_it(scoring: Village) -> None:
    heads = (["户主", "庭院整洁"],)
    with transaction() as session:
        made = plan(session, scoring, ["孔振明", 5], ["王不在", 5], heads=heads)
    assert [(one.action, one.household_id) for one in made.rows] == [("made", scoring.households[0]), ("refused", None)]


def test_a_total_that_differs_is_told_and_never_imported(scoring: Village) -> None:
    with transaction() as session:
        made = plan(session, scoring, row(1, 5, 3, total=9), row(2, 5, 3, total=8), row(3, 1))
        assert [one.text for one in made.rows] == ["表上合计 9，各项相加是 8，按各项算。", "", ""]
        assert any("没法比对" in note.text for note in made.notes)
        apply(session, scoring, made)
        assert points(session, scoring)[:2] == [8, 8]


def test_what_must_never_be_scored_makes_no_rule_and_two_columns_of_one_rule_are_told(scoring: Village) -> None:
    heads = (["户编号", "户主", "庭院整洁", "庭院卫生", "上访次数", "空项"],)
    with transaction() as session:
        made = plan(session, scoring, ["001", "孔振明", 5, 4, -5, None], heads=heads)
    assert made.new_rules == ()
    assert made.rows[0].cells == {"tidy_yard": 5}
    said = " ".join(note.text for note in made.notes)
    assert all(part in said for part in ("都是“庭院整洁”", "不得计分", "“空项”没有分"))


def test_a_closed_quarter_takes_no_import(village: Village) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE)
        made = plan(session, village, row(1, 5))
    with pytest.raises(refusals.ScoringClosed), transaction() as session:
        apply(session, village, made)


def test_the_same_import_twice_with_one_key_is_one(scoring: Village) -> None:
    key, done = new_id(), []
    for _ in range(2):
        with transaction() as session:
            made = plan(session, scoring, row(1, 5, 0, 0, 5))
            saved = service.apply_scores(
                session, scoring.recorder, Q3, made, make_new_rules=True, meeting=meeting(AT), at=AT, key=key
            )
            done.append(saved)
    assert done[0] == done[1]
