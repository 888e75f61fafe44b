"""Reading pads: their numbers, and which of them were entered, are missing, were not used yet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.counter.slips.models import Slip, SlipPad
from love_market.counter.slips.rules import NoSuchPad, State, missing, runs, show_number
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class PadRecord:
    """A pad (停电本) with the state of each number that was entered.

    ``missing`` are the numbers below the highest used one that nobody entered; the unused tail is not among them.
    """

    id: UUID
    first_number: int
    last_number: int
    made_at: datetime
    made_by_name: str
    states: Mapping[int, State]
    missing: tuple[int, ...]

    @property
    def slips(self) -> int:
        """How many slips it has."""
        return self.last_number - self.first_number + 1

    @property
    def first_no(self) -> str:
        """Its first number as printed."""
        return show_number(self.first_number)

    @property
    def last_no(self) -> str:
        """Its last number as printed."""
        return show_number(self.last_number)

    @property
    def counts(self) -> Mapping[State, int]:
        """How many slips stand in each state."""
        return Counter(self.states.values())

    @property
    def to_do(self) -> int:
        """How many slips were entered and are not done with."""
        return sum(state not in {State.BOOKED, State.SPOILED} for state in self.states.values())

    @property
    def unused_from(self) -> int | None:
        """The first number of the unused tail; None where the last one was used."""
        after = max(self.states, default=self.first_number - 1) + 1
        return after if after <= self.last_number else None

    @property
    def missing_nos(self) -> list[str]:
        """The missing numbers as people name them: 停0052, and 停0055–停0057."""
        return [
            show_number(begin) if begin == end else f"{show_number(begin)}–{show_number(end)}"
            for begin, end in runs(self.missing)
        ]


def pads(session: Session, guard: Guard, *, before: int | None = None, limit: int = 20) -> Sequence[PadRecord]:
    """Return the market's pads, the newest first; ``before`` continues a page below a pad's first number."""
    query = select(SlipPad).where(SlipPad.market_id == guard.market_id)
    if before is not None:
        query = query.where(SlipPad.first_number < before)
    return _records(session, guard, session.scalars(query.order_by(SlipPad.first_number.desc()).limit(limit)).all())


def pad(session: Session, guard: Guard, pad_id: UUID) -> PadRecord:
    """Return one pad of the market; raise ``NoSuchPad``."""
    row = session.get(SlipPad, (guard.market_id, pad_id))
    if row is None:
        raise NoSuchPad(words("没有这一本停电本。"))
    return _records(session, guard, [row])[0]


def next_number(pad: PadRecord, *, second: bool, after: int) -> int | None:
    """Return the slip that is typed next behind one: in the second round those typed once, in the first all others."""
    if second:
        waiting = sorted(number for number, state in pad.states.items() if state is State.ONCE)
        return next((number for number in waiting if number > after), waiting[0] if waiting else None)
    open_ones = [
        n for n in range(pad.first_number, pad.last_number + 1) if pad.states.get(n, State.AGAIN) is State.AGAIN
    ]
    return next((number for number in open_ones if number > after), open_ones[0] if open_ones else None)


def _records(session: Session, guard: Guard, rows: Sequence[SlipPad]) -> list[PadRecord]:
    if not rows:
        return []
    names = people.staff_names(session, [row.made_by for row in rows])
    entered = session.execute(
        select(Slip.number, Slip.state).where(
            Slip.market_id == guard.market_id,
            Slip.number.between(min(row.first_number for row in rows), max(row.last_number for row in rows)),
        )
    ).all()
    records = []
    for row in rows:
        states = {number: State(state) for number, state in entered if row.first_number <= number <= row.last_number}
        records.append(
            PadRecord(
                id=row.id,
                first_number=row.first_number,
                last_number=row.last_number,
                made_at=row.made_at,
                made_by_name=names.get(row.made_by, ""),
                states=states,
                missing=missing(row.first_number, states),
            )
        )
    return records
