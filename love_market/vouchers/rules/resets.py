"""When points that were not spent are cleared (清零), and what the clearing reaches. Pure."""

from datetime import date, timedelta

from love_market.errors import NotFound, Refused

NOTICE = timedelta(days=30)
"""A clearing is announced at least so long before its day."""
REMINDED = timedelta(days=20)
"""The desk speaks of the announcement so long before it would be too late."""
RESET_REASON = "没用完的分到日子清零"


class NoReset(Refused):
    """The market keeps points from year to year."""


class ResetAnnounced(Refused):
    """A clearing is announced already; one at a time."""


class ResetNotYet(Refused):
    """The day of the clearing has not come."""


class ResetEnded(Refused):
    """The clearing was withdrawn, or has been carried out."""


class NoSuchReset(NotFound):
    """The market has no such clearing."""


def next_reset(today: date, month: int, day: int) -> date:
    """Return the first such day that can still be announced in time; ``month`` 1 to 12, ``day`` 1 to 28."""
    earliest = today + NOTICE
    this_year = date(earliest.year, month, day)
    return this_year if this_year >= earliest else date(earliest.year + 1, month, day)


def is_due_to_announce(today: date, falls_on: date) -> bool:
    """Return whether it is time to announce the clearing of a day."""
    return today >= falls_on - NOTICE - REMINDED
