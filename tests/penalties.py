"""Brings penalties to where a test wants them, by calling the real services."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.deeds import queries, service
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.service import Shown
from tests.builders import Village

SAID = "劝过两次，9月12日又把垃圾倒在河边。"
PROOF = "第1网格巡查记录，孔小满看见"
HEARD = timedelta(days=8)
"""How long before it stands a penalty is recorded and told: more than the days to reply."""


def recorded(
    session: Session,
    village: Village,
    at: datetime,
    *,
    household: int = 0,
    code: str = "dumping",
    points: int = -10,
    day: date = date(2026, 9, 12),
) -> PenaltyRecord:
    """Record a penalty of a household, given by its place in the village, with written proof."""
    version = queries.current_version(session, village.recorder)
    assert version is not None
    rule = next(one for one in queries.rules(session, village.recorder, version.id) if one.code == code)
    return service.record_penalty(
        session,
        village.recorder,
        Shown(day, -(points // -rule.points), points, SAID, PROOF),
        key=new_id(),
        household_id=village.households[household],
        rule_id=rule.id,
        at=at,
    )


def told(session: Session, village: Village, at: datetime, **made: object) -> PenaltyRecord:
    """Record one and hand its slip over to the head of the household."""
    one = recorded(session, village, at, **made)  # type: ignore[arg-type]
    return service.tell_by_slip(session, village.grid_worker, one.id, to=one.head_name, at=at)


def standing(session: Session, village: Village, at: datetime, **made: object) -> UUID:
    """Let one stand at an instant: told long enough before, not answered, decided by the chair."""
    one = told(session, village, at - HEARD, **made)
    return service.let_stand(session, village.chair, one.id, reason="凭据清楚，没有答复。", at=at).id
