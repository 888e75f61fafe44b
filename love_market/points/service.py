"""Writing points: granting a quarter's budget and awarding from it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.errors import Refused, words
from love_market.ledger import service as ledger
from love_market.ledger.rules import BalanceTooLow, Draft, Posted
from love_market.people.rules import Guard
from love_market.points import legs


class BudgetExceeded(Refused):
    """The awards come to more than is left of the quarter's budget."""


def grant(
    session: Session,
    guard: Guard,
    appraisal_id: UUID,
    amount_points: int,
    *,
    at: datetime,
    key: UUID,
    reason: str,
) -> Posted:
    """Grant points to a quarter's budget; raise what ``ledger.post`` raises."""
    draft = Draft(
        "grant",
        at,
        guard.actor,
        reason,
        key,
        legs.grant(appraisal_id, amount_points),
        input=[str(appraisal_id), amount_points],
    )
    return ledger.post(session, guard.market_id, draft)


def award(
    session: Session,
    guard: Guard,
    appraisal_id: UUID,
    awards: Sequence[tuple[UUID, int]],
    *,
    at: datetime,
    key: UUID,
    reason: str,
) -> Posted:
    """Award ``(household_id, points)`` out of a quarter's budget, in one entry; raise ``BudgetExceeded``."""
    given = [[str(household_id), points] for household_id, points in awards]
    draft = Draft(
        "award",
        at,
        guard.actor,
        reason,
        key,
        legs.award(appraisal_id, awards),
        input=[str(appraisal_id), given],
    )
    try:
        return ledger.post(session, guard.market_id, draft)
    except BalanceTooLow as error:
        raise BudgetExceeded(
            words("本季额度还剩 {balance} 分，要发 {amount} 分，超了。请先调整额度或评分。"),
            balance=error.balance,
            amount=error.amount,
        ) from error
