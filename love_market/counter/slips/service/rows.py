"""The rows of pads and slips under the market's turn to write."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.counter.slips.models import Slip, SlipPad
from love_market.counter.slips.rules import (
    KEEPERS,
    NoSuchPad,
    NoSuchSlip,
    SlipNumberWrong,
    State,
    Typing,
    redemption_key,
    show_number,
)
from love_market.errors import words
from love_market.ledger import service as ledger
from love_market.people.rules import Guard


def turn(session: Session, guard: Guard, pad_id: UUID, number: int) -> tuple[SlipPad, Slip | None]:
    """Take the market's turn; return the pad and the slip of this number, if it was entered.

    Raises ``NoSuchPad``, ``SlipNumberWrong``, ``RoleMissing``.
    """
    guard.require(*KEEPERS)
    ledger.lock_book(session, guard.market_id)
    pad = session.get(SlipPad, (guard.market_id, pad_id))
    if pad is None:
        raise NoSuchPad(words("没有这一本停电本。"))
    if not pad.first_number <= number <= pad.last_number:
        raise SlipNumberWrong(
            words("{no} 不在这一本里，这一本是 {first} 到 {last}。"),
            no=show_number(number),
            first=show_number(pad.first_number),
            last=show_number(pad.last_number),
        )
    return pad, session.get(Slip, (guard.market_id, number))


def standing(session: Session, guard: Guard, number: int) -> Slip:
    """Take the market's turn; return a slip that was entered; raise ``NoSuchSlip`` or ``RoleMissing``."""
    guard.require(*KEEPERS)
    ledger.lock_book(session, guard.market_id)
    slip = session.get(Slip, (guard.market_id, number))
    if slip is None:
        raise NoSuchSlip(words("{no} 还没有录过。"), no=show_number(number))
    return slip


def new_slip(session: Session, guard: Guard, pad: SlipPad, number: int) -> Slip:
    """Return the row of a slip that is entered for the first time; its state is for the caller to give."""
    slip = Slip(market_id=guard.market_id, number=number, pad_id=pad.id)
    slip.redemption_key = redemption_key(guard.market_id, number)
    session.add(slip)
    return slip


def move(session: Session, guard: Guard, slip: Slip, state: State, at: datetime, reason: str = "") -> None:
    """Let a slip stand elsewhere: who did it, when, and why where that has to be said."""
    slip.state, slip.state_reason, slip.state_by, slip.state_at = state, reason, guard.require_staff(), at
    if state is not State.WAITING:
        slip.refusal = None
    session.flush()


def typed(kept: Mapping[str, Any] | None) -> Typing:
    """Return a typing that the slip's state says is there."""
    assert kept is not None  # noqa: S101 so the state says
    return Typing.from_json(kept)
