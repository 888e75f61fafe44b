"""Conditions that the indexes of vouchers are made for."""

from sqlalchemy import ColumnElement, ScalarSelect, literal_column

from love_market.ledger import queries as books
from love_market.ledger.rules import POINTS
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import LIVE, State


def is_live() -> ColumnElement[bool]:
    """Return the condition of ``ix_voucher_live``, its states spelled out as there, so that the planner knows it."""
    return Voucher.state.in_(_spelled(LIVE))


def is_dead() -> ColumnElement[bool]:
    """Return the condition of ``ix_voucher_dead``: spent, lapsed or void."""
    return Voucher.state.in_(_spelled(set(State) - LIVE))


def balance() -> ScalarSelect[int]:
    """Return what is left on a voucher, for a question about vouchers."""
    return books.balance_of(Voucher.market_id, "voucher", Voucher.id, POINTS)


def _spelled(states: frozenset[State] | set[State]) -> list[ColumnElement[str]]:
    return [literal_column(f"'{state.value}'") for state in State if state in states]
