"""A voucher's life: what it is, and the only moves there are. Pure."""

from enum import StrEnum

from love_market.errors import words
from love_market.vouchers.rules.refusals import VoucherMoveRefused


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
    State.LAPSED: words("已清零"),
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
    "reset": words("清零"),
    "reissue": words("补发"),
}
"""What moved a voucher's points, by the kind of entry, as the village says it."""
LIVE = frozenset({State.ISSUED, State.HANDED_OVER, State.FROZEN})


def check_move(state: State, to: State) -> None:
    """Raise ``VoucherMoveRefused`` unless the table of moves has this one."""
    if to not in MOVES[state]:
        raise VoucherMoveRefused(words("这张券现在是“{state}”，不能改成“{to}”。"), state=state.label, to=to.label)
