"""A page of a market with decades behind it reads what it shows: no table whole, no row more than at first."""

import pytest

from tests.builders import sign_in
from tests.plans.conftest import Histories
from tests.plans.filling import Filled
from tests.plans.plans import Asked, listening, passed, scanned, without_lengths
from tests.plans.surfaces import SURFACES, Surface, way


def asked_by(histories: Histories, market: Filled, surface: Surface) -> list[Asked]:
    client = histories.client()
    guard = {"staff": market.staff, "household": market.household, "overseer": histories.county.overseer}
    if surface.by in guard:
        sign_in(client, guard[surface.by])
    path, body = way(surface, market)
    with listening(histories.engine) as asked:
        answer = client.get(path) if body is None else client.post(path, json=body)
    assert answer.status_code == 200, f"{path}: {answer.status} {answer.text[:300]}"
    return asked


@pytest.mark.parametrize("surface", SURFACES, ids=str)
def test_a_page_reads_of_a_long_history_what_it_reads_of_a_short_one(histories: Histories, surface: Surface) -> None:
    asked_by(histories, histories.young, surface)  # what is asked once a process is left out
    young, old = (asked_by(histories, market, surface) for market in (histories.young, histories.old))
    assert [without_lengths(one) for one in young] == [without_lengths(one) for one in old]
    for of_few, of_many in zip(young, old, strict=True):
        if of_many[0] in histories.looked_at:  # by another page
            continue
        assert scanned(histories.engine, of_many) == [], of_many[0]
        if histories.engine.dialect.name == "postgresql":
            few, many = passed(histories.engine, of_few), passed(histories.engine, of_many)
            assert many <= few * 1.5 + 100, f"{few} rows of a young market, {many} of an old one: {of_many[0]}"
        histories.looked_at.add(of_many[0])
