"""Who may, how much, where a slip stands, and the refusals."""

from enum import StrEnum

from love_market.errors import Invalid, NotFound, Refused, words
from love_market.people.rules import COMMITTEE, Role

KEEPERS = (Role.CLERK, *sorted(COMMITTEE))
"""Who makes pads and types slips: the clerk, and the committee. What is booked, a clerk books."""

USUAL_SLIPS, MOST_SLIPS = 50, 200
LINES_A_SLIP = 6
"""So many goods fit on the paper; who takes more gets a second slip."""


class State(StrEnum):
    """Where a slip stands. A number without a row was not entered yet."""

    AGAIN = "again"
    ONCE = "once"
    DIFFERS = "differs"
    WAITING = "waiting"
    BOOKED = "booked"
    SPOILED = "spoiled"

    @property
    def label(self) -> str:
        """The state as the village says it."""
        return STATE_LABELS[self]


STATE_LABELS = {
    State.AGAIN: words("要重录"),
    State.ONCE: words("等录第二遍"),
    State.DIFFERS: words("两遍不一样"),
    State.WAITING: words("等着入账"),
    State.BOOKED: words("已入账"),
    State.SPOILED: words("写坏了"),
}


class NoSuchPad(NotFound):
    """The market has no such pad."""


class NoSuchSlip(NotFound):
    """Nobody entered a slip of this number."""


class PadSizeWrong(Invalid):
    """A pad has from one slip to as many as can be bound."""


class SlipNumberWrong(Invalid):
    """This is no slip's number, or a number of another pad."""


class DayWrong(Invalid):
    """This is no date, or one on which the slip cannot have been written."""


class SlipUnclear(Invalid):
    """A slip's goods are missing, too many, at two prices, or in quantities that nobody can mean."""


class SumDiffers(Invalid):
    """The goods do not come to the total, and nobody said that the paper has it so."""


class Undecided(Invalid):
    """Where the typings differ, it was not said everywhere which is right."""


class SlipTypedAlready(Refused):
    """The slip was typed as often as it has to be."""


class SlipNotTyped(Refused):
    """The slip has to be typed a first time before this."""


class SlipEnded(Refused):
    """The slip was booked, or is in a state that does not allow this."""
