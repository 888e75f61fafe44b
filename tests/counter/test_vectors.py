"""The rules of a redemption hold on the server and on a till without a network: the same vectors, and any basket."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from love_market.counter.rules import TABLES, rules_data
from love_market.refusals import OPERATORS
from tests.counter.vectors import write
from tests.counter.vectors.drawn import drawn
from tests.counter.vectors.shapes import Answer, Asked
from tests.counter.vectors.sides import Till, server

CASES = write.read()
RULES: dict[str, Any] = json.loads(json.dumps(rules_data(lambda sentence: sentence)))
ROWS = [(name, number) for name, table in TABLES.items() for number in range(len(table.rows))]


@pytest.fixture(scope="module")
def node() -> Iterator[Till]:
    with Till() as till:
        yield till


@pytest.fixture
def till(node: Till) -> Till:
    """A till that decides by the rules as they are served."""
    node.use(RULES)
    return node


def differing(till: Till, rules: dict[str, Any]) -> list[str]:
    """Return the vectors that a till with these rules answers otherwise."""
    till.use(rules)
    return [name for name, asked, answer in CASES if till(asked) != answer]


@pytest.mark.parametrize(("asked", "answer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_server_answers_every_vector(asked: Asked, answer: Answer) -> None:
    assert server(asked) == answer


def test_a_till_answers_every_vector(node: Till) -> None:
    assert differing(node, RULES) == []


def test_the_file_is_what_is_written_and_drawn() -> None:
    assert write.FILE.read_text(encoding="utf-8") == write.text()
    names = [name for name, _, _ in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("table", "number"), ROWS)
def test_no_row_and_no_condition_could_be_left_out(node: Till, table: str, number: int) -> None:
    fewer = copy.deepcopy(RULES)
    row = fewer["tables"][table].pop(number)
    assert differing(node, fewer) != [], "no vector needs this row"
    for index, condition in enumerate(row["when"]):
        looser = copy.deepcopy(RULES)
        looser["tables"][table][number]["when"].pop(index)
        assert differing(node, looser) != [], f"no vector needs {condition}"


@pytest.mark.parametrize("bound", ["most_lines", "most_of_one"])
@pytest.mark.parametrize("more", [-1, 1])
def test_each_bound_is_where_it_is(node: Till, bound: str, more: int) -> None:
    assert differing(node, {**RULES, bound: RULES[bound] + more}) != []


def test_a_till_knows_every_operator_and_only_those(node: Till) -> None:
    assert node.use(RULES) == list(OPERATORS)
    used = {compare for rows in RULES["tables"].values() for row in rows for _, compare, _ in row["when"]}
    assert used == set(OPERATORS)


def test_what_a_till_decides_by_is_served_whole_and_translated() -> None:
    served = rules_data(lambda sentence: f"«{sentence}»")
    assert set(served) == {"tables", "most_lines", "most_of_one"}
    for name, rows in RULES["tables"].items():
        for row, translated in zip(rows, served["tables"][name], strict=True):  # type: ignore[index]
            assert translated["sentence"] == f"«{row['sentence']}»"
            assert row["error"].isidentifier()


@settings(max_examples=400, derandomize=True)
@given(chance=st.randoms(use_true_random=False))
def test_server_and_till_decide_alike_whatever_is_asked(node: Till, chance: random.Random) -> None:
    node.use(RULES)
    asked = drawn(chance)
    assert node(asked) == server(asked)


def test_what_is_drawn_is_often_redeemed_and_often_refused() -> None:
    chance = random.Random(1)
    answers = [server(drawn(chance)) for _ in range(300)]
    assert sum("payments" in answer for answer in answers) > 60
    assert len({answer["error"] for answer in answers if "error" in answer}) > 10
