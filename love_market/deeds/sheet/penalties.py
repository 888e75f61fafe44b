"""The slip that tells a household of a penalty (扣分告知单). Pure: data in, PDF out."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from love_market.clock import village_date, village_time
from love_market.paper import typeset


@dataclass(frozen=True, slots=True)
class DecidedText:
    """What was decided: the points that stand (0: withdrawn), why, by whom and when; and what the household said."""

    points: int
    reason: str
    decider_name: str
    on: date
    reply: str


@dataclass(frozen=True, slots=True)
class PenaltySlip:
    """What a slip says; ``points`` is a size. ``reply_ends_at`` is when the time to answer ends.

    ``told_at`` is None on a slip that is yet to be handed over: the time is then that of a slip handed over today.
    ``decided`` once it is: the slip then tells that, and asks for no reply any more.
    """

    village_name: str
    committee_name: str
    household_number: str
    head_name: str
    group_name: str
    rule_name: str
    rule_points: int
    unit_name: str
    happened_on: date
    times: int
    points: int
    said: str
    proof: str
    photo_count: int
    recorder_name: str
    reply_days: int
    reply_ends_at: datetime
    told_at: datetime | None
    head_hash: str
    decided: DecidedText | None = None


def lay_out_slip(slip: PenaltySlip, at: datetime) -> bytes:
    """Return the PDF of a slip: one page of A4, its stub to tear off at the foot."""
    ends = village_time(slip.reply_ends_at)
    data = {
        "village": slip.village_name,
        "committee": slip.committee_name,
        "household_number": slip.household_number,
        "head_name": slip.head_name,
        "group_name": slip.group_name,
        "rule_name": slip.rule_name,
        "rule_points": slip.rule_points,
        "unit_name": slip.unit_name,
        "happened_on": slip.happened_on.isoformat(),
        "times": slip.times,
        "points": slip.points,
        "said": slip.said,
        "proof": slip.proof,
        "photo_count": slip.photo_count,
        "recorder_name": slip.recorder_name,
        "reply_days": slip.reply_days,
        "reply_ends_at": f"{ends.year}年{ends.month}月{ends.day}日 {ends:%H:%M}",
        "told_on": village_date(slip.told_at).isoformat() if slip.told_at else None,
        "head_hash": slip.head_hash,
        "decided": asdict(slip.decided) | {"on": slip.decided.on.isoformat()} if slip.decided else None,
        "printed_on": village_date(at).isoformat(),
    }
    return typeset("deeds/penalty", data, at)
