"""Setting a slip aside: to be typed anew, or because nothing was handed out on it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.counter.slips.rules import SlipEnded, State, show_number
from love_market.counter.slips.service.rows import move, new_slip, standing, turn
from love_market.errors import words
from love_market.people.rules import Guard
from love_market.vouchers.rules import ReasonMissing

_LONGEST_REASON = 100


def start_over(session: Session, guard: Guard, number: int, *, reason: str, at: datetime) -> None:
    """Forget both typings of a slip, so that it is typed anew from the paper; not once it is booked.

    Raises ``ReasonMissing``, ``SlipEnded``, ``NoSuchSlip``.
    """
    slip = standing(session, guard, number)
    if slip.state == State.BOOKED:
        raise SlipEnded(
            words("{no} 已经入账，不能重录。当天可以撤销那一笔；隔天请到村委会更正。"), no=show_number(number)
        )
    if slip.state == State.AGAIN:
        return
    why = _reason(reason)
    slip.first_typing = slip.first_by = slip.first_at = None
    slip.second_typing = slip.second_by = slip.second_at = None
    slip.agreed = slip.settled_by = slip.settled_at = None
    move(session, guard, slip, State.AGAIN, at, why)


def spoil(session: Session, guard: Guard, pad_id: UUID, number: int, *, reason: str, at: datetime) -> None:
    """Declare that nothing was handed out on a slip (写坏了): miswritten, torn, misprinted.

    Raises ``ReasonMissing``, ``SlipEnded`` for one that is booked, ``SlipNumberWrong``, ``NoSuchPad``.
    """
    pad, slip = turn(session, guard, pad_id, number)
    if slip is not None and slip.state == State.BOOKED:
        raise SlipEnded(words("{no} 已经入账，不是写坏的。"), no=show_number(number))
    why = _reason(reason)
    if slip is not None and (slip.state, slip.state_reason) == (State.SPOILED, why):
        return
    move(session, guard, slip or new_slip(session, guard, pad, number), State.SPOILED, at, why)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing(words("请写明原因。"))
    return reason.strip()[:_LONGEST_REASON]
