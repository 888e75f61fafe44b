"""A whole quarter through the pages, by the people who do it: what they read, what is kept, where the points are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from love_market.db import new_id
from tests.conftest import Clock
from tests.flows.deciding import (
    COUNTED,
    LABOUR,
    TIDY,
    confirm,
    issue,
    meet,
    object_and_answer,
    publish,
    receive,
    take_the_roster_in,
)
from tests.flows.spending import lose_one, read_the_statement, spend
from tests.flows.story import Q3, Story, begin
from tests.flows.visitor import Visitor
from tests.plays.books import sums_of
from tests.plays.shell import Installation

pytestmark = pytest.mark.slow


@pytest.fixture
def story(app: Flask, clock: Clock) -> Story:
    return begin(app, clock)


def test_a_quarter_from_the_roster_to_the_villager_s_own_page(
    story: Story, books: Installation, tmp_path: Path
) -> None:
    recorder = story.comes("recorder")
    take_the_roster_in(story, recorder, books)
    score(story, recorder, books)
    meet(story, recorder, books)
    publish(story, recorder, books)
    object_and_answer(story, books)
    confirm(story, recorder, books)
    codes = issue(story, recorder, books, tmp_path)
    clerk = story.comes("clerk")
    receive(story, clerk, books)
    spend(story, clerk, books, codes)
    lose_one(story, recorder, clerk, books)
    read_the_statement(story, recorder, books, tmp_path)


def score(story: Story, recorder: Visitor, books: Installation) -> None:
    """Open the quarter and save each household's scores through the grid's door; a slip is undone."""
    recorder.visit(story.at("/quarters/open")).press("开季度", quarter=str(Q3), budget_points="300")
    assert sums_of(books).points["budget"] == 300
    recorder.visit(story.at(f"/scores/{Q3}")).sees(story.homes[0].head, "庭院整洁")
    rules, ids = ids_of(books, "rule", "name"), ids_of(books, "household", "number")
    door = story.at(f"/scores/{Q3}/cells")
    for number, household in sorted(ids.items()):
        cells = [[household, rules["庭院整洁"], str(TIDY)], [household, rules["义务劳动"], f" {LABOUR} "]]
        answer = recorder.posts(door, sent(cells))
        assert (answer["refused"], [row["points"] for row in answer["rows"]]) == ([], [COUNTED]), number
    slip = recorder.posts(door, sent([[ids["001"], rules["乱倒垃圾"], "-10"], [ids["002"], rules["义务劳动"], "1.5"]]))
    assert [refused[2] for refused in slip["refused"]] == [
        "“1.5”不是整数。积分只填整数，比如 10。",
        "扣分不在这里直接填。先记下来、告知户里、听了答复，由另一个人认定，才会扣在这里。",
    ]
    recorder.visit(slip["refused"][1][3]).sees("记一条扣分")
    assert [row["points"] for row in slip["rows"]] == [COUNTED]
    slip = recorder.posts(door, sent([[ids["001"], rules["庭院整洁"], "0"]]))
    assert [row["points"] for row in slip["rows"]] == [LABOUR]
    undone = recorder.posts(story.at(f"/scores/{Q3}/undo"), {"key": str(new_id())})
    assert [row["points"] for row in undone["rows"]] == [COUNTED]
    recorder.visit(story.at(f"/scores/{Q3}/submit")).press("提交评议")
    assert books.rows("SELECT state FROM appraisal") == [("deliberating",)]
    assert recorder.posts(door, sent([[ids["001"], rules["庭院整洁"], "3"]]), status=409)["error"] == "ScoringClosed"


def sent(cells: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"key": str(new_id()), "source": "grid", "cells": cells}


def ids_of(books: Installation, table: str, name: str) -> dict[str, str]:
    return {told: row_id.hex for told, row_id in books.rows(f"SELECT {name}, id FROM {table}")}
