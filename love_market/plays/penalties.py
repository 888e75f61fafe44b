"""Penalties as people hear them: completed with proof, told by a slip, waited out, and decided by another person."""

from datetime import datetime

from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals.rules import State
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.rules import PenaltyState
from love_market.deeds.service import Shown
from love_market.plays.stage import Cast


def hear(cast: Cast, quarter: Quarter, *, told_at: datetime, decided_at: datetime) -> int:
    """Tell what was noted, wait out the time to answer, and let the chair decide that it stands; return how many.

    Only while the quarter is being scored: afterwards all of it has been done before.
    """
    with reading() as session:
        if appraisals.appraisal(session, cast.recorder, quarter).state is not State.SCORING:
            return 0
        waiting = deeds.penalties(session, cast.recorder).waiting
    for one in waiting:
        with transaction() as session:
            _tell(session, cast, quarter, one, told_at)
    return _decide(cast, decided_at)


def _tell(session: Session, cast: Cast, quarter: Quarter, one: PenaltyRecord, at: datetime) -> None:
    if one.state is PenaltyState.NOTED:
        happened_on = min(quarter.last_day, village_date(at))
        shown = Shown(happened_on, one.times, one.points, "巡查时看见，当面劝过。", "演练巡查记录，网格员证明")
        deeds_service.show_proof(session, cast.recorder, one.id, shown, at=at)
    if one.state in {PenaltyState.NOTED, PenaltyState.RECORDED}:
        deeds_service.tell_by_slip(session, cast.recorder, one.id, to=one.head_name, at=at)


def _decide(cast: Cast, at: datetime) -> int:
    count = 0
    while True:
        with transaction() as session:
            found = deeds.next_to_decide(session, cast.chair, at)
            if found is None:
                return count
            deeds_service.let_stand(session, cast.chair, found, reason="凭据清楚，到期没有答复。", at=at)
        count += 1
