"""Which penalties can be decided, and by whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from love_market.deeds.models import Penalty
from love_market.deeds.queries.penalties import of_guard
from love_market.deeds.rules import PenaltyState
from love_market.people.models import Kinship
from love_market.people.rules import Guard


def next_to_decide(session: Session, guard: Guard, at: datetime) -> UUID | None:
    """Return the penalty heard longest ago that the person asking may decide: neither recorder nor kin."""
    return session.scalar(
        select(Penalty.id)
        .where(*of_guard(guard), heard(at), *mine_to_decide(guard))
        .order_by(func.coalesce(Penalty.replied_at, Penalty.reply_ends_at), Penalty.id)
        .limit(1)
    )


def heard(at: datetime) -> ColumnElement[bool]:
    """Return the condition of penalties that can be decided."""
    silent = and_(Penalty.state == PenaltyState.TOLD, Penalty.reply_ends_at <= at)
    return or_(Penalty.state == PenaltyState.REPLIED, silent)


def mine_to_decide(guard: Guard) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of penalties that the person asking neither noted, recorded nor is kin to."""
    kin = select(Kinship.household_id).where(Kinship.market_id == guard.market_id, Kinship.staff_id == guard.staff_id)
    return (
        Penalty.recorded_by != guard.staff_id,
        or_(Penalty.noted_by.is_(None), Penalty.noted_by != guard.staff_id),
        Penalty.household_id.not_in(kin),
    )
