"""Reading slips: who typed what and when, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from love_market.counter.models import Redemption
from love_market.counter.slips.models import OPEN, Slip
from love_market.counter.slips.queries.pads import PadRecord
from love_market.counter.slips.rules import NoSuchSlip, State, Typing, show_number
from love_market.db import Prepared
from love_market.errors import LoveMarketError, words
from love_market.people import queries as people
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Act:
    """Who did something with a slip, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SlipRecord:
    """A slip that was entered.

    ``agreed`` is what both typings or the decision say; the typings themselves are given only where they differ, so
    that no second typing sees the first. ``by_one`` says that one person typed it twice. ``refusal`` is why it could
    not be booked, ``undone`` that its redemption was taken back.
    """

    number: int
    pad_id: UUID
    state: State
    state_reason: str
    moved: Act
    first: Act | None
    second: Act | None
    settled: Act | None
    by_one: bool
    first_typing: Typing | None
    second_typing: Typing | None
    agreed: Typing | None
    redemption_id: UUID | None
    entry_number: int | None
    undone: bool
    refusal: LoveMarketError | None

    @property
    def no(self) -> str:
        """Its number as printed."""
        return show_number(self.number)


@dataclass(frozen=True, slots=True)
class OpenSlips:
    """The slips of a pad that wait in one state: how many, the first one's number, since when."""

    pad_id: UUID
    state: State
    count: int
    first_number: int
    since: datetime


def slip(session: Session, guard: Guard, number: int) -> SlipRecord:
    """Return one slip of the market; raise ``NoSuchSlip``."""
    found = _slips(session, guard, number, number)
    if not found:
        raise NoSuchSlip(words("{no} 还没有录过。"), no=show_number(number))
    return found[0]


def slips(session: Session, guard: Guard, pad: PadRecord) -> Sequence[SlipRecord]:
    """Return the slips of a pad that were entered, by number."""
    return _slips(session, guard, pad.first_number, pad.last_number)


_OPEN = Prepared(
    select(Slip.pad_id, Slip.state, func.count(), func.min(Slip.number), func.min(Slip.state_at))
    .where(Slip.market_id == bindparam("market_id"), OPEN)
    .group_by(Slip.pad_id, Slip.state)
    .order_by(func.min(Slip.number))
)


def open_slips(session: Session, guard: Guard) -> Sequence[OpenSlips]:
    """Return which slips of the market wait, by pad and state, in the order of their numbers."""
    return [
        OpenSlips(pad_id, State(state), count, first, since)
        for pad_id, state, count, first, since in _OPEN.rows(session, market_id=guard.market_id)
    ]


def _slips(session: Session, guard: Guard, first: int, last: int) -> list[SlipRecord]:
    rows = session.execute(
        select(Slip, Redemption.entry_number, Redemption.undone_at)
        .outerjoin(Redemption, and_(Redemption.market_id == Slip.market_id, Redemption.id == Slip.redemption_id))
        .where(Slip.market_id == guard.market_id, Slip.number.between(first, last))
        .order_by(Slip.number)
    ).all()
    acted = {
        one
        for row, _, _ in rows
        for one in (row.state_by, row.first_by, row.second_by, row.settled_by)
        if one is not None
    }
    names = people.staff_names(session, list(acted))

    def act(by: UUID | None, at: datetime | None) -> Act | None:
        return None if by is None or at is None else Act(names.get(by, ""), at)

    return [
        SlipRecord(
            number=row.number,
            pad_id=row.pad_id,
            state=State(row.state),
            state_reason=row.state_reason,
            moved=Act(names.get(row.state_by, ""), row.state_at),
            first=act(row.first_by, row.first_at),
            second=act(row.second_by, row.second_at),
            settled=act(row.settled_by, row.settled_at),
            by_one=row.first_by is not None and row.first_by == row.second_by,
            first_typing=_shown(row.first_typing, row.state),
            second_typing=_shown(row.second_typing, row.state),
            agreed=None if row.agreed is None else Typing.from_json(row.agreed),
            redemption_id=row.redemption_id,
            entry_number=entry_number,
            undone=undone_at is not None,
            refusal=None if row.refusal is None else LoveMarketError(row.refusal["message"], **row.refusal["values"]),
        )
        for row, entry_number, undone_at in rows
    ]


def _shown(kept: Mapping[str, Any] | None, state: str) -> Typing | None:
    return Typing.from_json(kept) if kept is not None and state == State.DIFFERS else None
