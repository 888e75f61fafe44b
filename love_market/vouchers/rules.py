"""What may happen to a voucher. Pure: no database, no Flask."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from love_market.errors import Invalid, NotFound, Refused, words
from love_market.people.rules import mask_name
from love_market.refusals import Fact, Facts, Refusal, Table

DENOMINATIONS = (100, 50, 20, 10, 5)
"""Face values in points when vouchers come in denominations (domain: 5/10/20/50/100)."""


class State(StrEnum):
    """What a voucher is: the paper's life. What is left on it is in the books."""

    ISSUED = "issued"
    HANDED_OVER = "handed_over"
    FROZEN = "frozen"
    SPENT = "spent"
    LAPSED = "lapsed"
    VOID = "void"

    @property
    def label(self) -> str:
        """The state as the village says it."""
        return STATE_LABELS[self]


STATE_LABELS = {
    State.ISSUED: words("待领取"),
    State.HANDED_OVER: words("已领取"),
    State.FROZEN: words("已冻结"),
    State.SPENT: words("已用完"),
    State.LAPSED: words("已过期"),
    State.VOID: words("已作废"),
}
MOVES: dict[State, frozenset[State]] = {
    State.ISSUED: frozenset({State.HANDED_OVER, State.FROZEN, State.LAPSED, State.VOID}),
    State.HANDED_OVER: frozenset({State.FROZEN, State.SPENT, State.LAPSED, State.VOID}),
    State.FROZEN: frozenset({State.ISSUED, State.HANDED_OVER, State.LAPSED, State.VOID}),
    State.SPENT: frozenset({State.HANDED_OVER}),
    State.LAPSED: frozenset(),
    State.VOID: frozenset(),
}
"""The only moves there are; from ``spent`` back only by the undo of a redemption."""
MOVEMENTS = {
    "issue": words("发券"),
    "redeem": words("兑换"),
    "reverse": words("撤销兑换"),
    "void": words("作废"),
    "lapse": words("到期"),
    "reissue": words("补发"),
}
"""What moved a voucher's points, by the kind of entry, as the village says it."""
LIVE = frozenset({State.ISSUED, State.HANDED_OVER, State.FROZEN})


class VoucherUnknown(NotFound):
    """These books have no such voucher."""


class VoucherSpent(Refused):
    """Nothing is left on the voucher."""


class VoucherFrozen(Refused):
    """The voucher was frozen, usually because it was reported lost."""


class VoucherExpired(Refused):
    """The voucher's last valid day has passed."""


class VoucherVoid(Refused):
    """The voucher was taken out of use; a reissue may have taken its place."""


class VoucherMoveRefused(Refused):
    """The voucher's state does not allow this."""


class TooFewPoints(Refused):
    """The vouchers come to fewer points than the basket."""


class NothingToIssue(Refused):
    """No household of the village has points that wait for a voucher."""


class ReasonMissing(Invalid):
    """An act that changes what somebody holds needs its reason in words."""


class VoucherForged(Invalid):
    """The token was not signed by its market's key, or has been altered."""


class VoucherFromAnotherMarket(Refused):
    """The token is another market's."""


class ShortCodeMistyped(Invalid):
    """The short code has a wrong, missing or strange character."""


class SerialUnclear(Invalid):
    """Several vouchers have a serial number that ends so."""


class SigningKeyUnreadable(Refused):
    """The market's signing key was sealed with another secret."""


def check_move(state: State, to: State) -> None:
    """Raise ``VoucherMoveRefused`` unless the table of moves has this one."""
    if to not in MOVES[state]:
        raise VoucherMoveRefused(words("这张券现在是“{state}”，不能改成“{to}”。"), state=state.label, to=to.label)


class Spendable(Protocol):
    """What says whether a voucher can be spent: its paper's life, and what is left on it in the books."""

    @property
    def id(self) -> UUID:
        """Which voucher."""

    @property
    def state(self) -> State:
        """What the voucher is."""

    @property
    def state_reason(self) -> str:
        """Why it was frozen or voided."""

    @property
    def expires_on(self) -> date:
        """Its last valid day."""

    @property
    def balance_points(self) -> int:
        """What is left on it."""


class Held(NamedTuple):
    """A voucher as it is held, whether it can be spent or not.

    ``known`` is False for one that a till without a network has read off the signed paper alone.
    """

    id: UUID
    serial_no: str
    state: State
    state_reason: str
    expires_on: date
    household_id: UUID
    head_name: str
    balance_points: int
    known: bool = True

    @property
    def masked_name(self) -> str:
        """The head of the household as shown where others can see."""
        return mask_name(self.head_name)


_UNKNOWN = words("账本里没有这张券。请看清券号，或者这是别处的券。")
_EXPIRED = words("这张券 {year}年{month}月{day}日 到期，不能再用。")
SPENDING = Table(
    {
        "held": "whether there is such a voucher where it is looked for",
        "state": "what the voucher is, as ``State``",
        "reason": "why it was frozen or voided",
        "expires_on": "its last valid day",
        "year": "of its last valid day",
        "month": "of its last valid day",
        "day": "of its last valid day",
        "today": "the day that the village's calendar shows",
        "balance_points": "what is left on it",
    },
    Refusal(VoucherUnknown, _UNKNOWN, ("held", "is", False)),
    Refusal(VoucherVoid, words("这张券已经作废：{reason}。"), ("state", "is", State.VOID)),
    Refusal(
        VoucherFrozen,
        words("这张券已经冻结：{reason}。要用，请先到村委会解冻。"),
        ("state", "is", State.FROZEN),
    ),
    Refusal(VoucherExpired, _EXPIRED, ("state", "is", State.LAPSED)),
    Refusal(VoucherExpired, _EXPIRED, ("expires_on", "<", Fact("today"))),
    # Where the books can be asked, they say when and where: see ``queries.refusal``.
    Refusal(VoucherSpent, words("这张券上的积分已经用完了。"), ("balance_points", "is", 0)),
)
"""Why a voucher cannot be spent."""


def unknown() -> VoucherUnknown:
    """Return the error for a voucher that these books do not have."""
    return VoucherUnknown(_UNKNOWN)


def spending_facts(voucher: Spendable | None, today: date) -> Facts:
    """Return the facts that ``SPENDING`` asks for; None is a voucher that is not there."""
    if voucher is None:
        return {**dict.fromkeys(SPENDING.facts), "held": False, "today": today}
    last = voucher.expires_on
    return {
        "held": True,
        "state": voucher.state,
        "reason": voucher.state_reason or "—",
        "expires_on": last,
        "year": last.year,
        "month": last.month,
        "day": last.day,
        "today": today,
        "balance_points": voucher.balance_points,
    }


def faces_of(points: int, *, in_denominations: bool) -> Sequence[int]:
    """Return the face values that pay out a household's points: one voucher, or denominations with a rest left over.

    The rest below the smallest denomination stays with the household and carries over (domain: remainder carries over).
    """
    if not in_denominations:
        return [points] if points > 0 else []
    faces: list[int] = []
    for face in DENOMINATIONS:
        count, points = divmod(points, face)
        faces.extend([face] * count)
    return faces


def serial_no(quarter: str, sequence: int) -> str:
    """Return a voucher's serial number (券号): 2026Q3 and 187 → 2026-3-0187."""
    return f"{quarter[:4]}-{quarter[-1]}-{sequence:04}"


def lapses_on(issued_on: date, valid_days: int) -> date:
    """Return the last valid day of a voucher: so many days on, and to the end of that month, which people remember."""
    day = date.fromordinal(issued_on.toordinal() + valid_days)
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)
