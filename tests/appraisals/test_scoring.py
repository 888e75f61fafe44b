from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.models import Score, ScoreChange
from love_market.appraisals.rules import State, refusals
from love_market.appraisals.service import CellInput
from love_market.clock import Quarter
from love_market.db import new_id, transaction
from love_market.deeds import queries as deeds_queries
from love_market.deeds import service as deeds
from love_market.deeds.rules import RuleDraft
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.builders import Village, meeting, review


@pytest.fixture
def scoring(village: Village) -> Village:
    """A village whose third quarter is open; nothing is entered."""
    with transaction() as session:
        stages.open_quarter(session, village)
    return village


def cell(session: Session, village: Village, at: int, code: str) -> queries.SheetCell:
    sheet = queries.sheet(session, village.recorder, Q3)
    return next(one for rule, one in zip(sheet.rules, sheet.rows[at].cells, strict=True) if rule.code == code)


def accept_deed(session: Session, village: Village, at: int, code: str, times: int) -> None:
    """A deed of the quarter, recorded by the grid worker and accepted by the recorder."""
    version = deeds_queries.current_version(session, village.recorder)
    assert version is not None
    rule = next(r for r in deeds_queries.rules(session, village.recorder, version.id) if r.code == code)
    record = deeds.record(
        session,
        village.grid_worker,
        key=new_id(),
        household_id=village.households[at],
        member_name="",
        rule_id=rule.id,
        done_on=Q3.last_day,
        times=times,
        words="清渠",
        photos=[],
        at=AT,
    )
    review(session, village, record.id, at=AT)


def test_cells_are_counted_under_caps_and_summed(scoring: Village) -> None:
    with transaction() as session:
        stages.score(session, scoring, {0: {"tidy_yard": 12, "public_labour": 32, "dumping": -10}, 1: {"tidy_yard": 0}})
    with transaction() as session:
        sheet = queries.sheet(session, scoring.recorder, Q3)
        assert [row.points for row in sheet.rows[:3]] == [27, 0, 0]
        assert (sheet.filled_count, sheet.points) == (2, 27)
        assert sheet.rows[0].is_capped
        entered = cell(session, scoring, 0, "tidy_yard")
        assert (entered.entered, entered.counted, entered.is_capped) == (12, 5, True)
        assert cell(session, scoring, 1, "tidy_yard").entered == 0
        assert sheet.rows[2].is_empty


def test_accepted_deeds_flow_in_and_a_total_is_stated_with_them(scoring: Village) -> None:
    with transaction() as session:
        accept_deed(session, scoring, 0, "public_labour", 2)
    with transaction() as session:
        assert cell(session, scoring, 0, "public_labour").entered == 16
        stages.score(session, scoring, {0: {"public_labour": 24}})
        found = cell(session, scoring, 0, "public_labour")
        assert (found.typed, found.from_deeds, found.entered, found.counted) == (8, 16, 24, 24)
        with pytest.raises(refusals.BelowDeeds, match="16"):
            stages.score(session, scoring, {0: {"public_labour": 10}})
    with transaction() as session:
        stages.score(session, scoring, {0: {"public_labour": None}})
        found = cell(session, scoring, 0, "public_labour")
        assert (found.typed, found.entered) == (None, 16)


@pytest.mark.parametrize(
    ("code", "points", "refusal"),
    [
        ("tidy_yard", -5, refusals.WrongSign),
        ("dumping", 5, refusals.WrongSign),
        ("tidy_yard", 1001, refusals.PointsTooLarge),
        ("tidy_yard", 1.5, refusals.PointsNotWhole),
        ("tidy_yard", "十", refusals.PointsNotWhole),
        ("tidy_yard", True, refusals.PointsNotWhole),
    ],
)
def test_one_bad_cell_refuses_the_batch_or_is_left_out(
    scoring: Village, code: str, points: int, refusal: type[Exception]
) -> None:
    with transaction() as session:
        given = [
            *stages.cells(session, scoring, 0, {"assembly": 4}),
            *stages.cells(session, scoring, 1, {code: points}),
        ]
        with pytest.raises(refusal):
            service.save_scores(session, scoring.recorder, Q3, given, source="grid", at=AT, key=new_id())
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Score)) == 0
        saved = service.save_scores(
            session, scoring.recorder, Q3, given, source="paste", at=AT, key=new_id(), keep_good=True
        )
        assert [(one.household_id, type(one.error)) for one in saved.refused] == [(scoring.households[1], refusal)]
        assert cell(session, scoring, 0, "assembly").entered == 4


def test_cells_of_nobody_and_of_no_rule_are_refused(scoring: Village) -> None:
    with transaction() as session:
        rule = stages.rule_ids(session, scoring)["tidy_yard"]
        for given, refusal in (
            (CellInput(UUID(int=1), rule, 5), refusals.UnknownHousehold),
            (CellInput(scoring.households[0], UUID(int=1), 5), refusals.UnknownRule),
        ):
            with pytest.raises(refusal):
                service.save_scores(session, scoring.recorder, Q3, [given], source="grid", at=AT, key=new_id())


def test_the_same_key_saves_once_and_other_cells_under_it_are_refused(scoring: Village) -> None:
    key = new_id()
    for _ in range(2):
        with transaction() as session:
            given = stages.cells(session, scoring, 0, {"tidy_yard": 5})
            saved = service.save_scores(session, scoring.recorder, Q3, given, source="grid", at=AT, key=key)
            assert (saved.id, saved.revision, saved.household_ids) == (key, 1, (scoring.households[0],))
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(ScoreChange)) == 1
        given = stages.cells(session, scoring, 0, {"tidy_yard": 3})
        with pytest.raises(refusals.KeyOfOther):
            service.save_scores(session, scoring.recorder, Q3, given, source="grid", at=AT, key=key)


def test_undo_takes_my_changes_back_one_by_one(scoring: Village) -> None:
    with transaction() as session:
        stages.score(session, scoring, {0: {"tidy_yard": 5}})
        stages.score(session, scoring, {0: {"tidy_yard": 3, "assembly": 2}})
    key = new_id()
    for _ in range(2):  # pressed twice with one key
        with transaction() as session:
            undone = service.undo_change(session, scoring.recorder, Q3, at=AT, key=key)
            assert undone.household_ids == (scoring.households[0],)
            assert cell(session, scoring, 0, "tidy_yard").entered == 5
            assert cell(session, scoring, 0, "assembly").entered is None
    with transaction() as session:
        with pytest.raises(refusals.NothingToUndo):  # the chair changed nothing
            service.undo_change(session, scoring.chair, Q3, at=AT, key=new_id())
        service.undo_change(session, scoring.recorder, Q3, at=AT, key=new_id())
        assert queries.sheet(session, scoring.recorder, Q3).filled_count == 0
        with pytest.raises(refusals.NothingToUndo):
            service.undo_change(session, scoring.recorder, Q3, at=AT, key=new_id())


def test_a_yearly_cap_remembers_what_counted_in_confirmed_quarters(village: Village) -> None:
    q2 = Quarter(2026, 2)
    with transaction() as session:
        stages.open_quarter(session, village, quarter=q2)
        stages.score(session, village, {0: {"tree_planting": 15}, 1: {"tree_planting": 20}}, q2)
        service.submit(session, village.recorder, q2, at=AT)
        stages.meet(session, village, quarter=q2)
        stages.publish(session, village, q2)
        stages.open_quarter(session, village)
        stages.score(session, village, {0: {"tree_planting": 10}, 1: {"tree_planting": 10}})
        waiting = [row.points for row in queries.sheet(session, village.recorder, Q3).rows[:2]]
        stages.confirm(session, village, q2)
        counted = [row.points for row in queries.sheet(session, village.recorder, Q3).rows[:2]]
    assert (waiting, counted) == ([10, 10], [5, 0])


def test_scores_keep_by_their_rule_s_code_when_the_rules_change(scoring: Village) -> None:
    with transaction() as session:
        stages.score(session, scoring, {0: {"tidy_yard": 12}})
        version = deeds_queries.current_version(session, scoring.recorder)
        assert version is not None
        drafts = [rule.draft() for rule in deeds_queries.rules(session, scoring.recorder, version.id)]
        drafts.append(RuleDraft(category="和谐", name="邻里和睦", points=5, unit_name="次"))
        newer = deeds.adopt_version(session, scoring.recorder, drafts, meeting=meeting(AT), at=AT, key=new_id())
        assert queries.sheet(session, scoring.recorder, Q3).appraisal.rule_version_id == version.id
        assert service.adopt_newest_rules(session, scoring.recorder, Q3) == newer
        sheet = queries.sheet(session, scoring.recorder, Q3)
        assert (sheet.appraisal.rule_version_id, sheet.rows[0].points, sheet.rules[-1].name) == (newer, 5, "邻里和睦")
        service.submit(session, scoring.recorder, Q3, at=AT)
        with pytest.raises(refusals.ScoringClosed):
            service.adopt_newest_rules(session, scoring.recorder, Q3)


def test_a_deed_accepted_after_submission_changes_nothing_that_was_voted_on(scoring: Village) -> None:
    with transaction() as session:
        service.submit(session, scoring.recorder, Q3, at=AT)
        accept_deed(session, scoring, 0, "public_labour", 2)
        assert queries.sheet(session, scoring.recorder, Q3).rows[0].points == 0
        assert queries.appraisal(session, scoring.recorder, Q3).state is State.DELIBERATING
