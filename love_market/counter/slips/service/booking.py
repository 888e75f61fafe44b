"""Booking what both typings of a slip agree on."""

from datetime import datetime

from sqlalchemy.orm import Session

from love_market.counter import service as counter
from love_market.counter.happened import Happened, book_happened
from love_market.counter.slips.models import Slip
from love_market.counter.slips.rules import SlipEnded, State, happened_at, show_number
from love_market.counter.slips.service.rows import move, standing, typed
from love_market.errors import LoveMarketError, words
from love_market.people.rules import Guard, Role, RoleMissing
from love_market.tills import queries as tills


def book(session: Session, guard: Guard, slip: Slip, at: datetime) -> None:
    """Book what both typings agree on, as a redemption of the slip's day; what refuses it is kept on the slip.

    The key is the slip's own, so that it is booked once however often this is asked. A proxy beyond the day's limit is
    marked for the committee: the goods are gone.
    """
    agreed = typed(slip.agreed)
    try:
        with session.begin_nested():  # a refusal leaves nothing behind but its sentence
            receipt = counter.redeem(
                session,
                guard,
                key=slip.redemption_key,
                voucher_ids=[agreed.voucher_id],
                basket=agreed.lines,
                at=happened_at(agreed.day, at),
                proxy=agreed.proxy,
                handed_out=True,
            )
    except RoleMissing:
        message = words("录这一遍的不是超市管理员，还没有入账。请超市管理员打开这一张，点“再试一次”。")
        slip.refusal = {"message": message, "values": {}}
        move(session, guard, slip, State.WAITING, at)
    except LoveMarketError as error:
        values = {name: value if isinstance(value, int) else str(value) for name, value in error.values.items()}
        slip.refusal = {"message": error.message, "values": values}
        move(session, guard, slip, State.WAITING, at)
    else:
        slip.redemption_id, slip.refusal = receipt.id, None
        move(session, guard, slip, State.BOOKED, at)


def try_again(session: Session, guard: Guard, number: int, *, at: datetime) -> State:
    """Book a slip that was refused before; one that is booked stays so. Raises ``SlipEnded``, ``NoSuchSlip``."""
    slip = standing(session, guard, number)
    if slip.state == State.WAITING:
        book(session, guard, slip, at)
    elif slip.state != State.BOOKED:
        raise SlipEnded(words("{no} 还没有录好，不能入账。"), no=show_number(number))
    return State(slip.state)


def book_as_it_happened(session: Session, guard: Guard, number: int, *, at: datetime) -> State:
    """Book a slip that was refused as what truly happened; what is lacking goes to the committee as a dispute.

    One that is booked stays so. Raises ``SlipEnded``, ``NoSuchSlip``, ``LeaseHeld``, ``LeaseUnsettled``, and what
    cannot have happened so.
    """
    guard.require(Role.CLERK)
    slip = standing(session, guard, number)
    if slip.state == State.BOOKED:
        return State.BOOKED
    if slip.state != State.WAITING:
        raise SlipEnded(words("{no} 还没有录好，不能入账。"), no=show_number(number))
    tills.check_free(session, guard, None, at)
    agreed = typed(slip.agreed)
    happened = Happened(
        key=slip.redemption_key,
        at=happened_at(agreed.day, at),
        clerk_id=guard.require_staff(),
        clerk_name=guard.name,
        payments=((agreed.voucher_id, sum(line.quantity * line.points_each for line in agreed.lines)),),
        basket=tuple(agreed.lines),
        proxy=agreed.proxy,
    )
    slip.redemption_id, slip.refusal = book_happened(session, guard, happened, at=at).receipt.id, None
    move(session, guard, slip, State.BOOKED, at)
    return State.BOOKED
