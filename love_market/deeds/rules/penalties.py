"""Penalties (扣分), the pure part: from noted to decided, what may follow what, and what a deduction needs."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from love_market.clock import village_time
from love_market.deeds.rules.counting import Capped
from love_market.deeds.rules.deeds import MOST_POINTS, MOST_TIMES
from love_market.errors import Invalid, NotFound, Refused, words

LONGEST_PROOF, LONGEST_DECISION, LONGEST_REPLY = 200, 200, 500


class PenaltyState(StrEnum):
    """How far a penalty is. Only one that ``stands`` counts; what it counts for may have been lowered."""

    NOTED = "noted"
    RECORDED = "recorded"
    TOLD = "told"
    REPLIED = "replied"
    STANDS = "stands"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state as the village says it."""
        return _LABELS[self]


class PenaltyAct(StrEnum):
    """What is done to a penalty: proof is shown, it is told, heard, decided; or dropped before anybody was told."""

    SHOW = "show"
    TELL = "tell"
    REPLY = "reply"
    STAND = "stand"
    WITHDRAW = "withdraw"
    DROP = "drop"


_LABELS = {
    PenaltyState.NOTED: words("缺凭据"),
    PenaltyState.RECORDED: words("等告知"),
    PenaltyState.TOLD: words("等答复"),
    PenaltyState.REPLIED: words("有答复"),
    PenaltyState.STANDS: words("已认定"),
    PenaltyState.WITHDRAWN: words("已撤销"),
}
OPEN_STATES = tuple(state for state in PenaltyState if state not in {PenaltyState.STANDS, PenaltyState.WITHDRAWN})
"""The states in which a penalty still waits for somebody, in the order of the way."""

PENALTY_STEPS: Mapping[PenaltyAct, Mapping[PenaltyState, PenaltyState]] = {
    PenaltyAct.SHOW: {PenaltyState.NOTED: PenaltyState.RECORDED},
    PenaltyAct.TELL: {PenaltyState.RECORDED: PenaltyState.TOLD},
    PenaltyAct.REPLY: {PenaltyState.TOLD: PenaltyState.REPLIED},
    PenaltyAct.STAND: {PenaltyState.TOLD: PenaltyState.STANDS, PenaltyState.REPLIED: PenaltyState.STANDS},
    PenaltyAct.WITHDRAW: {PenaltyState.TOLD: PenaltyState.WITHDRAWN, PenaltyState.REPLIED: PenaltyState.WITHDRAWN},
    PenaltyAct.DROP: {PenaltyState.NOTED: PenaltyState.WITHDRAWN, PenaltyState.RECORDED: PenaltyState.WITHDRAWN},
}
_INSTEAD = {
    PenaltyState.NOTED: words("这条扣分还缺凭据。请先补上是哪一天、怎么回事、凭什么。"),
    PenaltyState.RECORDED: words("这条扣分还没有告知这一户。先告知，听了答复再定。"),
    PenaltyState.TOLD: words("这条扣分已经告知了，正在等这一户答复。"),
    PenaltyState.REPLIED: words("这一户已经答复了，等另一个人来定。"),
    PenaltyState.STANDS: words("这条扣分已经认定，不能再改。有错请在公示时提异议。"),
    PenaltyState.WITHDRAWN: words("这条扣分已经撤销，不能再改。"),
}


class NoSuchPenalty(NotFound):
    """The village, or the household that asks, has no such penalty."""


class PenaltyNotThere(Refused):
    """An act does not belong to the state that the penalty has reached."""


class ReplyStillOpen(Refused):
    """The household has not replied and its time is not over."""


class PenaltyPointsWrong(Invalid):
    """A penalty takes at least one point, never more than its rule says, and is only ever lowered."""


class ProofMissing(Invalid):
    """A penalty has neither a photo nor written proof."""


class PenaltyWordsWrong(Invalid):
    """What is written about a penalty is missing or too long."""


class SamePenaltyTwice(Refused):
    """The household has this penalty on this day already."""


class PenaltyIsNoDeed(Refused):
    """A penalty was to be recorded as if it were a deed."""


class DeedIsNoPenalty(Refused):
    """A good deed was to be recorded as a penalty."""


def next_state(act: PenaltyAct, state: PenaltyState) -> PenaltyState:
    """Return the state that an act leads to; raise ``PenaltyNotThere`` where it is not allowed."""
    after = PENALTY_STEPS[act].get(state)
    if after is None:
        raise PenaltyNotThere(_INSTEAD[state])
    return after


def check_heard(state: PenaltyState, reply_ends_at: datetime | None, at: datetime) -> None:
    """Raise ``ReplyStillOpen`` while a household that was told has not replied and its time runs."""
    if state is PenaltyState.TOLD and (reply_ends_at is None or at < reply_ends_at):
        ends = village_time(reply_ends_at or at)
        raise ReplyStillOpen(
            words("这一户还没有答复，{month}月{day}日 {time} 以后才能认定。现在只能撤销。"),
            month=ends.month,
            day=ends.day,
            time=f"{ends:%H:%M}",
        )


def check_penalty(rule: Capped, times: int, points: int) -> None:
    """Raise ``PenaltyPointsWrong`` unless ``points`` (negative) are within what a rule takes for so many times."""
    if type(times) is not int or not 1 <= times <= MOST_TIMES:
        raise PenaltyPointsWrong(words("次数要是 1 到 {most} 的整数。"), most=MOST_TIMES)
    most = min(-rule.points * times, MOST_POINTS)
    if rule.cap_period == "event" and rule.cap_points is not None:
        most = min(most, rule.cap_points)
    if type(points) is not int or not 1 <= -points <= most:
        raise PenaltyPointsWrong(words("这一项扣 1 到 {most} 分。细则没有写的，不能多扣。"), most=most)


def times_for(rule: Capped, points: int) -> int:
    """Return how many times a rule must have been broken for so many points (negative) to be taken."""
    return max(1, -(points // -rule.points))


def check_proof(wanted: str, proof: str, photos: int) -> None:
    """Raise ``ProofMissing`` where there is neither a photo nor written proof; ``wanted`` is what the rule asks."""
    if not proof and not photos:
        raise ProofMissing(
            words("扣分要有凭据：放一张照片，或者写明凭什么（{wanted}）。"), wanted=wanted or "记录、证明人"
        )
    if len(proof) > LONGEST_PROOF:
        raise PenaltyWordsWrong(words("凭据写得太长，最多 {count} 个字。"), count=LONGEST_PROOF)
