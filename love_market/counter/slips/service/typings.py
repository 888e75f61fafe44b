"""Typing a slip: once, again, and the decision where the two differ."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter.slips.models import Slip, SlipPad
from love_market.counter.slips.rules import (
    SlipEnded,
    SlipNotTyped,
    SlipTypedAlready,
    State,
    Typing,
    check_day,
    check_sum,
    differences,
    show_number,
)
from love_market.counter.slips.rules import settle as settled
from love_market.counter.slips.service.booking import book
from love_market.counter.slips.service.rows import move, new_slip, standing, turn, typed
from love_market.errors import words
from love_market.people.rules import Guard


def type_first(
    session: Session,
    guard: Guard,
    pad_id: UUID,
    number: int,
    typing: Typing,
    *,
    at: datetime,
    as_written: bool = False,
) -> State:
    """Keep what somebody typed of a slip the first time; return where the slip stands.

    ``as_written`` says that the paper was looked at where its goods do not come to its total. The same person sending
    the same again is the same as once. Raises ``SlipTypedAlready``, ``SlipEnded``, ``SlipNumberWrong``, ``DayWrong``,
    ``SumDiffers``, ``NoSuchPad``.
    """
    pad, slip = turn(session, guard, pad_id, number)
    _refuse_spoiled(slip)
    if slip is not None and (slip.first_typing, slip.first_by) == (typing.as_json(), guard.staff_id):
        return State(slip.state)
    if slip is not None and slip.state != State.AGAIN:
        raise SlipTypedAlready(words("{no} 第一遍已经录过了。纸上的号没看错吧？"), no=show_number(number))
    _check(pad, typing, at, as_written=as_written)
    slip = slip or new_slip(session, guard, pad, number)
    slip.first_typing, slip.first_by, slip.first_at = typing.as_json(), guard.require_staff(), at
    move(session, guard, slip, State.ONCE, at)
    return State.ONCE


def type_second(
    session: Session,
    guard: Guard,
    pad_id: UUID,
    number: int,
    typing: Typing,
    *,
    at: datetime,
    as_written: bool = False,
) -> State:
    """Compare what was typed the second time with the first: booked where both agree, else it waits for a decision.

    Whoever typed it first may type it again where nobody else is there; the row says so. Returns where the slip
    stands: booked, waiting (see ``try_again``) or differing. Raises as ``type_first``, and ``SlipNotTyped``.
    """
    pad, slip = turn(session, guard, pad_id, number)
    _refuse_spoiled(slip)
    if slip is None or slip.state == State.AGAIN:
        raise SlipNotTyped(words("{no} 还没有录第一遍。请先录第一遍。"), no=show_number(number))
    if (slip.second_typing, slip.second_by) == (typing.as_json(), guard.staff_id):
        return State(slip.state)
    if slip.state != State.ONCE:
        raise SlipTypedAlready(words("{no} 两遍都录过了。纸上的号没看错吧？"), no=show_number(number))
    _check(pad, typing, at, as_written=as_written)
    slip.second_typing, slip.second_by, slip.second_at = typing.as_json(), guard.require_staff(), at
    if differences(typed(slip.first_typing), typing):
        move(session, guard, slip, State.DIFFERS, at)
    else:
        slip.agreed = typing.as_json()
        book(session, guard, slip, at)
    return State(slip.state)


def settle(
    session: Session, guard: Guard, number: int, picks: Mapping[str, str], *, at: datetime, as_written: bool = False
) -> State:
    """Decide, looking at the paper, which typing is right in each field that differs, and book what comes of it.

    Decided again it stays as it is. Raises ``Undecided``, ``SumDiffers``, ``SlipUnclear``, ``SlipEnded``,
    ``NoSuchSlip``.
    """
    slip = standing(session, guard, number)
    if slip.state != State.DIFFERS:
        if slip.settled_at is not None:
            return State(slip.state)
        raise SlipEnded(words("{no} 现在没有要定的。"), no=show_number(number))
    agreed = settled(typed(slip.first_typing), typed(slip.second_typing), picks)
    check_sum(agreed, as_written=as_written)
    slip.agreed, slip.settled_by, slip.settled_at = agreed.as_json(), guard.require_staff(), at
    book(session, guard, slip, at)
    return State(slip.state)


def _check(pad: SlipPad, typing: Typing, at: datetime, *, as_written: bool) -> None:
    check_day(typing.day, village_date(pad.made_at), village_date(at))
    check_sum(typing, as_written=as_written)


def _refuse_spoiled(slip: Slip | None) -> None:
    if slip is not None and slip.state == State.SPOILED:
        raise SlipEnded(
            words("{no} 记的是“写坏了”。没有写坏的话，请先在这一张上点“重录”。"), no=show_number(slip.number)
        )
