"""Which vouchers may pay, and what a till may do without a network. Pure.

What rests on ``Offline`` is described here and decided on the device: the server has no need of it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from love_market.clock import village_time
from love_market.errors import Refused, words
from love_market.refusals import Fact, Facts, Refusal, Table
from love_market.tills.rules import TillCutOff
from love_market.vouchers.rules import SPENDING, Held, VoucherUnknown, spending_facts


class LeaseMissing(Refused):
    """The till does not hold its market's lease."""


class LeaseEnded(Refused):
    """The till's lease has ended."""


class ClockWrong(Refused):
    """The device's clock shows a time before one that it has shown already."""


class VoucherTooNew(Refused):
    """The voucher was issued after the till's last contact, and is worth more than such a voucher may be."""


@dataclass(frozen=True, slots=True)
class Offline:
    """What a till without a network knows of itself; instants by its own clock, set right at its last contact.

    ``latest_at`` is the latest instant that it has seen, ``lease_ends_at`` None where it holds no lease;
    ``limit_points`` is up to how many points its market takes a voucher that the till does not know.
    """

    now: datetime
    latest_at: datetime
    lease_ends_at: datetime | None
    cut_off: bool = False
    limit_points: int = 0


TILL = Table(
    {
        "cut_off": "whether the till was told that it is cut off",
        "lease_ends_at": "from when on it may not redeem without a network; nothing where it holds no lease",
        "month": "of that instant, as the village's calendar shows it",
        "day": "of that instant, as the village's calendar shows it",
        "clock": "of that instant, as the village's clock shows it: 18:30",
        "now": "the instant that the device's clock shows",
        "latest_at": "the latest instant that it has shown so far",
    },
    Refusal(
        TillCutOff,
        words("这台兑换机已经停用，不能兑换。要用，请村委会重新登记。"),
        ("cut_off", "is", True),
    ),
    Refusal(
        LeaseMissing,
        words("没有网络，这台兑换机现在不能断网兑换。请接上网再兑换。"),
        ("lease_ends_at", "is", None),
    ),
    Refusal(
        ClockWrong,
        words("这台兑换机的时间往回走了，没有网络时不能兑换。请把时间调准，或接上网再兑换。"),
        ("now", "<", Fact("latest_at")),
    ),
    Refusal(
        LeaseEnded,
        words("断网兑换只到 {month}月{day}日 {clock}，时间已经过了。请接上网再兑换。"),
        ("now", ">=", Fact("lease_ends_at")),
    ),
)
"""Why a till cannot redeem without a network, whatever is in the basket."""

VOUCHER = Table(
    {
        **SPENDING.facts,
        "offline": "whether there is no network to ask the books by",
        "known": "whether it was in the books at the last contact; if not, its signed paper alone vouches for it",
        "limit_points": "up to how many points a voucher is taken that is not known; 0: none is",
    },
    Refusal(
        VoucherUnknown,
        words("这台兑换机里没有这张券。请看清短码，或扫券上的方码；还不行，就接上网再查。"),
        ("held", "is", False),
        ("offline", "is", True),
    ),
    *SPENDING.rows,
    Refusal(
        VoucherTooNew,
        words("这张券是上次联网以后才发的，没有网络时不能用。请接上网再兑换。"),
        ("known", "is", False),
        ("limit_points", "is", 0),
    ),
    Refusal(
        VoucherTooNew,
        words("这张券是上次联网以后才发的，没有网络时最多收 {limit_points} 分的新券。请接上网再兑换。"),
        ("known", "is", False),
        ("balance_points", ">", Fact("limit_points")),
    ),
)
"""Why a voucher cannot pay at the counter, with a network and without."""


def till_facts(offline: Offline) -> Facts:
    """Return the facts that ``TILL`` asks for."""
    ends = village_time(offline.lease_ends_at) if offline.lease_ends_at else None
    return {
        "cut_off": offline.cut_off,
        "lease_ends_at": offline.lease_ends_at,
        "month": ends and ends.month,
        "day": ends and ends.day,
        "clock": ends and f"{ends:%H:%M}",
        "now": offline.now,
        "latest_at": offline.latest_at,
    }


def voucher_facts(voucher: Held | None, today: date, offline: Offline | None) -> Facts:
    """Return the facts that ``VOUCHER`` asks for; None is a voucher that is not there."""
    return {
        **spending_facts(voucher, today),
        "offline": offline is not None,
        "known": voucher is not None and voucher.known,
        "limit_points": offline.limit_points if offline else 0,
    }
