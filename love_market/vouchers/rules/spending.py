"""Whether a voucher can be spent, held by the server and by a till without a network. Pure."""

from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from love_market.errors import words
from love_market.people.rules import mask_name
from love_market.refusals import Fact, Facts, Refusal, Table
from love_market.vouchers.rules.refusals import (
    VoucherExpired,
    VoucherFrozen,
    VoucherSpent,
    VoucherUnknown,
    VoucherVoid,
)
from love_market.vouchers.rules.states import State


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
SPENDING = Table(
    {
        "held": "whether there is such a voucher where it is looked for",
        "state": "what the voucher is, as ``State``",
        "reason": "why it was frozen, voided or cleared",
        "expires_on": "its last valid day",
        "year": "of its last valid day",
        "month": "of its last valid day",
        "day": "of its last valid day",
        "today": "the day that the village's calendar shows",
        "balance_points": "what is left on it",
    },
    Refusal(VoucherUnknown, _UNKNOWN, ("held", "is", False)),
    Refusal(VoucherVoid, words("这张券已经作废：{reason}。补发过的，请用新券。"), ("state", "is", State.VOID)),
    Refusal(
        VoucherFrozen,
        words("这张券已经冻结：{reason}。要用，请先到村委会解冻。"),
        ("state", "is", State.FROZEN),
    ),
    Refusal(
        VoucherExpired,
        words("这张券 {year}年{month}月{day}日 到期，不能再用。"),
        ("expires_on", "<", Fact("today")),
    ),
    Refusal(VoucherExpired, words("这张券的分已经清零：{reason}。"), ("state", "is", State.LAPSED)),
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
