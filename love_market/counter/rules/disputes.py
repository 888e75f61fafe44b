"""What may go wrong when what happened already is booked, and when disputes are settled. Pure."""

from love_market.errors import Invalid, NotFound, Refused


class NoSuchDispute(NotFound):
    """Nothing of this redemption is disputed."""


class DisputeSettled(Refused):
    """A dispute is settled once."""


class NothingCovers(Refused):
    """What is to cover a dispute has too little, or was not named."""


class RecordForged(Invalid):
    """What should be a till's own record was not signed by it."""


class RecordsUnreadable(Invalid):
    """What was uploaded is no file that a till of this market saved."""
