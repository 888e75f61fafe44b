"""Reading what is written beside redemptions: which were made without a network, and what is disputed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.counter.models import Dispute, Redemption, TillRedemption
from love_market.people.rules import Guard


def marks(session: Session, guard: Guard, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return what a receipt says of it, ``booked_at`` and ``dispute``, by the redemption's id; of most, nothing."""
    rows = session.execute(
        select(Redemption.id, TillRedemption.offline, TillRedemption.booked_at, Dispute.state)
        .outerjoin(
            TillRedemption,
            (TillRedemption.market_id == Redemption.market_id) & (TillRedemption.redemption_id == Redemption.id),
        )
        .outerjoin(Dispute, (Dispute.market_id == Redemption.market_id) & (Dispute.redemption_id == Redemption.id))
        .where(Redemption.market_id == guard.market_id, Redemption.id.in_(ids))
    )
    return {
        redemption_id: {"booked_at": booked_at if offline else None, "dispute": state or ""}
        for redemption_id, offline, booked_at, state in rows
        if offline or state
    }
