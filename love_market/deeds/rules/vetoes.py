"""A veto on a household (一票否决): found by an official document, confirmed by a second person, over after its days.

It bars the star household title and moves no points; it expires, and it can be lifted on appeal (domain.md §3 row 37).
"""

from datetime import date, timedelta

from love_market.deeds.rules.deeds import DECIDERS
from love_market.errors import Denied, Invalid, NotFound, Refused, words
from love_market.people.rules import COMMITTEE

VETO_RECORDERS, VETO_JUDGES = COMMITTEE, DECIDERS
LONGEST_DOCUMENT = 200


class NoSuchVeto(NotFound):
    """The village has no such veto."""


class VetoWrong(Invalid):
    """What was said of a veto cannot be: its rule, its day, the document, or the reason."""


class VetoTwice(Refused):
    """The household has this veto already."""


class VetoSettled(Refused):
    """A veto is confirmed or turned down once, and lifted once."""


class OwnVeto(Denied):
    """Who wrote a veto down does not confirm it."""


def veto_ends(found_on: date, days: int) -> date:
    """Return the first day on which a veto is no longer in force."""
    return found_on + timedelta(days=days)


def veto_state(*, confirmed: bool, refused: bool, lifted: bool, ends_on: date, today: date) -> str:
    """Return a veto's state on a day: waiting, refused, lifted, over or in_force."""
    if refused:
        return "refused"
    if not confirmed:
        return "waiting"
    if lifted:
        return "lifted"
    return "over" if today >= ends_on else "in_force"


VETO_STATES = {
    "waiting": words("等另一人确认"),
    "in_force": words("有效"),
    "over": words("到期解除"),
    "lifted": words("已撤销"),
    "refused": words("没有认定"),
}
