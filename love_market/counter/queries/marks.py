"""Reading what is written beside redemptions: made without a network, disputed, by whom for somebody else."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.counter.models import Dispute, Redemption, TillRedemption
from love_market.people.rules import Guard
from love_market.vouchers.models import ProxyAct
from love_market.vouchers.rules import Proxy


def marks(session: Session, guard: Guard, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return what a receipt says of it, ``booked_at``, ``dispute`` and ``proxy``, by its id; of most, nothing.

    A proxy that acted for several households in one redemption is written for each.
    """
    rows = session.execute(
        select(
            Redemption.id,
            TillRedemption.offline,
            TillRedemption.booked_at,
            Dispute.state,
            ProxyAct.name,
            ProxyAct.relation,
            ProxyAct.signature,
        )
        .outerjoin(
            TillRedemption,
            (TillRedemption.market_id == Redemption.market_id) & (TillRedemption.redemption_id == Redemption.id),
        )
        .outerjoin(Dispute, (Dispute.market_id == Redemption.market_id) & (Dispute.redemption_id == Redemption.id))
        .outerjoin(ProxyAct, (ProxyAct.market_id == Redemption.market_id) & (ProxyAct.redemption_id == Redemption.id))
        .where(Redemption.market_id == guard.market_id, Redemption.id.in_(ids))
    )
    return {
        redemption_id: {
            "booked_at": booked_at if offline else None,
            "dispute": state or "",
            "proxy": Proxy(name, relation, signature) if name else None,
        }
        for redemption_id, offline, booked_at, state, name, relation, signature in rows
        if offline or state or name
    }


def proxies_of(session: Session, guard: Guard, ids: Sequence[UUID]) -> dict[UUID, Proxy]:
    """Return who brought the vouchers for somebody else, by the redemption's id, without their signatures."""
    rows = session.execute(
        select(ProxyAct.redemption_id, ProxyAct.name, ProxyAct.relation).where(
            ProxyAct.market_id == guard.market_id, ProxyAct.redemption_id.in_(ids)
        )
    )
    return {redemption_id: Proxy(name, relation) for redemption_id, name, relation in rows if redemption_id}
