"""Reading by how much what a household has changed since its last award, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.errors import words
from love_market.ledger import queries as ledger
from love_market.ledger.queries import Movement
from love_market.people.rules import Guard
from love_market.reports.queries.quarters import QuarterPart
from love_market.reports.rules import Sentence, say

_MOST_MOVEMENTS = 2000
_LATEST = 12
_POINT_ACCOUNTS = ("household", "voucher")
_WHY = {
    "award": words("做好事得的"),
    "redeem": words("{day}换货用了"),
    "lapse": words("{day}券到期清零"),
    "reset": words("{day}清零"),
    "void": words("{day}券作废"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """By how much what a household has changed, and why; ``on`` is the village's date."""

    number: int
    on: date
    why: Sentence
    points: int


def last_award(session: Session, guard: Guard, household_id: UUID) -> Movement | None:
    """Return the last award to a household; where it was taken back since, or much happened, one before or none."""
    legs = ledger.movements(session, guard.market_id, [household_id], kinds=["household"], limit=_LATEST)
    return next((leg for leg in legs if leg.kind == "award"), None)


def changes_since(
    session: Session, guard: Guard, owners: Sequence[UUID], award: Movement | None, quarters: Sequence[QuarterPart]
) -> list[Change]:
    """Return what changed since the last award, that first; what went from account to account of its own is no change.

    A redemption and its undo cancel out and are left out.
    """
    last_award = 0 if award is None else award.number
    moved = ledger.movements(
        session, guard.market_id, owners, kinds=_POINT_ACCOUNTS, after=max(0, last_award - 1), limit=_MOST_MOVEMENTS
    )
    own = set(owners)
    legs = [leg for leg in moved if not (leg.opposite.kind in _POINT_ACCOUNTS and leg.opposite.owner in own)]
    undone = {leg.reverses for leg in legs if leg.reverses is not None and leg.reverses >= last_award}
    sums: dict[int, int] = {}
    first: dict[int, Movement] = {}
    for leg in reversed(legs):
        if leg.number < last_award or leg.number in undone or leg.reverses in undone:
            continue
        sums[leg.number] = sums.get(leg.number, 0) + leg.change
        first.setdefault(leg.number, leg)
    titles = {part.award_entry_number: part.quarter.title.partition("年")[2] for part in quarters}
    return [
        Change(number, village_date(leg.at), _why(leg, titles.get(number, "")), sums[number])
        for number, leg in first.items()
    ]


def _why(leg: Movement, quarter: str) -> Sentence:
    if leg.kind == "award" and quarter:
        return say(words("{quarter}做好事得的"), quarter=quarter)
    return say(_WHY.get(leg.kind, words("{day}更正")), day=village_date(leg.at))
