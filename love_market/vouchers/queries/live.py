"""Conditions that the indexes of vouchers are made for."""

from sqlalchemy import ColumnElement, and_, literal_column

from love_market.ledger.models import Account
from love_market.ledger.rules import POINTS
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import LIVE, State


def is_live() -> ColumnElement[bool]:
    """Return the condition of ``ix_voucher_live``, its states spelled out as there, so that the planner knows it."""
    return Voucher.state.in_(_spelled(LIVE))


def is_dead() -> ColumnElement[bool]:
    """Return the condition for a voucher to be spent, lapsed or void."""
    return Voucher.state.in_(_spelled(set(State) - LIVE))


def of_voucher() -> ColumnElement[bool]:
    """Return the condition that joins a voucher with its account."""
    return and_(
        Account.market_id == Voucher.market_id,
        Account.kind == "voucher",
        Account.owner == Voucher.id,
        Account.unit == POINTS,
    )


def _spelled(states: frozenset[State] | set[State]) -> list[ColumnElement[str]]:
    return [literal_column(f"'{state.value}'") for state in State if state in states]
