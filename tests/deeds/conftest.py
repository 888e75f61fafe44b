"""A village with rules adopted."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from love_market.db import new_id, transaction
from love_market.deeds import queries, service
from love_market.deeds.queries import DeedRecord, RuleRecord
from love_market.people import service as people
from love_market.people.rules import Guard
from tests.builders import Village, adopt_catalogue, sign_in
from tests.conftest import Clock

DAY = date(2026, 9, 12)


@dataclass(frozen=True)
class Rules:
    """The version that stands and its rules by name."""

    version_id: UUID
    by_name: dict[str, RuleRecord]

    def __getitem__(self, name: str) -> RuleRecord:
        return self.by_name[name]


def standing(session: Session, guard: Guard) -> Rules:
    version = queries.current_version(session, guard)
    assert version is not None
    return Rules(version.id, {rule.name: rule for rule in queries.rules(session, guard, version.id)})


@pytest.fixture
def rules(village: Village, clock: Clock) -> Rules:
    """The catalogue, adopted."""
    with transaction() as session:
        adopt_catalogue(session, village.chair, at=clock())
        return standing(session, village.chair)


def record(
    session: Session,
    village: Village,
    rules: Rules,
    clock: Clock,
    **other: Any,  # noqa: ANN401 whatever the service takes
) -> DeedRecord:
    """Record the first household's three half-days of labour, but for what a test says otherwise."""
    rule = other.pop("rule", "义务劳动")
    guard = other.pop("guard", village.recorder)
    told: dict[str, Any] = {
        "key": new_id(),
        "household_id": village.households[0],
        "rule_id": rules[rule].id,
        "done_on": DAY,
        "times": 3,
        "words": "清了三个半天的渠。",
        "at": clock(),
    }
    return service.record(session, guard, **(told | other))


def home_of(village: Village, index: int) -> Guard:
    """The guard of one of the households, signed in with its card."""
    return Guard.of_household(village.market_id, village.code, village.households[index], f"第{index}户")


def kin_to(session: Session, guard: Guard, household_id: UUID) -> None:
    """Note that a member of staff is kin to a household."""
    assert guard.staff_id is not None
    people.add_kinship(
        session, guard, staff_id=guard.staff_id, household_id=household_id, relation="兄弟", key=new_id()
    )


@pytest.fixture
def at_desk(app: Flask, village: Village, rules: Rules) -> FlaskClient:
    """A client signed in as the recorder."""
    client = app.test_client()
    sign_in(client, village.recorder)
    return client


def as_(app: Flask, guard: Guard) -> FlaskClient:
    client = app.test_client()
    sign_in(client, guard)
    return client


def told(village: Village, rules: Rules, **other: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "key": str(new_id()),
        "household": str(village.households[0]),
        "rule": str(rules["义务劳动"].id),
        "done_on": DAY.isoformat(),
        "times": "3",
        "member_name": "",
        "words": "清了三个半天的渠。",
    } | other


def text_of(response: TestResponse) -> str:
    return response.get_data(as_text=True)
