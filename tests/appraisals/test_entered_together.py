"""Two people on one sheet: nobody overwrites unseen, everybody sees, and undoing takes only one's own."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.models import Score
from love_market.appraisals.rules import refusals
from love_market.appraisals.service import SavedChange
from love_market.clock import Quarter
from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.builders import Village, sign_in

SCORES = f"/scores/{Q3}"


@pytest.fixture
def scoring(village: Village) -> Village:
    """A village whose third quarter is open; nothing is entered."""
    with transaction() as session:
        stages.open_quarter(session, village)
    return village


def enter(
    session: Session,
    village: Village,
    by: Guard,
    scores: dict[str, int | None],
    *,
    seen: dict[str, int | None] | None = None,
    key: UUID | None = None,
    source: str = "grid",
) -> SavedChange:
    """Enter cells of the first household, having seen what was typed in some of them."""
    ids = stages.rule_ids(session, village)
    first = village.households[0]
    return service.save_scores(
        session,
        by,
        Q3,
        stages.cells(session, village, 0, scores),
        source=source,
        at=AT,
        key=key or new_id(),
        seen={(first, ids[code]): points for code, points in (seen or {}).items()},
        keep_good=True,
    )


def typed(session: Session, village: Village) -> dict[str, int]:
    """What is typed for the first household."""
    sheet = queries.sheet(session, village.recorder, Q3, first=1)
    cells = zip(sheet.rules, sheet.rows[0].cells, strict=True)
    return {rule.code: cell.typed for rule, cell in cells if cell.typed is not None}


def test_a_cell_that_changed_meanwhile_is_left_and_told_also_when_asked_again(scoring: Village) -> None:
    key = new_id()
    with transaction() as session:
        enter(session, scoring, scoring.chair, {"tidy_yard": 3, "assembly": 4})
    for _ in range(2):  # an answer that got lost
        with transaction() as session:
            saved = enter(
                session,
                scoring,
                scoring.recorder,
                {"tidy_yard": 5, "assembly": 4, "waste_sorting": 9},
                seen={"tidy_yard": None, "assembly": None, "waste_sorting": None},
                key=key,
            )
            (left,) = saved.meanwhile
            assert (left.household_id, left.by, left.at) == (scoring.households[0], scoring.chair.actor, AT)
            assert left.rule_id == stages.rule_ids(session, scoring)["tidy_yard"]
            assert typed(session, scoring) == {"tidy_yard": 3, "assembly": 4, "waste_sorting": 9}
    with transaction() as session:
        mine = enter(session, scoring, scoring.recorder, {"tidy_yard": 5}, seen={"tidy_yard": 3})
        assert (mine.meanwhile, typed(session, scoring)["tidy_yard"]) == ((), 5)


def test_who_cleared_a_cell_is_known_too(scoring: Village) -> None:
    with transaction() as session:
        enter(session, scoring, scoring.recorder, {"tidy_yard": 3})
        enter(session, scoring, scoring.chair, {"tidy_yard": None})
        saved = enter(session, scoring, scoring.recorder, {"tidy_yard": 5}, seen={"tidy_yard": 3})
        assert [left.by for left in saved.meanwhile] == [scoring.chair.actor]
        assert typed(session, scoring) == {}


def test_a_penalty_typed_in_former_days_is_seen_as_nothing_and_asks_nobody(scoring: Village) -> None:
    with transaction() as session:
        enter(session, scoring, scoring.chair, {"dumping": 0})
        session.execute(update(Score).where(Score.points == 0).values(points=-10))
        assert typed(session, scoring) == {"dumping": 0}
        saved = enter(session, scoring, scoring.recorder, {"dumping": None}, seen={"dumping": 0})
        assert (saved.meanwhile, typed(session, scoring)) == ((), {})


def test_undo_goes_back_through_grid_paste_and_import_and_leaves_what_others_entered(scoring: Village) -> None:
    me = scoring.recorder
    with transaction() as session:
        enter(session, scoring, me, {"tidy_yard": 1, "assembly": 2, "waste_sorting": 3}, source="import")
        enter(session, scoring, me, {"tidy_yard": 2, "tree_planting": 10}, source="paste")
        enter(session, scoring, scoring.chair, {"tidy_yard": 4, "waste_sorting": 6})
        enter(session, scoring, me, {"assembly": 8})
        done = [service.undo_change(session, me, Q3, at=AT, key=new_id()) for _ in range(2)]
        assert [len(one.meanwhile) for one in done] == [0, 1]
        assert typed(session, scoring) == {"tidy_yard": 4, "assembly": 2, "waste_sorting": 6}
        last = service.undo_change(session, me, Q3, at=AT, key=new_id())
        assert {left.by for left in last.meanwhile} == {scoring.chair.actor}
        assert typed(session, scoring) == {"tidy_yard": 4, "waste_sorting": 6}
        with pytest.raises(refusals.NothingToUndo):
            service.undo_change(session, me, Q3, at=AT, key=new_id())


def test_what_others_entered_and_took_back_hinders_no_undo(scoring: Village) -> None:
    with transaction() as session:
        enter(session, scoring, scoring.recorder, {"tidy_yard": 5})
        enter(session, scoring, scoring.chair, {"tidy_yard": 4})
        service.undo_change(session, scoring.chair, Q3, at=AT, key=new_id())
        undone = service.undo_change(session, scoring.recorder, Q3, at=AT, key=new_id())
        assert (undone.meanwhile, typed(session, scoring)) == ((), {})


def test_my_own_later_change_is_to_be_undone_first(scoring: Village) -> None:
    with transaction() as session:
        mine = enter(session, scoring, scoring.recorder, {"tidy_yard": 5})
        enter(session, scoring, scoring.recorder, {"tidy_yard": 4})
        with pytest.raises(refusals.ChangedSince):
            service.undo_change(session, scoring.recorder, Q3, change_id=mine.id, at=AT, key=new_id())


def test_the_page_is_told_what_others_entered_since_its_revision(client: FlaskClient, scoring: Village) -> None:
    with transaction() as session:
        enter(session, scoring, scoring.recorder, {"assembly": 2})
        enter(session, scoring, scoring.chair, {"tidy_yard": 12})
        rule = str(stages.rule_ids(session, scoring)["tidy_yard"])
    sign_in(client, scoring.recorder)
    first = str(scoring.households[0])
    door = f"/v/{scoring.code}{SCORES}/changes"
    told = client.get(door, query_string={"since": 1}).get_json()
    (row,), (mark,) = told["rows"], told["marks"]
    assert (told["revision"], row["household"], row["points"], row["cells"][0]) == (2, first, 7, [12, 0, 5])
    assert (mark["who"], mark["count"], mark["cells"]) == ("石主", 1, [[first, rule]])
    nothing = client.get(door, query_string={"since": 2}).get_json()
    assert (nothing["revision"], nothing["rows"], nothing["marks"], nothing["closed"]) == (2, [], [], "")
    sign_in(client, scoring.clerk)
    assert client.get(door).status_code == 403


def test_the_door_asks_the_second_and_names_the_first(client: FlaskClient, scoring: Village) -> None:
    with transaction() as session:
        enter(session, scoring, scoring.chair, {"tidy_yard": 3})
        rule = str(stages.rule_ids(session, scoring)["tidy_yard"])
    sign_in(client, scoring.recorder)
    first = str(scoring.households[0])
    body = {"key": str(new_id()), "source": "grid", "since": 0, "cells": [[first, rule, "5", None]]}
    told = client.post(f"/v/{scoring.code}{SCORES}/cells", json=body).get_json()
    assert told["meanwhile"] == [[first, rule, "石主", "09:00"]]
    assert (told["rows"][0]["cells"][0], told["undoable"]) == (3, "")


def test_all_rows_come_in_one_piece_with_last_quarter_beside_them(client: FlaskClient, village: Village) -> None:
    q2 = Quarter(2026, 2)
    with transaction() as session:
        stages.open_quarter(session, village, quarter=q2)
        stages.score(session, village, {0: {"tidy_yard": 5, "assembly": 4}}, q2)
        service.submit(session, village.recorder, q2, at=AT)
        stages.open_quarter(session, village)
        stages.score(session, village, {0: {"tidy_yard": 12}})
    sign_in(client, village.recorder)
    told = client.get(f"/v/{village.code}{SCORES}/rows").get_json()
    assert (told["revision"], len(told["rows"])) == (1, len(village.households))
    first = told["rows"][0]
    with reading() as session:
        codes = [rule.code for rule in queries.sheet(session, village.recorder, Q3).rules]
    assert (first["number"], first["group"], first["grid"], first["points"]) == ("001", "一组", "第1网格", 5)
    assert first["last"] == {"points": 9, "cells": {str(codes.index("tidy_yard")): 5, str(codes.index("assembly")): 4}}
    assert first["cells"][:2] == [[12, 0, 5], None]
