"""Lists sent to PostgreSQL come back as they were, whatever is in them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from love_market.db.arrays import register
from tests.databases import PostgreSQL

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["", "NULL", "null", "a,b", "{", "}", '"', "\\", " ", "孔 小满", "\t", "\xa0", "券"]
)
LISTS: dict[str, st.SearchStrategy[list[Any]]] = {
    "uuid": st.lists(st.uuids(), max_size=5),
    "bigint": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    "varchar": st.lists(WORDS, max_size=5),
    "date": st.lists(st.dates(), max_size=4),
    "boolean": st.lists(st.booleans(), max_size=4),
}


@pytest.fixture(scope="module")
def line(postgresql: PostgreSQL) -> Iterator[psycopg.Connection[Any]]:
    url = make_url(postgresql._template).set(database="postgres", drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        register(connection)
        yield connection


def there_and_back(line: psycopg.Connection[Any], kind: str, sent: list[Any]) -> object:
    found = line.execute(f"SELECT %s::{kind}[]", (sent,)).fetchone()
    assert found is not None
    return found[0]


@pytest.mark.parametrize("kind", LISTS)
@given(data=st.data())
def test_a_list_comes_back_as_it_was_sent(line: psycopg.Connection[Any], kind: str, data: st.DataObject) -> None:
    sent = data.draw(LISTS[kind])
    repeated = [*sent[:1], *sent[:1], *sent[:1]]
    gaps = [*sent, None]
    cases: list[list[Any]] = [sent, repeated, gaps, [None, None]]
    for one in cases:
        assert there_and_back(line, kind, one) == one


def test_what_is_the_same_in_all_rows_comes_back_in_each(line: psycopg.Connection[Any]) -> None:
    at, on, one = datetime(2026, 10, 8, 1, 2, 3, 4, tzinfo=UTC), date(2026, 10, 8), UUID(int=7)
    for kind, value in {
        "timestamptz": at,
        "date": on,
        "uuid": one,
        "varchar": 'a "b" \\',
        "int": 3,
        "bool": True,
    }.items():
        assert there_and_back(line, kind, [value] * 3) == [value] * 3


def test_lists_of_lists_stay_the_drivers_own(line: psycopg.Connection[Any]) -> None:
    assert there_and_back(line, "int", [[1, 2], [3, 4]]) == [[1, 2], [3, 4]]
