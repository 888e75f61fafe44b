"""The vouchers that a household holds, and the clearing of points that is announced for some of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.errors import words
from love_market.people.rules import Guard
from love_market.reports.rules import Sentence, say
from love_market.vouchers import queries as vouchers
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.rules import LIVE, State


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """A voucher of a household as its paper is used: whether it can be used today, and what it is, in words.

    ``use_by`` is its last day, or the day of a clearing that is announced and reaches it before.
    """

    face: VoucherFace
    is_usable: bool
    said: Sentence
    use_by: date

    @property
    def is_live(self) -> bool:
        """Whether it may be used now or, once it is found again, later."""
        return self.is_usable or self.face.state is State.FROZEN


@dataclass(frozen=True, slots=True)
class ComingReset:
    """A clearing that is announced: its day, and what it would take of the household's points now, by voucher."""

    falls_on: date
    reached: Mapping[UUID, int]

    @property
    def points(self) -> int:
        """What it would take altogether."""
        return sum(self.reached.values())


def coming_reset(session: Session, guard: Guard, household_id: UUID) -> ComingReset | None:
    """Return the clearing that is announced and would take something of a household; None where none would."""
    announced = vouchers.announced(session, guard)
    if announced is None:
        return None
    reset = ComingReset(announced.falls_on, vouchers.reached(session, guard, announced.announced_at, household_id))
    return reset if reset.points else None


def voucher_lines(faces: Sequence[VoucherFace], at: datetime, reset: ComingReset | None) -> list[VoucherLine]:
    """Return vouchers as they can be used on the day of an instant."""
    today = village_date(at)
    return [VoucherLine(face, _is_usable(face, today), _state(face, today), _use_by(face, reset)) for face in faces]


def _use_by(face: VoucherFace, reset: ComingReset | None) -> date:
    return min(face.expires_on, reset.falls_on) if reset and face.id in reset.reached else face.expires_on


def _is_usable(face: VoucherFace, today: date) -> bool:
    return (
        face.state in LIVE and face.state is not State.FROZEN and face.expires_on >= today and face.balance_points > 0
    )


def _state(face: VoucherFace, today: date) -> Sentence:
    return say(words("过了有效期")) if face.state in LIVE and face.expires_on < today else say(face.state.label)


def is_frozen(face: VoucherFace, today: date) -> bool:
    """Return whether a voucher is frozen, and would be good if it were found again."""
    return face.state is State.FROZEN and face.expires_on >= today
