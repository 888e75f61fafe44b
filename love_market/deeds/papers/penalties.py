"""The slip that tells a household of a penalty, or of what was decided on it, from the books."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import evening_after, village_date
from love_market.deeds import queries
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.rules import PenaltyNotThere, PenaltyState
from love_market.deeds.sheet.penalties import DecidedText, PenaltySlip, lay_out_slip
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places


def penalty_slip(session: Session, guard: Guard, penalty_id: UUID, *, at: datetime) -> bytes:
    """Return the PDF of a penalty's slip (扣分告知单), which tells the decision once there is one (扣分结果告知单).

    Raises ``NoSuchPenalty``, and ``PenaltyNotThere`` for one without proof, or dropped before anybody was told.
    """
    found = queries.penalty(session, guard, penalty_id)
    if found.happened_on is None:
        raise PenaltyNotThere(words("这条扣分还缺凭据。先补上哪一天、怎么回事、凭什么，再印告知单。"))
    if found.told_at is None and not found.is_open:
        raise PenaltyNotThere(words("这条扣分没有告知过就撤掉了，户里不知道有过这回事，不用印告知单。"))
    village = places.village(session, guard.village_code)
    is_village = places.place(session, guard.village_code).level == "village"
    days = places.settings(session, guard.market_id).penalty_reply_days
    slip = PenaltySlip(
        village_name=village.short_name,
        committee_name="村委会" if is_village else "居委会",
        household_number=found.household_number,
        head_name=found.head_name,
        group_name=found.group_name,
        rule_name=found.rule.name,
        rule_points=-found.rule.points,
        unit_name=found.rule.unit_name,
        happened_on=found.happened_on,
        times=found.times,
        points=-found.points,
        said=found.words,
        proof=found.proof,
        photo_count=len(found.photos),
        recorder_name=found.recorder_name,
        reply_days=days,
        reply_ends_at=found.reply_ends_at or evening_after(at, days),
        told_at=found.told_at,
        head_hash=books.head(session, guard.market_id).hash,
        decided=_decided(found),
    )
    return lay_out_slip(slip, at)


def _decided(found: PenaltyRecord) -> DecidedText | None:
    if found.decided_at is None:
        return None
    points = 0 if found.state is PenaltyState.WITHDRAWN else -found.counts
    return DecidedText(points, found.decision, found.decider_name, village_date(found.decided_at), found.reply)
