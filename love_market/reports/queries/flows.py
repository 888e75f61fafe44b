"""Reading what came to the households of a village and went from them, by the legs of their accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from uuid import UUID

from sqlalchemy import Select, case, func, literal_column, select
from sqlalchemy.orm import Session

from love_market.ledger.models import Account, LegRow
from love_market.ledger.rules import POINTS
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.vouchers.models import Voucher
from love_market.vouchers.queries.live import balance, is_live

_OWN = ("household", "voucher")
_SPENT = frozenset({"redeemed", "disputed"})


@dataclass(frozen=True, slots=True)
class Window:
    """The entries numbered from ``begin`` on and below ``end``."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Points that came (``awarded``) and went, each less what was taken back."""

    awarded: int = 0
    spent: int = 0
    cleared: int = 0
    void: int = 0

    @property
    def change(self) -> int:
        """By how much what there is changed."""
        return self.awarded - self.spent - self.cleared - self.void

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def flows(
    session: Session, guard: Guard, window: Window, household_id: UUID | None = None
) -> tuple[Mapping[UUID, Flow], Mapping[UUID, Flow]]:
    """Return what moved by household, within a window of entries and after it (four statements, whatever the number).

    What went from a household into its own vouchers, or from a lost voucher to a new one, did not move.
    """
    within, after = dict[UUID, Flow](), dict[UUID, Flow]()
    for account in _OWN:
        for outward in (True, False):
            for of, opposite, late, amount in session.execute(
                _moved(guard, window, account, household_id, outward=outward)
            ):
                found = after if late else within
                found[of] = found.get(of, Flow()) + _flow(opposite, int(amount) if outward else -int(amount))
    return within, after


def holdings(
    session: Session, guard: Guard, household_id: UUID | None = None
) -> tuple[Mapping[UUID, int], Mapping[UUID, int]]:
    """Return what each household of the village has on vouchers now, and what waits for vouchers."""
    one = [Household.id == household_id] if household_id is not None else []
    on_vouchers = session.execute(
        select(Voucher.household_id, func.sum(balance()))
        .join(Household, (Household.market_id == Voucher.market_id) & (Household.id == Voucher.household_id))
        .where(Voucher.market_id == guard.market_id, is_live(), Household.village_code == guard.village_code, *one)
        .group_by(Voucher.household_id)
    )
    waiting = session.execute(
        select(Account.owner, Account.balance)
        .join(Household, (Household.market_id == Account.market_id) & (Household.id == Account.owner))
        .where(
            Account.market_id == guard.market_id,
            Account.kind == "household",
            Account.unit == POINTS,
            Household.village_code == guard.village_code,
            *one,
        )
    )
    return {of: int(points or 0) for of, points in on_vouchers}, {of: int(points) for of, points in waiting}


def _moved(
    guard: Guard, window: Window, account: str, household_id: UUID | None, *, outward: bool
) -> Select[UUID, str, int, int]:
    """Return the question for ``(household, opposite kind, 1 if after the window, amount)`` of accounts of one kind."""
    own_kind, owner = LegRow.destination_kind, LegRow.destination_owner
    opposite = LegRow.source_kind
    if outward:
        own_kind, owner, opposite = LegRow.source_kind, LegRow.source_owner, LegRow.destination_kind
    late = case((LegRow.entry_number >= window.end, 1), else_=0).label("late")
    query = select(Household.id, opposite, late, func.sum(LegRow.amount)).select_from(LegRow)
    if account == "voucher":
        query = query.join(Voucher, (Voucher.market_id == LegRow.market_id) & (Voucher.id == owner))
        query = query.join(
            Household, (Household.market_id == Voucher.market_id) & (Household.id == Voucher.household_id)
        )
    else:
        query = query.join(Household, (Household.market_id == LegRow.market_id) & (Household.id == owner))
    if household_id is not None:
        query = query.where(Household.id == household_id)
    return query.where(
        LegRow.market_id == guard.market_id,
        LegRow.entry_number >= window.begin,
        LegRow.unit == POINTS,
        own_kind == account,
        opposite.not_in(_OWN),
        Household.village_code == guard.village_code,
    ).group_by(Household.id, opposite, literal_column("late"))


def _flow(opposite: str, gone: int) -> Flow:
    """Return so many points gone to an account of a kind; below zero, come from there."""
    if opposite in _SPENT:
        return Flow(spent=gone)
    if opposite == "lapsed":
        return Flow(cleared=gone)
    return Flow(void=gone) if opposite == "void" else Flow(awarded=-gone)
