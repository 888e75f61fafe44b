"""A county's villages on the day their notices end, furnished fast: for tests, the ordeal and the benchmark.

What a village decided stands there as the services leave it (market, book, rules, staff, quarter, granted budget, rows
on notice); households and rows are inserted in sets. Nothing is confirmed yet.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from love_market.app import create_app
from love_market.appraisals import service as appraisals
from love_market.appraisals.models import Appraisal, AppraisalRow, ScoreChange
from love_market.appraisals.rules import RowState, State
from love_market.clock import Quarter
from love_market.config import Settings
from love_market.db import db, new_id, transaction
from love_market.deeds import queries as deeds
from love_market.ledger import service as ledger
from love_market.people.models import Household, RoleGrant, Staff
from love_market.people.rules import Guard, Role
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.places.models import Place
from love_market.vouchers import keys
from tests.builders import adopt_catalogue

QUARTER = Quarter(2026, 3)
_BUDGET_EACH = 60
_LINES = 5
_SURNAMES, _GIVEN = "孔姚蒋郑曾吕傅张武刘马石赵王李任", "振明改凤志娥花龙财翠小满仓秀英建国玉兰"


@dataclass(frozen=True, slots=True)
class Size:
    """How much to furnish; ``shared`` lets the first two villages have one market."""

    villages: int = 3
    households: int = 60
    seed: int = 1
    shared: bool = True


def furnish(settings: Settings, size: Size, *, at: datetime) -> list[str]:
    """Fill an empty migrated database with villages whose notices end a day before ``at``; return their codes.

    ``size.households`` are spread over all villages, some larger than others. It says that it is a demonstration.
    """
    app = create_app(settings)
    chance = random.Random(size.seed)
    with app.app_context():
        try:
            with transaction() as session:
                places_service.load_divisions(session)
                places_service.install(session, demonstration=True, at=at)
                codes = _codes(session, size.villages)
            counts = spread(size, chance)
            for market in _markets(codes, shared=size.shared):
                with transaction() as session:
                    _market(session, settings, market, {code: counts[codes.index(code)] for code in market}, chance, at)
        finally:
            db.engine.dispose()
    return codes


def spread(size: Size, chance: random.Random) -> list[int]:
    """Return how many households each village has: they differ by half, and come to all."""
    weights = [chance.uniform(0.5, 1.5) for _ in range(size.villages)]
    counts = [max(1, int(size.households * weight / sum(weights))) for weight in weights]
    for index in range(size.households - sum(counts)):
        counts[index % len(counts)] += 1
    return counts


def _codes(session: Session, villages: int) -> list[str]:
    found = session.scalars(
        select(Place.code).where(Place.level.in_(["village", "community"])).order_by(Place.code).limit(villages)
    ).all()
    assert len(found) == villages, f"the county has {len(found)} villages and communities"
    return list(found)


def _markets(codes: Sequence[str], *, shared: bool) -> Iterator[Sequence[str]]:
    first = 2 if shared else 1
    yield codes[:first]
    yield from ([code] for code in codes[first:])


def _market(
    session: Session,
    settings: Settings,
    codes: Sequence[str],
    counts: dict[str, int],
    chance: random.Random,
    at: datetime,
) -> None:
    name = places.place(session, codes[0]).name
    market_id = places_service.open_market(
        session, name=f"{name[:20]}爱心超市", village_codes=codes, at=at - timedelta(days=40), key=new_id()
    )
    ledger.open_book(session, market_id)
    keys.current_key_id(session, market_id, settings.secret_key, at - timedelta(days=40))
    for code in codes:
        _village(session, market_id, code, counts[code], chance, at)


def _village(session: Session, market_id: UUID, code: str, count: int, chance: random.Random, at: datetime) -> None:
    recorder, _chair = (_member(session, market_id, code, role, at) for role in (Role.RECORDER, Role.CHAIR))
    opened = at - timedelta(days=20)
    adopt_catalogue(session, recorder, at=opened)
    appraisal_id = appraisals.open_quarter(
        session, recorder, QUARTER, budget_points=_BUDGET_EACH * count, at=opened, key=new_id()
    )
    households = [_household(market_id, code, index, chance, opened) for index in range(1, count + 1)]
    session.execute(insert(Household), households)
    rules = [
        rule for rule in deeds.rules(session, recorder, _version(session, market_id, appraisal_id)) if rule.points > 0
    ]
    rows = [_row(market_id, appraisal_id, one["id"], chance.sample(rules, _LINES), chance) for one in households]
    session.execute(insert(AppraisalRow), rows)
    session.add(
        ScoreChange(
            market_id=market_id,
            id=new_id(),
            appraisal_id=appraisal_id,
            made_by=recorder.actor,
            made_at=opened,
            revision=1,
            source="import",
            cells=[],
        )
    )
    session.execute(
        update(Appraisal)
        .where(Appraisal.market_id == market_id, Appraisal.id == appraisal_id)
        .values(
            state=State.NOTICE.value,
            submitted_at=opened,
            notice_begins_at=at - timedelta(days=7),
            notice_ends_at=at - timedelta(days=1),
        )
    )


def _version(session: Session, market_id: UUID, appraisal_id: UUID) -> UUID:
    return session.get_one(Appraisal, (market_id, appraisal_id)).rule_version_id


def _member(session: Session, market_id: UUID, code: str, role: Role, at: datetime) -> Guard:
    staff_id, name = new_id(), f"{role.label}{code[-3:]}"
    session.execute(
        insert(Staff),
        [{"id": staff_id, "sign_in_name": f"{role}-{code}", "name": name, "password_hash": "unset", "created_at": at}],
    )
    session.execute(
        insert(RoleGrant), [{"staff_id": staff_id, "place_code": code, "role": role.value, "granted_at": at}]
    )
    return Guard.of_staff(market_id, code, staff_id, name, role)


def _household(market_id: UUID, code: str, index: int, chance: random.Random, at: datetime) -> dict[str, Any]:
    return {
        "market_id": market_id,
        "id": new_id(),
        "village_code": code,
        "number": f"{index:03}",
        "head_name": chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, 2)),
        "group_name": f"{'一二三四五六'[index % 6]}组",
        "grid_name": f"第{index % 4 + 1}网格",
        "phone": "",
        "member_count": chance.randint(1, 6),
        "note": "",
        "created_at": at,
    }


def _row(
    market_id: UUID, appraisal_id: UUID, household_id: UUID, rules: Sequence[deeds.RuleRecord], chance: random.Random
) -> dict[str, Any]:
    lines = [
        {
            "rule_id": str(rule.id),
            "code": rule.code,
            "name": rule.name,
            "category": rule.category,
            "entered": points,
            "counted": points,
            "from_deeds": 0,
        }
        for rule in rules
        for points in [chance.randint(1, 10)]
    ]
    return {
        "market_id": market_id,
        "appraisal_id": appraisal_id,
        "household_id": household_id,
        "state": RowState.LISTED.value,
        "points": sum(int(str(line["counted"])) for line in lines),
        "lines": lines,
    }
